"""Hostile uploads: nothing of them is stored, and the page says in friendly words what to do."""

import io
import os
import struct
import zipfile
import zlib

import pikepdf
import pytest
from PIL import Image

from consent.models import Scan, Signature
from consent.papering import scans
from tests import people
from tests.paper.conftest import a_page, a_scan, as_bytes, kept, post

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_bomb(width=60_000, height=60_000):
    """A few bytes that say they are three and a half thousand million pixels."""
    return (
        PNG
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


def zipped():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("scan.png", as_bytes(a_page()))
    return out.getvalue()


def a_pdf(pages=1, script="", size=(595, 842), password=""):
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=size)
        if script:
            pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script)
            pdf.attachments["evil.html"] = b"<script>"
        pdf.save(out, encryption=pikepdf.Encryption(owner=password, user=password) if password else False)
    return out.getvalue()


def a_film():
    return as_bytes(a_page(), save_all=True, append_images=[a_page((100, 100)).resize((420, 594))])


def many_words():
    """A PNG whose hidden text unpacks to 100 MB."""
    whole = as_bytes(a_page())
    return whole[:33] + chunk(b"zTXt", b"x\0\0" + zlib.compress(b"a" * 100_000_000)) + whole[33:]


HOSTILE = {
    "nothing": b"",
    "html named png": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "zip": zipped(),
    "gif": as_bytes(a_page(), "GIF"),
    "tiff": as_bytes(a_page(), "TIFF"),
    "program": b"\x7fELF" + os.urandom(500),
    "pdf after html": b"<html>" + a_pdf(),
    "only a png's head": PNG,
    "only a jpeg's head": b"\xff\xd8\xff" + os.urandom(300),
    "only a pdf's head": b"%PDF-1.7\n" + os.urandom(300),
    "png cut short": as_bytes(a_page())[:-600],
    "jpeg cut short": as_bytes(a_page(), "JPEG")[:2000],
    "bomb": a_bomb(),
    "too many pixels": as_bytes(Image.new("1", (5001, 5000))),
    "film": a_film(),
    "hidden words": many_words(),
    "nine megabytes": PNG + os.urandom(9 * 1024 * 1024),
    "locked pdf": a_pdf(password="secret"),
    "21 pages": a_pdf(pages=21),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_and_nothing_is_stored(client, uploads, name):
    episode = people.a_released()
    response = post(people.signed_in(client, "bo"), episode, HOSTILE[name])
    episode.refresh_from_db()
    assert (response.status_code, episode.status) == (422, "ready")
    assert (kept(uploads), Scan.objects.count(), Signature.objects.count()) == ([], 0, 0)
    assert b'href="#id_file"' in response.content


def test_the_reason_is_a_sentence_for_people(client):
    response = post(people.signed_in(client, "bo"), people.a_released(), HOSTILE["zip"])
    assert "That is not a scan. Choose a PDF, a JPEG or a PNG file." in response.content.decode()


def clean(data):
    return scans.clean(a_scan(data))


def test_where_a_photo_was_taken_is_forgotten():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0)})
    exif[0x010F] = "Secret Camera"
    photo = as_bytes(a_page(), "JPEG", exif=exif, comment=b"Secret words")
    assert b"Secret Camera" in photo
    assert b"Secret" not in clean(photo)
    assert b"Exif" not in clean(photo)


def test_a_photo_that_lies_on_its_side_is_turned():
    exif = Image.Exif()
    exif[0x0112] = 6
    with pikepdf.open(io.BytesIO(clean(as_bytes(a_page(), "JPEG", exif=exif)))) as pdf:
        _, _, width, height = pdf.pages[0].mediabox
    assert width > height


def test_what_hangs_behind_a_picture_stays_behind():
    assert b"<script>" not in clean(as_bytes(a_page()) + b"<script>alert(1)</script>" + zipped())


def test_a_script_in_a_pdf_stays_behind():
    cleaned = clean(a_pdf(pages=2, script="app.alert(1)"))
    assert b"app.alert" not in cleaned
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        assert len(pdf.pages) == 2
        assert "/OpenAction" not in pdf.Root
        assert not pdf.attachments
        assert all("/Font" not in page.Resources for page in pdf.pages)


def test_a_giant_page_is_drawn_small():
    with pikepdf.open(io.BytesIO(clean(a_pdf(size=(14_400, 14_400))))) as pdf:
        picture = next(iter(pdf.pages[0].get_images().values()))
        assert max(int(picture.Width), int(picture.Height)) <= scans.LONG_SIDE


def test_see_through_paper_is_white():
    cleaned = clean(as_bytes(Image.new("RGBA", (50, 50), (0, 0, 0, 0))))
    with pikepdf.open(io.BytesIO(cleaned)) as pdf:
        seen = pikepdf.PdfImage(next(iter(pdf.pages[0].get_images().values()))).as_pil_image()
    assert seen.convert("L").getextrema() == (255, 255)


def test_without_poppler_a_pdf_is_refused_in_words(monkeypatch):
    monkeypatch.setattr(scans.shutil, "which", lambda name: None)
    with pytest.raises(scans.NotAScan, match="JPEG or PNG"):
        clean(a_pdf())


def test_a_pdf_that_takes_too_long_is_given_up(monkeypatch):
    monkeypatch.setattr(scans, "SECONDS", 0.001)
    with pytest.raises(scans.NotAScan, match="cannot be read"):
        clean(a_pdf(pages=20))
