"""Scans as they come from a scanner, a phone or somebody with bad intentions."""

import io
import subprocess
import uuid
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image, ImageDraw

from consent import papering
from tests import people


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    return settings.UPLOADS_DIR


def kept(uploads):
    """Names of the files that lie among the uploads."""
    return [path.name for path in uploads.rglob("*") if path.is_file()]


def a_page(size=(420, 594)):
    page = Image.new("RGB", size, "white")
    ImageDraw.Draw(page).line([(60, 400), (180, 360), (240, 420), (330, 380)], fill="navy", width=5)
    return page


def as_bytes(picture, kind="PNG", **more):
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def a_scan(data=None, name="scan.png"):
    return SimpleUploadedFile(name, as_bytes(a_page()) if data is None else data)


def minutes_ago(count):
    return timezone.now() - timedelta(minutes=count)


def attach(episode, *, data=None, by="bo", **more):
    """The verb, as the desk calls it; the paper was signed this very minute."""
    said = {"signed_at": timezone.now(), "signed_by_clinician": False, "discussed": False, **more}
    scan = papering.attach(episode=episode, file=a_scan(data), by=people.actor(by), **said)
    episode.refresh_from_db()
    return scan


def by_ada(**more):
    return {"signed_by_clinician": True, "clinician": people.user("ada"), "discussed": True, "mode": "phone", **more}


def fields(**more):
    """What the desk's form sends."""
    now = timezone.localtime()
    said = {
        "on_day": now.day,
        "on_month": now.month,
        "on_year": now.year,
        "at": now.strftime("%H:%M"),
        "language": "en",
        "right": "on",
    }
    return {**said, "clinician": "", "witnesses": "", "note": "", **more}


def post(client, episode, data=None, name="scan.png", **more):
    return client.post(reverse("desk:paper", args=[episode.pk]), {**fields(**more), "file": a_scan(data, name)})


def text_of(pdf, folder):
    path = folder / f"{uuid.uuid4().hex}.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True).stdout


def squeezed(text):
    return "".join(text.split())
