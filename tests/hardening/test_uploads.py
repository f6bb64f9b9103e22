"""Ninety files that nobody should send, through the page that takes scans: what is kept is a clean PDF of pictures, or nothing is."""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test.client import BOUNDARY, MULTIPART_CONTENT
from django.urls import reverse
from PIL import Image

from consent import papering
from consent.models import Scan, Signature
from consent.papering import attaching, scanner, scans
from tests import people
from tests.hardening.uploads import FILES, MARK, paper, saved
from tests.paper.conftest import attach, by_ada, fields, kept

pytestmark = pytest.mark.django_db
MOST_MEMORY = 300  # MiB
# They hold a page that can be seen; it is drawn anew, and all else stays behind.
TAKEN = {
    "png and html", "jpeg and html", "png and zip", "jpeg and zip", "jpeg and pdf", "png with php in its palette",
    "jpeg with a script in a comment", "photo with a place", "png that tells", "png just within", "png just within, seen through",
    "png of sixteen bits", "png one pixel high", "png that unpacks to more than it says", "jpeg in slices", "jpeg for print, just within",
    "pdf with a script", "pdf with a named script", "pdf that starts a program", "pdf that sends", "pdf that goes elsewhere",
    "pdf that takes data in", "pdf with files", "pdf with links", "pdf with a form", "pdf with words", "pdf and html", "pdf and zip",
    "pdf locked with nothing", "pdf of giant pages", "jpeg of more than its data",
}  # fmt: skip
# Poppler may draw these or give up; either is safe.
EITHER = {
    "pdf that draws itself", "pdf with a huge picture", "pdf bomb of streams", "pdf bomb of forms", "pdf of endless pages",
    "pdf of no size", "pdf of thin pages", "pdf turned inside out", "pdf that saves a million states",
}  # fmt: skip
HEAVIEST = [
    "png just within, seen through", "png just within", "png one pixel high", "jpeg in slices", "png whose words unpack to 100 MB",
    "pdf of giant pages", "pdf that saves a million states", "pdf with a huge picture",
]  # fmt: skip
ALLOWED = {
    "/Type", "/Catalog", "/Pages", "/Count", "/Kids", "/Page", "/Parent", "/MediaBox", "/Resources", "/XObject", "/I", "/Contents",
    "/Subtype", "/Image", "/Width", "/Height", "/ColorSpace", "/DeviceRGB", "/BitsPerComponent", "/Filter", "/DCTDecode", "/Length",
    "/Size", "/Root",
}  # fmt: skip


@pytest.fixture(autouse=True)
def uploads(settings, tmp_path, monkeypatch):
    settings.UPLOADS_DIR = tmp_path / "uploads"
    monkeypatch.setattr(scans, "CPU_SECONDS", 3)
    return settings.UPLOADS_DIR


@pytest.fixture
def bo(client):
    client.raise_request_exception = False
    return people.signed_in(client, "bo")


@pytest.fixture
def tried(bo, uploads):
    """Send a file, or a whole body, for an episode that waits for its paper: (status, what was kept). Then it waits again."""
    episode = people.a_released()
    url = reverse("desk:paper", args=[episode.pk])

    def send(file=None, *, body=None, kind=MULTIPART_CONTENT, **headers):
        point = transaction.savepoint()
        if body is None:
            response = bo.post(url, {**fields(), "file": file}, **headers)
        else:
            response = bo.generic("POST", url, body, content_type=kind, **headers)
        stored = list(Scan.objects.filter(episode=episode))
        held = [scans.read(each) for each in stored]
        assert bool(stored) == Signature.objects.filter(episode=episode).exists()
        transaction.savepoint_rollback(point)
        for path in uploads.rglob("*.pdf"):
            path.unlink()
        return response.status_code, held

    return send


def named(data, name="scan.png", kind="image/png"):
    return SimpleUploadedFile(name, data, kind)


def unclean(pdf):
    """What is in this stored scan and has no place there."""
    found = {MARK} & {MARK if MARK in pdf else None}
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        names = set(names_in(opened.trailer))
        found |= names - ALLOWED
        for page in opened.pages:
            data = page.Resources.XObject.I.read_raw_bytes()
            with Image.open(io.BytesIO(data)) as picture:
                found |= set(picture.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density", "dpi"}
                found |= {"too large"} if max(picture.size) > scans.LONG_SIDE else set()
    return found


def names_in(thing, seen=None):
    """Every name in a PDF, keys and values."""
    seen = set() if seen is None else seen
    if isinstance(thing, pikepdf.Object) and thing.is_indirect:
        if thing.objgen in seen:
            return
        seen.add(thing.objgen)
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        for key, value in thing.items():
            yield key
            yield from names_in(value, seen)
    elif isinstance(thing, pikepdf.Array):
        for value in thing:
            yield from names_in(value, seen)
    elif isinstance(thing, pikepdf.Name):
        yield str(thing)


def test_of_every_file_a_clean_pdf_of_pictures_is_kept_or_nothing(tried):
    wrong = {}
    for name, data in FILES.items():
        status, held = tried(named(data))
        dirt = [unclean(each) for each in held]
        taken = status == 302 if name in EITHER else name in TAKEN
        if (status, len(held)) != ((302, 1) if taken else (422, 0)) or any(dirt):
            wrong[name] = (status, dirt)
    assert wrong == {}
    assert len(FILES) >= 60


def test_it_lets_nothing_lie_about(tried):
    before = set(Path(tempfile.gettempdir()).glob("scan-*"))
    for name in ("pdf with files", "pdf cut short", "pdf of 21 pages", "photo with a place"):
        tried(named(FILES[name]))
    assert set(Path(tempfile.gettempdir()).glob("scan-*")) <= before


@pytest.mark.parametrize(
    "which", [HEAVIEST, pytest.param(list(FILES), marks=pytest.mark.long)], ids=["heaviest", "all"]
)
def test_none_of_them_takes_much_memory(which):
    """Counted in a process of its own for each, with poppler's own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.hardening.uploads", *which], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}, timeout=600,
    )  # fmt: skip
    taken = dict(line.split("\t") for line in done.stdout.splitlines())
    assert list(taken) == list(which)
    assert {name: much for name, much in taken.items() if int(much) > MOST_MEMORY} == {}


# --- what a file says of itself --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [
    "../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/EVIL", "a\0b.png", "x" * 5_000 + ".png", "\u202egnp.exe", "скан.png", "🩻.png",
    "scan.png.exe", "scan.php.png", "scan", ".htaccess", "CON", "<script>EVIL</script>.png", "'; DROP TABLE scan; --.png", "%2e%2e%2fx.png", " ",
    "a\r\nSet-Cookie: EVIL=1.png", "$(reboot).png", "-rf.png", "|id",
])  # fmt: skip
def test_the_name_of_a_file_means_nothing(tried, name):
    status, held = tried(named(saved(paper(), "PNG"), name))
    assert status in (302, 422)
    assert [unclean(each) for each in held] in ([], [set()])


@pytest.mark.parametrize("kind", ["text/html", "image/svg+xml", "application/x-php", "", "x" * 500, "text/plain; charset=utf-7", "multipart/mixed"])  # fmt: skip
def test_the_kind_that_a_file_says_it_is_means_nothing(tried, kind):
    assert tried(named(saved(paper(), "PNG"), kind=kind))[0] == 302
    assert tried(named(FILES["html"], kind=kind))[0] == 422


# --- bodies that no browser sends ------------------------------------------------------------------------------------


def part(name, data, filename="scan.png", more=""):
    said = f'Content-Disposition: form-data; name="{name}"' + (
        f'; filename="{filename}"' if filename is not None else ""
    )
    return f"--{BOUNDARY}\r\n{said}\r\n{more}\r\n".encode() + data + b"\r\n"


END = f"--{BOUNDARY}--\r\n".encode()


def body(*parts, end=END):
    said = b"".join(part(key, str(value).encode(), None) for key, value in fields().items())
    return said + b"".join(parts) + end


GOOD = saved(paper(), "PNG")
BODIES = {
    "two files": body(part("file", GOOD), part("file", FILES["html"], "b.html")),
    "two files, the good one last": body(part("file", FILES["html"], "b.html"), part("file", GOOD)),
    "a file and a word of the same name": body(part("file", GOOD), part("file", b"EVIL", None)),
    "a thousand files": body(*[part("file", b"x", f"{n}.png") for n in range(1000)]),
    "no file name": body(part("file", GOOD, None)),
    "an empty file name": body(part("file", GOOD, "")),
    "a huge header": body(part("file", GOOD, more="X-Evil: " + "x" * 2_000_000 + "\r\n")),
    "many headers": body(part("file", GOOD, more="X-Evil: x\r\n" * 20_000)),
    "no end": body(part("file", GOOD), end=b""),
    "another end": body(part("file", GOOD), end=b"--somethingelse--\r\n"),
    "nothing": b"",
    "only an end": END,
    "a part without a name": body(b"--%s\r\nContent-Type: image/png\r\n\r\nx\r\n" % BOUNDARY.encode()),
    "base64": body(part("file", b"iVBORw0KGgo=", more="Content-Transfer-Encoding: base64\r\n")),
    "base64 that is none": body(part("file", b"\xff\xfe!!", more="Content-Transfer-Encoding: base64\r\n")),
    "a name in utf-7": body(part("file", GOOD, "+ADw-script+AD4-.png")),
    "a star name": body(b'--%s\r\nContent-Disposition: form-data; name="file"; filename*=UTF-8\'\'%%2e%%2e%%2fEVIL\r\n\r\n%s\r\n' % (BOUNDARY.encode(), GOOD)),
    "bytes that are no letters": body(part("file", GOOD), part("note", b"\xff\xfe\x00", None)),
    "another file field": body(part("evil", GOOD), part("file", GOOD)),
}  # fmt: skip


def test_no_odd_body_breaks_anything(tried):
    wrong = {}
    for name, sent in BODIES.items():
        status, held = tried(body=sent)
        if status not in (302, 400, 422) or any(unclean(each) for each in held):
            wrong[name] = status
    assert wrong == {}


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 3000}", "multipart/form-data; boundary=\xff",
             "application/json", "application/x-www-form-urlencoded", "text/xml", ""],
)  # fmt: skip
def test_no_odd_kind_of_body_breaks_anything(tried, kind):
    status, held = tried(body=BODIES["two files"], kind=kind)
    assert status in (400, 422)
    assert held == []


@pytest.mark.parametrize("path", ["/sign-in/", "/desk/verify/", "/p/ask/", "/nowhere/"])
def test_what_is_larger_than_anything_we_take_is_not_even_read(client, path, monkeypatch):
    monkeypatch.setattr("django.http.request.HttpRequest.parse_file_upload", lambda *args: 1 / 0)
    large = str(26 * 1024 * 1024)
    response = client.generic("POST", path, BODIES["two files"], content_type=MULTIPART_CONTENT, CONTENT_LENGTH=large)
    assert response.status_code == 413
    assert client.generic("POST", path, b"", CONTENT_LENGTH="9" * 5000).status_code == 413
    assert client.get("/sign-in/", CONTENT_LENGTH="x²").status_code == 200


# --- the hospital's own scanner --------------------------------------------------------------------------------------


@pytest.fixture
def program(settings, tmp_path):
    """A scanner that does as it is told here."""

    def make(does):
        path = tmp_path / "scanner"
        path.write_text(f"#!/bin/sh\n{does}\n")
        path.chmod(0o700)
        settings.SCAN_COMMAND = [str(path), "--quiet"]
        return tmp_path

    return make


def test_the_scanner_is_given_the_file_as_it_came(program, tried):
    folder = program('test "$1" = --quiet && cat "$2" > "$(dirname "$0")/seen"')
    assert tried(named(FILES["photo with a place"]))[0] == 302
    assert (folder / "seen").read_bytes() == FILES["photo with a place"]


@pytest.mark.parametrize("does", ["exit 1", "exit 2", "exit 127", "kill -9 $$", "sleep 30"])
def test_what_the_scanner_does_not_call_clean_is_not_taken(program, tried, does, monkeypatch, caplog):
    monkeypatch.setattr(scanner, "SECONDS", 0.5)
    program(does)
    assert tried(named(GOOD)) == (422, [])
    assert "ALARM" in caplog.text
    assert "scan.png" not in caplog.text


def test_a_scanner_that_is_not_there_lets_nothing_in(settings, tried):
    settings.SCAN_COMMAND = ["/nowhere/scanner"]
    assert tried(named(GOOD)) == (422, [])


def test_staff_are_told_what_to_do(program, bo):
    episode = people.a_released()
    program("exit 1")
    said = {**fields(), "file": named(GOOD)}
    assert (
        b"The virus scanner does not let this file in"
        in bo.post(reverse("desk:paper", args=[episode.pk]), said).content
    )
    program("exit 2")
    said = {**fields(), "file": named(GOOD)}
    assert b"could not be checked for viruses" in bo.post(reverse("desk:paper", args=[episode.pk]), said).content


# --- how much --------------------------------------------------------------------------------------------------------


def test_one_consent_keeps_so_many_scans_and_no_more(monkeypatch, uploads):
    monkeypatch.setattr(attaching, "MOST_SCANS", 1)
    episode = people.a_released()
    attach(episode)
    with pytest.raises(papering.NotAScan, match="as many scans as it can keep"):
        attach(episode, **by_ada())
    assert len(kept(uploads)) == 1


def test_one_consent_keeps_so_many_bytes_and_no_more(monkeypatch, uploads):
    monkeypatch.setattr(attaching, "MOST_BYTES", 100)
    with pytest.raises(papering.NotAScan, match="as many scans as it can keep"):
        attach(people.a_released())
    assert kept(uploads) == []


def test_five_scans_and_forty_megabytes_are_the_most():
    assert (attaching.MOST_SCANS, attaching.MOST_BYTES, scans.LARGEST) == (5, 40 * 2**20, 8 * 2**20)


# --- what can be seen stays to be seen -------------------------------------------------------------------------------


@pytest.mark.parametrize("picture", [
    saved(paper(mode="I").point(lambda grey: grey * 257).convert("I;16"), "PNG"),
    saved(paper(mode="1"), "PNG"), saved(paper(mode="P"), "PNG"), saved(paper(mode="LA"), "PNG"), saved(paper(mode="RGBA"), "PNG"),
    saved(paper(mode="L"), "PNG", transparency=0), saved(paper(mode="CMYK"), "JPEG"), saved(paper(mode="L"), "JPEG"),
])  # fmt: skip
def test_the_line_of_a_pen_is_seen_whatever_the_scanner_writes(picture):
    with pikepdf.open(io.BytesIO(scans.clean(io.BytesIO(picture)))) as pdf:
        seen = pikepdf.PdfImage(pdf.pages[0].Resources.XObject.I).as_pil_image().convert("L")
    dark = sum(seen.histogram()[:140])
    assert 300 < dark < 6000, dark
    assert seen.getpixel((5, 5)) > 240
