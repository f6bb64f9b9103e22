"""What the patient's pages ask for beyond the `clear` pack: drawings, fields by name, and times in words."""

from django import template
from django.conf import settings
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


@register.simple_tag(takes_context=True)
def phone_number(context):
    """Of whoever gave this text; on a page that may not know whose it is, the hospital's."""
    walk = context.get("walk")
    return walk.phone if walk else settings.PHONE


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
    """A frozen drawing: this person's own places and every word in their language are in its bytes already."""
    spots = [spot for item in items for spot in item["spots"]]
    # Safe: drawings.shown keeps an allow-list of elements and attributes, and nothing is added after it.
    return mark_safe(drawings.shown(drawn["svg"], spots=spots, prefix=f"{drawn['key']}-"))  # nosec B308
