"""What the patient's pages ask for beyond the `clear` pack: drawings, fields by name, and times in words."""

import xml.etree.ElementTree as ET

from django import template
from django.utils.safestring import mark_safe

from consent import wording
from consent.steps import STEPS
from consent.walkthrough import reading
from procedures import drawings

register = template.Library()


@register.filter
def get(mapping, key):
    """The value under a key that is only known on the page."""
    return dict(mapping).get(key) if mapping else None


@register.filter
def named(form, name):
    """One field of a form, by a name that is only known on the page; nothing where the page has no form."""
    return form[name] if form and name in form.fields else None


@register.filter
def in_order(sections):
    """Canonical bytes sort their keys: the pages come in the order in which they were read."""
    return [(step.key, sections[step.key]) for step in STEPS if step.key in sections]


@register.filter
def to_answer_again(items):
    """Open items that only the person's own answer closes; questions have their own list."""
    return [item for item in items if item.kind != "question"]


@register.filter
def clock(at):
    return wording.clock(at)


@register.filter
def moment(at):
    return wording.moment(at)


@register.filter
def sentences(section, key):
    """What a page of questions said, as plain lines."""
    return reading.sentences(section, key)


@register.filter
def told_template(key):
    """The body of a reading page, shared by the page itself and the whole text; nothing for a page of questions."""
    return "" if key in reading.LINES else f"walkthrough/told/{key}.html"


@register.filter
def main(risks):
    return [risk for risk in risks if risk["main"]]


@register.filter
def rest(risks):
    return [risk for risk in risks if not risk["main"]]


@register.filter
def counted(risks):
    return [risk for risk in risks if risk["kind"] != "unknown"]


@register.filter
def uncounted(risks):
    return [risk for risk in risks if risk["kind"] == "unknown"]


@register.simple_tag
def drawing(drawn, items):
    """A drawing of the content, with this person's own places on it and every word in their language."""
    spots = [spot for item in items for spot in item["spots"]]
    svg = drawings.shown(worded(drawn), spots=spots, prefix=f"{drawn['key']}-")
    # Safe: drawings.shown keeps an allow-list of elements and attributes; after it we only take elements away.
    return mark_safe(without_others(svg))


def worded(drawn):
    """The stored drawing with its title, its description and its two sides in the language of the page."""
    root = ET.fromstring(drawn["svg"])  # noqa: S314 (publishing refuses doctype and entities before anything is stored)
    words = {"title": drawn["title"], "desc": drawn["description"]}
    sides = {f"word-{side}": wording.side_word(side) for side in ("left", "right")}
    for element in root.iter():
        if isinstance(element.tag, str):
            element.text = words.get(drawings.local(element.tag)) or sides.get(element.get("id")) or element.text
    return ET.tostring(root, encoding="unicode")


def without_others(svg):
    """Other people's places are taken out, not hidden: a missing style sheet must never show a wrong nerve."""
    root = ET.fromstring(svg)  # noqa: S314 (written by drawings.shown)
    for parent in root.iter():
        for child in [each for each in parent if "off" in each.get("class", "").split()]:
            parent.remove(child)
    return ET.tostring(root, encoding="unicode")
