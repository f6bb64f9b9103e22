"""The pages of the form between who it is and who signs: what the walk's pages say, and boxes in place of buttons."""

from django.utils.translation import gettext as _

from consent.records import shape
from consent.records.compose import drawing

QUESTIONS = 6
OWN_WORDS = 2


def parts(sections, *, items):
    """Numbered parts made of blocks, each a plain dict that names its own template."""
    cited = Citations(sections)
    made = [
        why(sections["why"], sections.get("before"), sections.get("during"), sections.get("after")),
        good(sections["benefits"], cited),
        harm(sections["serious"], sections["common"], cited),
        choices(sections["why"], sections["compare"], cited),
        matters(sections["matters"]),
        questions(sections["checklist"]),
        checklist(sections["checklist"]),
        permissions(sections["permissions"]),
        decided(sections["decision"], items),
    ]
    return [{"number": str(number), **part} for number, part in enumerate(made, start=1)]


def sources(sections):
    """Behind the signatures: a decision and the line to sign on should lie on one sheet."""
    return Citations(sections).part()


class Citations:
    """Sources numbered in the order in which the form first leans on them."""

    def __init__(self, sections):
        found = [each for key in ("benefits", "serious", "common", "compare") for each in sections[key]["sources"]]
        self.known = {each["key"]: each for each in found}
        self.numbers = {key: str(number) for number, key in enumerate(self.known, start=1)}

    def of(self, keys):
        return ", ".join(self.numbers[key] for key in keys if key in self.numbers)

    def part(self):
        texts = [f"{each['citation']} {each['note']}".strip() for each in self.known.values()]
        lines = [{"number": self.numbers[key], "text": text} for key, text in zip(self.known, texts, strict=True)]
        return part(_("Where the figures come from"), [{"block": "references", "references": lines}])


def part(heading, blocks, **more):
    return {"heading": heading, "blocks": [each for each in blocks if each], **more}


def row(label, paragraphs=(), points=(), **more):
    paragraphs, points = ([each for each in texts if each] for texts in (paragraphs, points))
    return (
        {"block": "row", "label": label, "paragraphs": paragraphs, "points": points, **more}
        if paragraphs or points
        else None
    )


def prose(section, points=()):
    """A page's main points and what opens on a tap: paper has no taps, so all of it stands here."""
    return section and row(
        section["title"], [section["lead"], *section["paragraphs"]], [*section["points"], *points, *section["more"]]
    )


# --- what is told ----------------------------------------------------------------------------------------------------


def why(why, before, during, after):
    stages = [f"{each['title']}: {each['text']}" for each in [*during["stages"], *during["notes"]]]
    return part(
        _("Why, and what will happen"),
        [
            *(drawn(each) for each in during["drawings"]),
            prose(why),
            row(before["reason_title"], [before["reason"]]),
            row(_("Who is in charge"), [why["in_charge"]]),
            prose(why["what"]),
            prose(before),
            prose(during, stages),
            prose(after),
            row(after["emergency_title"], points=after["emergency"], strong=True),
            row(after["same_day_title"], points=after["same_day"], strong=True),
        ],
    )


def drawn(each):
    picture = shape.Drawing(svg=drawing.printed(each["svg"]), alt=each["description"], caption=each["caption"] or None)
    return {"block": "drawing", "drawing": picture}


def good(section, cited):
    rows = [
        row(
            each["name"],
            [figure(each, cited), sentences(each["period"], each["note"], each["direct"], each["more"])],
        )
        for each in section["benefits"]
    ]
    return part(section["title"], [row("", [section["lead"]]), *rows, row(section["not_title"], points=section["not"])])


def figure(each, cited):
    source = cited.of(each["source_keys"])
    return f"{each['number']}. " + (_("Source: %(numbers)s.") % {"numbers": source} if source else "")


def sentences(*texts):
    return " ".join(text for text in texts if text)


def harm(serious, common, cited):
    groups = [
        (serious["other_title"], serious["risks"]),
        (common["title"], common["risks"]),
        (common["depends_title"], common["depends"]),
    ]
    table = {
        "block": "risks",
        "heads": [_("What can happen"), _("How often"), _("What this rests on"), _("Source")],
        "groups": [{"heading": name, "rows": [risk(each, cited) for each in risks]} for name, risks in groups if risks],
    }
    graves = [grave(each, cited) for each in serious["grave"]]
    return part(serious["title"], [*graves, table, row(common["notes_title"], common["notes"])], lede=serious["lead"])


def grave(each, cited):
    lines = [{"label": line["label"], "text": " ".join(line["texts"])} for line in each["rows"]]
    lines.append({"label": each["danger_title"], "text": "; ".join(each["danger_signs"])})
    source = cited.of(each["source_keys"])
    if source:
        lines.append({"label": _("Source"), "text": source})
    return {"block": "grave", "name": each["name"], "term": each["term"], "lines": lines}


def risk(each, cited):
    return {
        "name": each["name"],
        "term": each["term"],
        "figure": each["number"],
        "note": each["note"],
        "rests_on": sentences(each["period"], each["direct"], *each["seen"], each["why_unknown"], each["more"]),
        "source": cited.of(each["source_keys"]) or "–",
        "for_you": each["for_you"],
    }


def choices(why, section, cited):
    rows = [
        {"cells": [each["name"], each["good"], each["harm"], cited.of(each["source_keys"]) or "–"]}
        for each in section["rows"]
    ]
    table = {"block": "table", "style": "alternatives", "heads": [*section["head"], _("Source")], "rows": rows}
    lines = [f"{each['name']}: {each['line']}" for each in why["ways"]]
    return part(
        _("What else you could do"),
        [
            row(why["ways_title"], [why["may_say_no"]], lines),
            table,
            row(section["note_title"], [section["note"]]),
            *(comparison(each, cited) for each in section["comparisons"]),
        ],
        lede=section["lead"],
    )


def comparison(each, cited):
    arms = [f"{arm['name']}: {arm['number']} {each['outcome']}." for arm in each["arms"]]
    source = _("Source: %(numbers)s.") % {"numbers": cited.of(each["source_keys"])}
    return row(each["title"], [sentences(each["intro"], each["direct"], source)], arms)


# --- what is written by hand -----------------------------------------------------------------------------------------


def matters(section):
    boxes = {"block": "boxes", "options": list(section["options"].values()), "columns": 3}
    return part(section["title"], [boxes, write(section["own_label"], OWN_WORDS)], keep=True)


def write(label, lines):
    return {"block": "write", "label": label, "lines": range(lines)}


def questions(section):
    asked = row(section["prompts_title"], points=section["prompts"])
    lines = write(_("Your questions, and what we answered"), QUESTIONS)
    return part(_("Your questions"), [asked, lines], keep=True)


def checklist(section):
    lead = _("Answer each line yourself. If one is not a yes, tell us before you sign: we talk about it first.")
    return part(
        section["title"],
        [tick_table(section["statements"].values(), section["options"].values())],
        lede=lead,
        keep=True,
    )


def tick_table(lines, options):
    return {
        "block": "ticks",
        "ask": _("Tick one box in each line"),
        "heads": list(options),
        "rows": [{"text": each, "hint": ""} for each in lines],
    }


def permissions(section):
    table = tick_table([], section["options"].values())
    table["rows"] = [{"text": each["question"], "hint": each["hint"]} for each in section["rows"]]
    lead = sentences(section["lead"], _("A line without a tick means no."))
    return part(section["title"], [table], lede=lead, keep=True)


def decided(section, items):
    """The words of the buttons, without what a screen would do next."""
    options = [option[0] for option in section["options"].values()]
    blocks = [{"block": "boxes", "options": options, "columns": 1, "large": True}]
    if items > 1:
        blocks.append(row(section["each_title"], [_("Tick yes or no beside each one on page 1.")]))
    return part(
        section["title"], [*blocks, row(section["mind_title"], [section["mind"]])], lede=section["lead"], keep=True
    )
