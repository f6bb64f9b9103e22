"""A drawing as it is printed: one person's places switched on, and nothing left that needs a style sheet."""

from xml.etree import ElementTree as ET

from django.utils.translation import pgettext

from consent.records import shape
from procedures import drawings

# A printed drawing meets no style sheet. What the file itself says wins over this.
LOOK = {
    "skin": {"fill": "#f8f0e0", "stroke": "#65716e", "stroke-width": "1.5"},
    "bone": {"fill": "#ffffff", "stroke": "#1a2528", "stroke-width": "2.5"},
    "disc": {"fill": "#828c91", "opacity": "0.55", "stroke": "none"},
    "nerve": {"fill": "none", "stroke": "#9a5b00", "stroke-width": "4"},
    "nerve-gap": {"fill": "none", "stroke": "#f8f0e0", "stroke-width": "14"},
    "nerve-here": {"fill": "none", "stroke": "#0c4a46", "stroke-width": "8"},
    "spot": {"fill": "none", "stroke": "#5a2c63", "stroke-width": "5"},
    "text": {"fill": "#1a2528", "font-size": "20", "font-weight": "700", "text-anchor": "middle"},
}


def drawn(story, drawing):
    """The shape.Drawing of one drawing of a page."""
    spots = [spot for item in story.items for spot in item["spots"]]
    svg = drawings.shown(drawing["svg"], spots=spots, words=sides())
    return shape.Drawing(svg=printed(svg), alt=drawing["description"])


def sides():
    """The two words inside the picture, in the record's language."""
    return {"word-left": pgettext("side", "left"), "word-right": pgettext("side", "right")}


def printed(svg):
    root = ET.fromstring(svg)  # nosec B314  # drawings.shown has written it: no document type, no entity
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{drawings.SVG}}}")
    reduce(root, inherited={})
    make_room(root)
    from_zero(root)
    root.set("xmlns", drawings.SVG)
    return ET.tostring(root, encoding="unicode")


def reduce(element, inherited):
    """Take out what is hidden and what only a screen reader wants; turn classes into attributes."""
    said = {name: value for name, value in element.attrib.items() if shape.ATTRIBUTES.fullmatch(name)}
    seen = inherited | said
    classes = [*element.get("class", "").split(), element.tag]
    look = {name: value for each in classes for name, value in LOOK.get(each, {}).items() if name not in seen}
    element.attrib.clear()
    element.attrib.update(look | said)
    for child in list(element):
        if is_hidden(child) or not shape.SHAPES.fullmatch(child.tag):
            element.remove(child)
        else:
            reduce(child, seen)


def is_hidden(element):
    return "off" in element.get("class", "").split() or element.get("display") == "none"


def make_room(root):
    """Widen the picture's box where a word would run over its edge: “left” is longer in other languages."""
    x, y, width, height = map(float, root.get("viewBox").split())
    spans = list(spans_of(root, {}))
    left, right = min([x, *(start for start, _ in spans)]), max([x + width, *(end for _, end in spans)])
    root.set("viewBox", f"{left:g} {y:g} {right - left:g} {height:g}")


def spans_of(element, inherited):
    """Where each word that stands in the middle of its place begins and ends, about."""
    seen = inherited | element.attrib
    if element.tag == "text" and seen["text-anchor"] == "middle":
        half = len("".join(element.itertext())) * float(seen["font-size"]) * 0.32
        yield float(seen["x"]) - half, float(seen["x"]) + half
    for child in element:
        yield from spans_of(child, seen)


def from_zero(root):
    """Move a picture whose view box starts elsewhere, so that its box starts at 0 0."""
    x, y, width, height = root.get("viewBox").split()
    root.attrib.clear()
    root.set("viewBox", f"0 0 {width} {height}")
    if (x, y) != ("0", "0"):
        moved = ET.Element("g", {"transform": f"translate({negative(x)} {negative(y)})"})
        moved.extend(list(root))
        for child in list(root):
            root.remove(child)
        root.append(moved)


def negative(number):
    return number[1:] if number.startswith("-") else f"-{number}"
