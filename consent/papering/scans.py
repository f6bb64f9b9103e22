"""What came from a scanner or a phone: judged by its content, drawn anew as plain pictures, and kept under its SHA-256.

Nothing of an upload is stored as it came. Pictures are decoded and encoded again; a PDF is drawn page by page by poppler
in a child process. What cannot be drawn anew is refused, so a stored scan holds no script, no link and no hidden place.
"""

import io
import resource
import shutil
import struct
import subprocess
import tempfile
import threading
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageFile, ImageOps

from consent.papering import scanner
from consent.records import archive
from procedures import canonical

LARGEST = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PAGES = 20
LONG_SIDE = 2200  # pixels: an A4 page at 188 dots an inch, enough to read a pencil
A4_LONG_SIDE = 842  # points
SECONDS = 30
CPU_SECONDS = 20
MEMORY = 256 * 1024 * 1024  # poppler's; a page scanned in colour at 600 dots an inch takes it 34 MiB
# A picture unpacked may take 250 MiB; several at once in one process would be several times that.
one_at_a_time = threading.Lock()
# Whatever a broken or hostile picture makes Pillow raise; anything else is a fault of ours and should be seen.
CANNOT_DECODE = (OSError, ValueError, SyntaxError, EOFError, struct.error, MemoryError, Image.DecompressionBombError)


class NotAScan(Exception):
    """The upload cannot be taken; `message` says what to do instead."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


def clean(file) -> bytes:
    """`file` as a PDF that holds pictures of its pages and nothing else. Raises NotAScan."""
    data = file.read(LARGEST + 1)
    if not data:
        raise NotAScan(_("That file is empty. Scan the paper again."))
    if len(data) > LARGEST:
        raise NotAScan(_("That file is larger than 8 MB. Scan in grey, or with fewer dots an inch."))
    pages_of = next((make for start, make in KINDS.items() if data.startswith(start)), None)
    if pages_of is None:
        raise NotAScan(_("That is not a scan. Choose a PDF, a JPEG or a PNG file."))
    if why := scanner.objection(data):
        raise NotAScan(why)
    with one_at_a_time:
        return bound(pages_of(data))


def jpeg(data):
    return [page_of(data, "JPEG")]


def png(data):
    return [page_of(data, "PNG")]


def page_of(data, kind):
    """One picture as a page: (width, height, JPEG). Only the JPEG is kept, so that many pages take little memory."""
    sheet = picture(data, kind)
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=85)
    return sheet.width, sheet.height, out.getvalue()


def picture(data, kind):
    """One picture, upright, on white, with nothing of the file it came in."""
    # WeasyPrint, where it is loaded, lets cut files pass for the whole process; half a page may lack the signature.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with Image.open(io.BytesIO(data), formats=[kind]) as opened:
            if opened.width * opened.height > MOST_PIXELS:
                raise NotAScan(_("That picture is too large. Scan with fewer dots an inch, or take a smaller photo."))
            # A phone's JPEG may carry a second, smaller picture of the same; a PNG with several is a film.
            if kind == "PNG" and getattr(opened, "is_animated", False):
                raise NotAScan(_("That picture moves. Choose a scan of the paper."))
            opened.draft(None, (LONG_SIDE, LONG_SIDE))  # a JPEG need not be unpacked at more than it is kept at
            opened.load()
            return on_white(ImageOps.exif_transpose(smaller(opened)))
    except CANNOT_DECODE as problem:
        raise NotAScan(_("That picture cannot be read. Scan the paper again.")) from problem


def smaller(picture):
    """At most as large as a page is kept, in eight bits: Pillow turns sixteen bits of grey into bare white."""
    if picture.mode == "I;16":
        picture = picture.point(lambda grey: grey / 256, "L")
        picture.info.pop("transparency", None)
    elif picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    return picture


def on_white(picture):
    """New pixels on a new sheet: what the file said beside its pixels stays behind."""
    sheet = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        sheet.paste(seen, mask=seen.getchannel("A"))
    else:
        sheet.paste(picture.convert("RGB"))
    return sheet


# --- a PDF, through poppler ------------------------------------------------------------------------------------------


def pdf(data):
    """Pictures of a PDF's pages."""
    drawer = shutil.which("pdftoppm")
    if drawer is None:
        raise NotAScan(_("This server cannot take PDF files. Scan the paper as JPEG or PNG."))
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        (Path(folder) / "scan.pdf").write_bytes(data)
        draw(drawer, folder)
        drawn = sorted(Path(folder).glob("page-*.jpg"))
        if not drawn:
            raise unreadable()
        if len(drawn) > MOST_PAGES:
            raise NotAScan(_("That file has more than %(most)s pages.") % {"most": MOST_PAGES})
        return [page_of(each.read_bytes(), "JPEG") for each in drawn]


def draw(drawer, folder):
    """Run poppler with little time, little memory and no surroundings; one page more than allowed tells that there are more."""
    size = ["-jpeg", "-jpegopt", "quality=90", "-scale-to", str(LONG_SIDE), "-l", str(MOST_PAGES + 1)]
    child = subprocess.Popen(
        [drawer, *size, "scan.pdf", "page"],
        cwd=folder, env={"LC_ALL": "C"}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        limit(child.pid)
        failed = child.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        failed = True
    finally:
        child.kill()
        child.wait()
    if failed:
        raise unreadable()


def limit(pid):
    # From outside: a function run in the child before it starts is not safe in a server with threads.
    if not hasattr(resource, "prlimit"):
        return
    try:
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.prlimit(pid, resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    except ProcessLookupError:
        pass  # it has ended already


def unreadable():
    return NotAScan(
        _("That PDF cannot be read. It may be locked or broken. Scan the paper again, as PDF, JPEG or PNG.")
    )


KINDS = {b"\xff\xd8\xff": jpeg, b"\x89PNG\r\n\x1a\n": png, b"%PDF-": pdf}


# --- keeping ---------------------------------------------------------------------------------------------------------


def bound(pages) -> bytes:
    """The pages as one PDF of pictures, each as long as a sheet of A4. We write it ourselves, so that nothing else is in it."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b""]
    for width, height, data in pages:
        at, scale = len(objects) + 1, A4_LONG_SIDE / max(width, height)
        wide, high = round(width * scale, 2), round(height * scale, 2)
        drawn = f"{wide} 0 0 {high} 0 0 cm /I Do".encode()
        objects += [
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {wide} {high}]/Resources<</XObject<</I {at + 1} 0 R>>>>/Contents {at + 2} 0 R>>".encode(),
            stream(
                f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/DCTDecode",
                data,
            ),
            stream("", drawn),
        ]
    kids = " ".join(f"{3 + 3 * number} 0 R" for number in range(len(pages)))
    objects[1] = f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode()
    return written(objects)


def stream(says, data):
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (says.encode(), len(data), data)


def written(objects):
    """A PDF file of these objects, the catalogue first."""
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, each in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def store(data: bytes) -> str:
    """Keep a cleaned scan for good and return its SHA-256."""
    sha256 = canonical.digest(data)
    if not archive.holds(place(sha256), sha256):
        archive.write_whole(place(sha256), data)
    return sha256


def read(scan) -> bytes:
    """The stored scan. Raises archive.Missing or archive.Damaged: nothing else is ever handed out in its place."""
    try:
        data = place(scan.sha256).read_bytes()
    except OSError as error:
        raise archive.Missing(f"Scan {scan.pk} cannot be read from the uploads.") from error
    if canonical.digest(data) != scan.sha256:
        raise archive.Damaged(f"Scan {scan.pk} has been changed in the uploads.")
    return data


def place(sha256) -> Path:
    return Path(settings.UPLOADS_DIR) / sha256[:2] / f"{sha256}.pdf"
