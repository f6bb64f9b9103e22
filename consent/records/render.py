"""Lay the bytes of a record out as one PDF that is PDF/A-3a and PDF/UA-1, with those bytes attached.

The only importer of WeasyPrint. It touches neither the database nor translations: what it prints is in the bytes, save
the record's digest, the QR code and page numbers. The same bytes give the same PDF, in any process, as long as the
libraries that `versions()` names and the fonts stay the same.
"""

import io
from datetime import UTC, datetime
from importlib import metadata
from itertools import accumulate, zip_longest
from math import ceil
from pathlib import Path
from xml.etree import ElementTree

import pikepdf
import segno
from django.template import Context, Engine, Library
from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe

from consent.records import NotReady, shape
from procedures import canonical

try:
    from weasyprint import CSS, HTML, Attachment
    from weasyprint.pdf.metadata import DocumentMetadata
    from weasyprint.text.ffi import pango
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher
except OSError as error:
    # The wheel installs without Pango and fails only here, with the name of a file that tells an operator nothing.
    raise NotReady(
        "Records cannot be laid out: the Pango libraries are missing. "
        "On Debian or Ubuntu: apt-get install libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core"
    ) from error

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
VARIANT = "pdf/a-3a"
FONTS = {"Noto Sans": "a", "Noto Sans Arabic": "\u0627"}

register = Library()


def render(data: bytes) -> bytes:
    """The unsealed PDF of a record's canonical bytes. Raises shape.NotARecord for anything else."""
    record = shape.parse(data)
    made_at = datetime.fromisoformat(record.made_at).astimezone(UTC)
    # Dates of its own: WeasyPrint would write the present moment, and the same bytes would give another file.
    attached = {
        "string": data,
        "name": "record.json",
        "description": "The exact words of this record, for machines",
        "relationship": "Data",
        "created": made_at,
        "modified": made_at,
    }
    return plain_objects(press(page(record, canonical.digest(data), made_at), attached))


def page(record, digest, made_at) -> str:
    qr = qr_code(f"{record.scan.prefix}{record.number}/{digest}")
    values = {"record": record, "digest": digest, "qr": qr, "made": f"{made_at:%Y-%m-%dT%H:%M:%SZ}"}
    # No localising: a number printed by the language active in this process would not be the record's.
    return ENGINE.get_template("pdf/record.html").render(Context(values, use_l10n=False, use_tz=False))


def check_ready() -> None:
    """Raise NotReady, with a sentence for the operator, when a record could not be laid out here."""
    # Inline styles because this page is never served: one letter in each font, from constants, pressed and read back.
    styles = "".join(f'<p lang="en" style="font-family:{name}">{letter}</p>' for name, letter in FONTS.items())
    with pikepdf.open(io.BytesIO(press(f'<html lang="en"><title>fonts</title>{styles}'))) as pdf:
        found = {str(each.get("/BaseFont", "")) for each in pdf.objects if isinstance(each, pikepdf.Dictionary)}
    for name in FONTS:
        if not any(font.split("+")[-1].replace("-", "") == name.replace(" ", "") for font in found):
            raise NotReady(f"Records cannot be laid out: the font “{name}” is missing. Install fonts-noto-core")


def versions() -> dict[str, str]:
    """What the layout hangs on beside the bytes; keep it with the file, so that it can be laid out again."""
    names = ("weasyprint", "pydyf", "pikepdf", "segno", "fonttools")
    return {name: metadata.version(name) for name in names} | {"pango": str(pango.pango_version())}


# --- the press -------------------------------------------------------------------------------------------------------

UA_MARK = (
    b'<rdf:Description xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" rdf:about="">'
    b"<pdfuaid:part>1</pdfuaid:part></rdf:Description>"
)
# PDF/A wants every property that it does not know itself to be described where it is used.
UA_SCHEMA = (
    b'<rdf:Description xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"'
    b' xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#" rdf:about="">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of PDF/UA that this file keeps to</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


class BothMarks(DocumentMetadata):
    """WeasyPrint writes the mark of one standard; this adds PDF/UA's inside the same description, uncompressed."""

    def generate_rdf_metadata(self, variant, version, conformance):
        written = super().generate_rdf_metadata(variant, version, conformance)
        return written.replace(b"</rdf:RDF>", UA_MARK + UA_SCHEMA + b"</rdf:RDF>")

    def include_in_pdf(self, pdf, variant, version, conformance, compress):
        super().include_in_pdf(pdf, variant, version, conformance, False)


def press(html, attached=None):
    # Overrides of direction in somebody's free text could turn LEFT and its number about on the paper.
    html = html.translate(dict.fromkeys(range(0x202A, 0x202F)))
    pdf, missing = write(html, attached)
    if missing:
        # PDF/A forbids an empty glyph: the replacement sign is printed, the exact letter stays in record.json.
        pdf, _ = write(html.translate(dict.fromkeys(missing, "\ufffd")), attached)
    return pdf


def write(html, attached):
    """The PDF, and the letters that no font here could draw."""
    laid_out = HTML(string=html, url_fetcher=ONLY_DATA).render(
        stylesheets=[SHEET], font_config=FONT_CONFIGURATION, pdf_variant=VARIANT
    )
    laid_out.metadata.__class__ = BothMarks
    pdf = laid_out.write_pdf(pdf_variant=VARIANT, attachments=[Attachment(**attached)] if attached else [])
    return pdf, {letter for font in laid_out.fonts.values() for letter in font.missing}


def plain_objects(pdf: bytes) -> bytes:
    """Without object streams a later check reads the file in a tenth of the time, and no bomb can hide in one."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        # WeasyPrint names the attachment twice; a verifier that counts would find two records in one file.
        document.Root.AF = pikepdf.Array([document.Root.AF[0]])
        document.save(
            out,
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
            fix_metadata_version=False,
        )
    return out.getvalue()


def qr_code(content):
    code = segno.make(content, error="m", micro=False, boost_error=False)
    rows = [[bool(dark) for dark in row] for row in code.matrix]
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"side": len(rows), "path": path}


# --- filters of the templates ----------------------------------------------------------------------------------------


@register.filter
def words(text):
    """Text, or runs of it with weight, raised or in another language. Everything is escaped."""
    runs = [shape.Run(text=text)] if isinstance(text, str) else text
    return format_html_join("", "{}", ((run_html(run),) for run in runs))


def run_html(run):
    html = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in run.text.split("\n")))  # nosec B308  # a constant
    if run.strong:
        html = format_html("<b>{}</b>", html)
    if run.raised:
        html = format_html("<sup>{}</sup>", html)
    return format_html('<span lang="{}">{}</span>', run.lang, html) if run.lang else html


@register.filter
def isolated(text, direction):
    """Numbers and codes keep their order in a right-to-left line; WeasyPrint does not know `unicode-bidi`."""
    return f"\u2066{text}\u2069" if direction == "rtl" else text


@register.filter
def grouped(digest, direction):
    return isolated(" ".join(digest[at : at + 8] for at in range(0, len(digest), 8)), direction)


@register.filter
def beginning(digest, direction):
    return f"{grouped(digest[:24], direction)} …"


@register.filter
def pen(signature):
    return signature.box[0] * 9 // 1000 or 1


@register.filter
def roomy(record):
    """Page 1 is one page: what it holds decides how much air there is between its lines."""
    alone = len(record.items) == 1 and record.items[0].also_in is None
    return alone and len(record.signatures.rows) <= 2 and len(record.facts) <= 9


@register.filter
def dots(array, which):
    """Round ends of strokes without length are dots: a tenth of the time of a thousand circles."""
    columns = 20 if array.of == 100 else 50
    wanted = range(array.n) if which == "struck" else range(array.n, array.of)
    return "".join(f"M{6 + i % columns * 12} {6 + i // columns * 12}h.01" for i in wanted)


@register.filter
def in_rows(arrays):
    """Three or four side by side, whichever leaves fewer places empty."""
    across = 3 if len(arrays) <= 3 or -len(arrays) % 3 < -len(arrays) % 4 else 4
    return list(zip_longest(*[iter(arrays)] * across))


@register.filter
def halves(things):
    """Two columns of about the same length, in reading order."""
    before = [0, *accumulate(map(lines, things))]
    cut = min(range(len(before)), key=lambda at: abs(2 * before[at] - before[-1]))
    return [half for half in (things[:cut], things[cut:]) if half]


@register.filter
def columns(rows):
    """Two columns of about the same length. A long row goes on in the second one, where it has no label."""
    places = [(row, at) for row in range(len(rows)) for at in (range(len_of(rows[row])) if long(rows[row]) else (0,))]
    total = sum(map(lines, rows))
    row, at = min(places, key=lambda place: abs(2 * sum(map(lines, upto(rows, *place))) - total))
    return [half for half in (upto(rows, row, at), onward(rows, row, at)) if half]


def upto(rows, row, at):
    return [*rows[:row], *([piece(rows[row], 0, at)] if at else [])]


def onward(rows, row, at):
    return [piece(rows[row], at, None) if at else rows[row], *rows[row + 1 :]]


def piece(row, start, stop):
    """A stretch of a row's paragraphs, points and blocks, which follow one another on the paper."""
    kept, before = {}, 0
    for name in ("paragraphs", "points", "blocks"):
        held = getattr(row, name)
        kept[name] = held[max(start - before, 0) : None if stop is None else max(stop - before, 0)]
        before += len(held)
    return row.model_copy(update=kept if start == 0 else {"label": None, **kept})


@register.filter
def short(rows):
    """Columns that are not to be torn by the end of a page."""
    return sum(map(lines, rows)) < 30


def long(row):
    return lines(row) > 12 and not row.keep


def len_of(row):
    return len(row.paragraphs) + len(row.points) + len(row.blocks)


def lines(thing):
    """About how many lines something takes in a column of half a page."""
    if isinstance(thing, (str, tuple)):
        return ceil(letters(thing) / 56)
    if isinstance(thing, shape.Reference):
        return ceil(letters(thing.text) / 66)
    if isinstance(thing, shape.Drawing):
        return 17
    if isinstance(thing, shape.Line):
        return 1.3 * max(map(lines, thing.cells))
    if isinstance(thing, shape.Table):
        return 2 + sum(map(lines, thing.rows))
    if isinstance(thing, shape.Row):
        return 1.6 + sum(map(lines, (*thing.paragraphs, *thing.points, *thing.blocks)))
    return 0.7 * sum(map(lines, thing.paragraphs))


def letters(text):
    return len(text) if isinstance(text, str) else sum(len(run.text) for run in text)


@register.filter
def inline_svg(drawing):
    """The drawing rebuilt from its own tree, at a size for paper, with the words that are read in its place."""
    root = shape.svg_tree(drawing.svg)
    width, height = (float(side) for side in shape.BOX.match(root.get("viewBox")).groups())
    scale = min(62 / width, 65 / height) if drawing.beside else min(120 / width, 90 / height)
    root.set("width", f"{width * scale:.2f}mm")
    root.set("height", f"{height * scale:.2f}mm")
    root.set("role", "img")
    root.attrib.setdefault("font-family", "Noto Sans, Noto Sans Arabic, sans-serif")
    title = ElementTree.Element("title")
    title.text = drawing.alt
    root.insert(0, title)
    # Safe: the tree passed shape.plain_svg (shapes and text from a list, no url), and it is written out escaped.
    return mark_safe(ElementTree.tostring(root, encoding="unicode"))  # nosec B308


ENGINE = Engine(dirs=[TEMPLATES])
ENGINE.template_builtins.append(register)
ONLY_DATA = URLFetcher(allowed_protocols=("data",))
FONT_CONFIGURATION = FontConfiguration()
SHEET = CSS(filename=TEMPLATES / "pdf" / "record.css", font_config=FONT_CONFIGURATION)
