"""Numbers, dates and figures in words of one language: the same sentence on page and record."""

from decimal import Decimal

from babel.dates import format_date, format_time
from babel.numbers import format_decimal
from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext, to_locale
from django.utils.translation import gettext as _

RIGHT_TO_LEFT = {"ar", "fa", "he", "ps", "ur"}


def locale(language=None):
    name = to_locale(language or get_language() or "en").replace("zh_Hans", "zh_Hans_CN")
    return "en_GB" if name == "en" else name


def direction(language):
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def number(value):
    return format_decimal(Decimal(str(value)), locale=locale())


def day(value):
    return format_date(value, "long", locale=locale())


def clock(value):
    return format_time(timezone.localtime(value), "HH:mm", locale=locale())


def moment(value, seconds=False):
    """A date and time as words: 20 November 2026, 10:44."""
    here = timezone.localtime(value)
    return f"{day(here)}, {format_time(here, 'HH:mm:ss' if seconds else 'HH:mm', locale=locale())}"


def zone(value):
    return timezone.localtime(value).strftime("%Z")


def joined(names):
    """A list in words: C6, or C6 and C7, or C5, C6 and C7."""
    *first, last = list(names)
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last


def duration(count, unit):
    """24 hours, 30 minutes, 7 days."""
    if unit == "hours":
        return ngettext("%(count)s hour", "%(count)s hours", count) % {"count": number(count)}
    if unit == "minutes":
        return ngettext("%(count)s minute", "%(count)s minutes", count) % {"count": number(count)}
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": number(count)}


def talked_about(point):
    """A line of the checklist or a check question, or nothing where what is told now no longer has it."""
    if not point:
        return _("Talked about an open point")
    return _("Talked about an open point: “%(point)s”") % {"point": point}


def capital(text):
    return text[:1].upper() + text[1:]


def in_people(value, per):
    return _("%(count)s in %(per)s") % {"count": number(value), "per": number(per)}


def in_a_sentence(figure):
    """The bare number for the middle of a sentence, which says "about" itself where that is due."""
    if figure.kind == "rate":
        return in_people(figure.value, figure.per)
    return figure_words(figure)["number"]


def figure_words(figure):
    """A figure (content.Figure) as words: {number, note, n, per}. `n` of `per` only where it can be drawn as dots."""
    return FIGURES[figure.kind](figure)


def rate_words(figure):
    words = {"number": in_people(figure.value, figure.per), "note": interval_words(figure), "n": None, "per": None}
    if figure.about:
        words["number"] = _("about %(number)s") % {"number": words["number"]}
    if figure.value * 1000 < figure.per:
        # Too few for a dot among 1,000: the page keeps its denominator and says the rest in words.
        words["note"] = _("It was %(number)s.") % {"number": words["number"]}
        words["number"] = _("fewer than 1 in %(per)s") % {"per": number(1000)}
    elif figure.per in (100, 1000) and figure.value == int(figure.value):
        words |= {"n": int(figure.value), "per": figure.per}
    return words


def interval_words(figure):
    parts = []
    if figure.events is not None and figure.of:
        parts.append(_("Counted: %(events)s of %(of)s.") % {"events": number(figure.events), "of": number(figure.of)})
    if figure.low is not None:
        low, high = number(figure.low), number(figure.high)
        parts.append(_("The true number may lie from %(low)s to %(high)s.") % {"low": low, "high": high})
    return " ".join(parts)


def range_words(figure):
    low, high, per = number(figure.low), number(figure.high), number(figure.per)
    text = _("%(low)s to %(high)s in %(per)s") % {"low": low, "high": high, "per": per}
    return {"number": text, "note": "", "n": None, "per": None}


def measured_words(figure):
    text = f"{number(figure.value)} {figure.unit}".strip()
    note = ""
    if figure.low is not None and figure.high is not None:
        note = _("Between %(low)s and %(high)s.") % {"low": number(figure.low), "high": number(figure.high)}
    return {"number": text, "note": note, "n": None, "per": None}


def expected_words(figure):
    return {"number": _("Expected"), "note": "", "n": None, "per": None}


def unknown_words(figure):
    return {"number": _("No reliable figure"), "note": "", "n": None, "per": None}


FIGURES = {
    "rate": rate_words,
    "range": range_words,
    "measured": measured_words,
    "expected": expected_words,
    "unknown": unknown_words,
}


def seen_words(seen):
    """What one study saw, in words, without turning it into a rate."""
    if seen.events == 0:
        return _("One study of %(of)s saw none. None seen does not mean never.") % {"of": number(seen.of)}
    return _("One study of %(of)s saw %(events)s.") % {"of": number(seen.of), "events": number(seen.events)}


def side_word(side):
    return {"left": pgettext("side", "left"), "right": pgettext("side", "right"), "": ""}[side]


def side_and_place(side, place):
    """LEFT C6 nerve root: the largest words of page 1. Other languages order them in their own way."""
    return pgettext("side and place", "%(side)s %(place)s") % {"side": side, "place": place} if side else place


def side_capitals(side):
    return side_word(side).upper()
