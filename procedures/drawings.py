"""Drawings as inline SVG: reduced to a safe subset, and with the side and levels of one person switched on."""

import xml.etree.ElementTree as ET

SVG = "http://www.w3.org/2000/svg"
ELEMENTS = {
    "svg",
    "title",
    "desc",
    "g",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
}
ATTRIBUTES = {
    "viewBox", "id", "class", "role", "aria-labelledby", "aria-label", "d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx",
    "ry", "width", "height", "points", "transform", "text-anchor", "fill", "stroke", "stroke-width", "stroke-linecap",
    "stroke-linejoin", "opacity", "dx", "dy", "display", "fill-opacity", "font-size", "font-weight",
}  # fmt: skip


class UnsafeDrawing(ValueError):
    """The drawing is not well-formed XML."""


def shown(svg, *, spots=(), prefix="", words=None):
    """`svg` reduced to the safe subset, with each of `spots` ("left-C6") switched on and ids made unique by `prefix`.

    `words` puts text of another language into elements by id: {"neck-title": "…"}.
    """
    try:
        root = ET.fromstring(svg)  # nosec B314  # library.drawing refuses document types and entities before anything is stored
    except ET.ParseError as problem:
        raise UnsafeDrawing(str(problem)) from problem
    reduce(root)
    for element in root.iter():
        switch_on(element, spots)
    take_out_the_rest(root)
    for element in root.iter():
        if words and element.get("id") in words:
            element.text = words[element.get("id")]
        rename(element, prefix)
        # Names without a prefix of their own: the prefixes that ElementTree writes hang on what else was imported, and
        # these letters are frozen and digested.
        element.tag = local(element.tag)
    root.set("xmlns", SVG)
    return ET.tostring(root, encoding="unicode")


def reduce(element):
    for child in list(element):
        if not isinstance(child.tag, str) or local(child.tag) not in ELEMENTS:
            element.remove(child)
        else:
            reduce(child)
    for name in list(element.attrib):
        if name not in ATTRIBUTES or reaches_out(element.get(name)):
            del element.attrib[name]


def reaches_out(value):
    """A fill or stroke may name an address. Read after the parser, so no way of writing the letters hides it; a
    backslash is how style values spell letters, and no drawing of ours needs one."""
    return "url(" in value.lower() or "\\" in value


def local(tag):
    return tag.rsplit("}", 1)[-1]


def switch_on(element, spots):
    """A group named spot-left-C6 is hidden until that spot belongs to this person."""
    if element.get("id", "").removeprefix("spot-") in spots and element.get("id", "").startswith("spot-"):
        element.attrib.pop("display", None)
        classes = [each for each in element.get("class", "").split() if each != "off"]
        element.set("class", " ".join(classes))


def take_out_the_rest(element):
    """Places of other people are not there at all, so no style sheet is needed to hide them."""
    for child in list(element):
        if "off" in child.get("class", "").split():
            element.remove(child)
        else:
            take_out_the_rest(child)


def rename(element, prefix):
    if "id" in element.attrib:
        element.set("id", prefix + element.get("id"))
    if "aria-labelledby" in element.attrib:
        element.set("aria-labelledby", " ".join(prefix + each for each in element.get("aria-labelledby").split()))
