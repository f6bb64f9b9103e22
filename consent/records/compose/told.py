"""Parts 1 to 4: what the person was told, word for word, and the figures exactly as their pages gave them."""

from django.utils.translation import gettext as _

from consent import wording
from consent.records import shape
from consent.records.compose.drawing import drawn
from consent.records.compose.words import Run, brackets, not_shown, plain, rest, row, sentences, strong, tapped

MOST_ARRAYS = 12


def part(code, number, heading, blocks, lede=None, keep=False):
    blocks = [each for each in blocks if each]
    return shape.Part(code=code, number=number, heading=heading, lede=lede, blocks=blocks, keep=keep)


def rows_of(*rows, columns=False):
    rows = [each for each in rows if each]
    return shape.Rows(rows=rows, columns=columns) if rows else None


def paragraph(text):
    return shape.Paragraphs(paragraphs=[text]) if text else None


# --- 1: why, and what will happen ------------------------------------------------------------------------------------


def what_will_happen(story, number):
    why, before, during, after = (story.page(key) or {} for key in ("why", "before", "during", "after"))
    lede = _("What %(name)s was shown, word for word. “You” is %(patient)s. Raised figures: see part 10.")
    pictures = during.get("drawings", [])
    return part(
        "why",
        number,
        _("Why, and what will happen"),
        [
            rows_of(
                prose(story, "why", why),
                from_the_clinician(story),
                row(_("Who is in charge"), [why.get("in_charge")]),
                what_it_is(story, why.get("what")),
                prose(story, "before", before),
                prose(story, "during", during, stages_of(story, during)),
                *(row(each["caption"] or each["description"], blocks=[drawn(story, each)]) for each in pictures),
                prose(story, "after", after),
                columns=True,
            ),
            rows_of(
                row(after.get("emergency_title"), points=after.get("emergency", []), keep=True),
                row(after.get("same_day_title"), points=after.get("same_day", []), keep=True),
                columns=True,
            ),
            paragraph(not_shown(story, "why", "before", "during", "after")),
        ],
        lede=sentences(lede % {"name": story.name, "patient": story.patient_name}, sign_of_taps(story, "amount")),
    )


def from_the_clinician(story):
    """The reason that was written for this person: shown behind the side, and again before signing."""
    shown = story.page("before") or story.page("sign") or {}
    return row(shown["reason_title"], [[story.by_staff(shown["reason"])]]) if shown.get("reason") else None


def sign_of_taps(story, *keys):
    """What the sign means, where it can be found. What is always told waits behind a tap for everybody."""
    waited = any(story.shown(key) and (key == "amount" or story.on_a_tap(key)) for key in keys)
    return _("› marks what could be opened with a tap.") if waited else ""


def prose(story, key, section, points=()):
    if not section:
        return None
    texts = [section["lead"], *section["paragraphs"]]
    more = rest(story.on_a_tap(key), section["more"])
    return row(section["title"], texts, [*section["points"], *points], [more])


def what_it_is(story, section):
    """All of it opens with one tap, unless everything was chosen."""
    if not section:
        return None
    waited = story.on_a_tap("why")
    texts = [tapped(waited, each) for each in (section["lead"], *section["paragraphs"])]
    return row(
        section["title"], texts, [tapped(waited, each) for each in section["points"]], [rest(waited, section["more"])]
    )


def stages_of(story, during):
    waited = story.amount_of("during") == "main"
    stages = [(each, waited) for each in during.get("stages", [])]
    stages += [(each, False) for each in during.get("notes", [])]
    return [[strong(f"{each['title']}. "), plain(tapped(later, each["text"]))] for each, later in stages]


# --- 2: what good it may do ------------------------------------------------------------------------------------------


def good(story, number):
    section = story.page("benefits")
    blocks = [paragraph(not_shown(story, "benefits"))]
    if section:
        blocks = [paragraph(section["lead"]), *(benefit(story, each) for each in section["benefits"])]
        blocks.append(rows_of(row(section["not_title"], points=section["not"])))
    return part("good", number, _("What good it may do"), blocks)


def benefit(story, each):
    words = [strong(f"{each['name']}: {each['number']}. "), *story.raised(each["source_keys"])]
    more = tapped(story.on_a_tap("benefits"), each["more"])
    open_ = sentences(each["period"], each["note"], measured_in(each, story.amount_of("benefits")))
    paragraphs = [text for text in (words, open_, more) if text]
    if each["n"] is None:
        return shape.Paragraphs(paragraphs=paragraphs)
    return shape.Arrays(arrays=[array(each)], beside=paragraphs)


def measured_in(each, amount):
    """For the main points only what was measured elsewhere says so beside its number: the rest stands above them all."""
    return each["direct"] if each["elsewhere"] or amount != "main" else ""


def array(figure):
    """Dots, and the same without them: how many it happens to, and how many not."""
    n, of = figure["n"], figure["per"]
    words = {"name": figure["name"], "n": wording.number(n), "of": wording.number(of), "rest": wording.number(of - n)}
    sentence = _("%(name)s: %(n)s of %(of)s people; not so for %(rest)s.") % words
    return shape.Array(n=n, of=of, sentence=sentence)


# --- 3: what can go wrong --------------------------------------------------------------------------------------------


def harm(story, number):
    serious, common = story.page("serious"), story.page("common")
    groups = [*serious_groups(story, serious), *common_groups(story, common)]
    heads = (_("What can happen"), _("How often"), _("In whom this was seen"), _("Source"))
    return part(
        "harm",
        number,
        _("What can go wrong"),
        [
            *(grave(story, each) for each in (serious or {}).get("grave", [])),
            shape.Risks(heads=heads, groups=groups, note=uncounted(story, serious) or None) if groups else None,
            arrays(story, common),
            rows_of(row(common["notes_title"], [note(story, each) for each in common["notes"]])) if common else None,
            paragraph(not_shown(story, "serious", "common")),
        ],
    )


def note(story, text):
    """What was written for this person alone, and by whom."""
    return [story.by_staff(text), plain(f" ({story.author_of(text)})")]


def uncounted(story, section):
    """What the page said of risks without a number, and what the sign before some of them means."""
    amount, words = story.amount_of("serious"), []
    if section:
        words = [f"{section['unknown_title']}.", section["unknown_hint"] if amount != "main" else ""]
    return sentences(*(tapped(story.others_waited, each) for each in words), sign_of_taps(story, "serious", "common"))


def grave(story, each):
    """The most serious harm has no rate, so it has no dots and no place in the table."""
    waited, rows = story.on_a_tap("serious"), []
    for line in each["rows"]:
        text = tapped(waited and not line["main"], " ".join(line["texts"]))
        rows.append([strong(f"{line['label']} "), plain(text)])
    if rows:
        rows[0] = [*rows[0], *story.raised(each["source_keys"])]
    # Who reads the main points has met these signs on the page before; here they wait.
    signs = tapped(story.amount_of("serious") == "main", "; ".join(each["danger_signs"]))
    danger = [strong(f"{each['danger_title']} "), plain(signs)]
    marks = [marked] if (marked := matters_mark(story, each)) else []
    name = " ".join(filter(None, [each["name"], brackets(each["term"])]))
    return shape.Grave(heading=name, paragraphs=[*rows, *([danger] if each["danger_signs"] else []), *marks])


def serious_groups(story, section):
    """For those who chose to know as little as possible, all but the most serious harm stood behind a tap."""
    risks = [risk(story, "serious", each) for each in (section or {}).get("risks", [])]
    if not risks:
        return []
    title = section["other_title"]
    heading = _("%(title)s (on a tap)") % {"title": title} if story.others_waited else title
    return [shape.RiskGroup(heading=heading, risks=risks)]


def common_groups(story, section):
    if not section:
        return []
    depends = f"{section['depends_title']} ({_('shown to those whom it may concern')})"
    lists = [(section["title"], section["risks"]), (depends, section["depends"])]
    return [
        shape.RiskGroup(heading=name, risks=[risk(story, "common", each) for each in risks])
        for name, risks in lists
        if risks
    ]


def risk(story, key, each):
    waited, amount = story.on_a_tap(key), story.amount_of(key)
    return shape.Risk(
        plain=each["name"],
        tapped=waited and not each["main"],
        term=tapped(waited, each["term"]) or None,
        figure=each["number"],
        figure_note=tapped(amount == "main", each["note"]) or None,
        seen_in=seen_in(each, amount) or "–",
        sources=story.cite(each["source_keys"]) or "–",
        marked=marks(story, each),
        code=each["key"],
        n=None if each["n"] is None else str(each["n"]),
        of=each["per"],
    )


def seen_in(each, amount):
    """What stood open about a number, then what opened with a tap."""
    opened, rests_on = [each["period"], measured_in(each, amount)], [*each["seen"], each["why_unknown"]]
    if amount == "main":
        return sentences(*opened, tapped(True, sentences(*rests_on, each["more"])))
    return sentences(*opened, *rests_on, tapped(amount != "everything", each["more"]))


def marks(story, each):
    """Why this risk weighs more for this person: their own mark, and what a clinician wrote for them."""
    mine = matters_mark(story, each)
    lines = [[plain(mine)]] if mine else []
    for text in each["for_you"]:
        words = {"name": story.first_name, "who": story.author_of(text, each["key"])}
        lines.append([plain(_("Marked for %(name)s by %(who)s:") % words + " "), story.by_staff(text)])
    return joined(lines) if lines else None


def joined(lines):
    runs = list(lines[0])
    for line in lines[1:]:
        runs += [Run(text="\n"), *line]
    return runs


def matters_mark(story, each):
    marked = {*story.walk.said("serious", "matters", []), *story.walk.said("common", "matters", [])}
    return _("%(name)s: “This matters to me”") % {"name": story.first_name} if each["key"] in marked else None


def arrays(story, section):
    """Dots for what stood open on the page; what came on a tap has its number in the table."""
    risks = [each for each in (section or {}).get("risks", []) if each["main"] or not story.on_a_tap("common")]
    drawn_ones = [array(each) for each in risks if each["n"] is not None]
    if not drawn_ones:
        return None
    note = sentences(section["lead"], _("Dark dots are the people to whom it happens."))
    return shape.Arrays(arrays=drawn_ones[:MOST_ARRAYS], note=note)


# --- 4: what else could be done --------------------------------------------------------------------------------------


def choices(story, number):
    why, section = story.page("why"), story.page("compare")
    ways = [way(story, each) for each in why["ways"]] if why else []
    return part(
        "choices",
        number,
        _("What else you could do"),
        [
            rows_of(row(why["ways_title"], [why["may_say_no"]], ways)) if why else None,
            *(side_by_side(story, section) if section else []),
            paragraph(not_shown(story, "compare")),
        ],
    )


def way(story, each):
    """For the main points a choice has its name alone here: what it means waits where they stand side by side."""
    name, waited = f"{each['name']}. ", story.amount_of("why") == "main"
    if waited and not (story.page("compare") and story.amount_of("compare") == "main"):
        return [strong(name.strip())]
    return [strong(name), plain(tapped(waited, each["line"]))]


def side_by_side(story, section):
    lines = [
        shape.Line(
            cells=[
                each["name"],
                open_and_tapped(story, each, "good"),
                open_and_tapped(story, each, "harm"),
                story.cite(each["source_keys"]) or "–",
            ],
            code=each["key"],
        )
        for each in section["rows"]
    ]
    note = sentences(section["lead"], f"{section['note_title']}.", section["note"])
    yield shape.Table(style="alternatives", heads=[*section["head"], _("Source")], rows=lines, note=note)
    for each in section["comparisons"]:
        yield comparison(story, each)


def open_and_tapped(story, choice, key):
    """What stood open about a choice, then what opened with a tap."""
    if story.amount_of("compare") != "main":
        return choice[key]
    opened = choice["main"][key]
    return sentences(opened, tapped(True, choice[key].removeprefix(opened).strip()))


def comparison(story, each):
    """Its title stands open, and all of it opens with one tap."""
    waited = story.on_a_tap("compare")
    intro = [
        strong(f"{each['title']}. "),
        plain(tapped(waited, sentences(each["intro"], each["direct"]))),
        *story.raised(each["source_keys"]),
    ]
    arms = [tapped(waited, f"{arm['name']}: {arm['number']} {each['outcome']}.") for arm in each["arms"]]
    if any(arm["n"] is None for arm in each["arms"]):
        return shape.Paragraphs(paragraphs=[intro, *arms])
    drawn_ones = [
        shape.Array(n=arm["n"], of=arm["per"], sentence=words) for arm, words in zip(each["arms"], arms, strict=True)
    ]
    return shape.Arrays(arrays=drawn_ones, note=intro)
