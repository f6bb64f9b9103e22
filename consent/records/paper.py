"""The record of a consent that was signed on paper: page 1 as always, and for the rest the scan, named by its digest.

What was told, asked and answered stands on the paper. This record does not repeat it and does not guess at it: whatever
was not read off the paper by a member of staff counts as not allowed. What was done on the tablet before the paper is
not on the paper, so it stands here.
"""

from datetime import timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent import wording
from consent.models import Role, Signature, Status
from consent.records import shape
from consent.records.compose import KINDS, door, facts, people, proof, said, signs
from consent.records.compose.story import Story
from consent.records.compose.told import part, rows_of
from consent.records.compose.words import Run, at_clock, listed, plain, row, sentences, strong
from consent.steps import BY_KEY, STEPS, Walk
from procedures import canonical

# Pages of the tablet alone: the form greets nobody, asks nothing private and tests nothing.
NOT_ON_PAPER = ("welcome", "identity", "amount", "tell_us", "side", "check")


def is_on_paper(episode):
    """Did those who decide sign this release on paper?"""
    return signed_on_paper(episode, episode.release).exists()


def signed_on_paper(episode, release):
    return Signature.objects.filter(episode=episode, disclosure__release=release, meaning="consent", method="paper")


def compose_paper(*, episode, at, previous) -> bytes:
    """The record's bytes, for an episode on paper that has been moved already. The same rows and `at` give the same bytes."""
    kind = "complete" if episode.status == Status.COMPLETE else "signed"
    return dumped(PaperStory.of(episode, kind, at, previous))


def compose_withdrawal(*, episode, at, previous) -> bytes:
    """The bytes of the record that ends a consent on paper; what was said with it is kept and the episode moved already."""
    return dumped(PaperStory.of(episode, "withdrawal", at, previous))


def dumped(story):
    with translation.override(story.language), timezone.override(ZoneInfo(story.told["time_zone"])):
        return shape.dump(record(story))


class OnTablet(Walk):
    """What was done on the tablet, under this release: the paper may have been in another language than the tablet."""

    def counts(self, answer):
        same = answer.disclosure_id and answer.disclosure.release_id == self.release.pk
        return bool(self.disclosure and same) or super().counts(answer)


class PaperStory(Story):
    """A story whose answers stand on paper: what counts is what staff read off it."""

    @classmethod
    def of(cls, episode, kind, at, previous):
        story = super().of(episode, kind, at, previous)
        story.walk = OnTablet(episode, story.walk.party, None)
        return story

    @cached_property
    def walks(self):
        return [self.walk if each == self.walk.party else OnTablet(self.episode, each, None) for each in self.deciders]

    def tries(self, key):
        return [each for each in self.walk.all_answers if each.step == key and self.walk.counts(each)]

    @cached_property
    def was_on_tablet(self):
        """A page was answered there, or a question asked; a change of mind is no page."""
        answered = any(each.step in BY_KEY for walk in self.walks for each in walk.all_answers)
        return answered or self.episode.questions.exists()

    @cached_property
    def left_open(self):
        """What must still be talked about, of the pages that were answered: a page never reached asked nothing."""
        found = [(walk, item) for walk in self.walks for item in walk.open_items]
        return [item for walk, item in found if item.kind == "question" or item.kind in walk.answers]

    @property
    def signed(self):
        return [canonical.loads(each.body) for each in self.with_meaning("consent") if each.method == "paper"]

    def agreed(self, item):
        if self.kind == "withdrawal":
            return False
        return bool(self.signed) and all(item["position"] in body["act"]["agreed"] for body in self.signed)

    @property
    def scans(self):
        """Every scan under the release that counts now, the first one first."""
        return list(self.episode.scans.filter(entered_at__gte=self.walk.release.at).select_related("by").order_by("id"))


def record(story):
    kind, stage = KINDS[story.kind]
    return shape.Record(
        kind=kind,
        stage=stage,
        number=story.episode.number,
        language=story.language,
        direction=wording.direction(story.language),
        made_at=timezone.localtime(story.at).isoformat(),
        marks=proof.marks(story),
        **door.page(story) | page(story),
        signatures=shape.Signatures(heads=signs.heads(), rows=signs.rows(story)),
        parts=parts(story),
        bound=bound(story),
        end=_(
            "End of the record. The scan of the signed paper is kept with it. Corrections are made as addenda; "
            "this record is never changed."
        ),
    )


def page(story):
    """Where page 1 of a paper is not page 1 as always."""
    changed = {"subheading": subheading(story), "facts": [fact for make in FACTS[story.kind] if (fact := make(story))]}
    if story.kind == "withdrawal":
        return changed | {"heading": _("Withdrawal of a consent that was signed on paper")}
    state = door.STATES[story.kind](story).model_copy(update={"then": when(story)})
    return changed | {"heading": _("Consent to a procedure, signed on paper"), "state": state}


def subheading(story):
    if story.was_on_tablet:
        return _(
            "Page 1 is for the theatre door. What was told and signed stands on the scanned form; "
            "what was asked and answered on the tablet stands in this record."
        )
    return _("Page 1 is for the theatre door. What was told, asked and answered stands on the scanned form.")


def parts(story):
    makers = [make for make in PARTS if make is not on_the_tablet or story.was_on_tablet]
    return [make(story, str(number)) for number, make in enumerate(makers, start=1)]


def when(story):
    scan = story.scans[-1]
    words = {"signed": at_clock(scan.signed_at), "entered": at_clock(scan.entered_at), "who": scan.by.full_name}
    return _("Signed on paper on %(signed)s. Entered on %(entered)s by %(who)s.") % words


# --- page 1 ----------------------------------------------------------------------------------------------------------


def not_allowed(story):
    """Permissions are not copied off the paper, so that none is ever given by a slip of the eye."""
    rows = [row["allowed"] for row in facts.rows(story)]
    items = [item["where"] for item in story.items if not story.agreed(item)]
    text = sentences(
        f"{listed(items)}." if items else "",
        _("What was allowed stands on the paper. Until you have read it there, none of these: %(names)s.")
        % {"names": listed(rows)}
        if rows
        else _("Nothing beyond the procedure itself."),
    )
    return shape.Fact(
        about="not_allowed",
        label=_("Not allowed"),
        text=text,
        bar=True,
        also_in=facts.in_theatre(story, facts.rows(story)),
    )


def on_paper(story):
    if story.kind == "withdrawal":
        # No signature of the paper stands on this page.
        return shape.Fact(about="paper", label=_("On paper"), text=when(story))
    scan = story.scans[-1]
    person = ", ".join(filter(None, [scan.by.full_name, scan.by.title]))
    words = {"signed": at_clock(scan.signed_at), "entered": at_clock(scan.entered_at), "who": person}
    text = [
        strong(_("Signed on paper, %(signed)s.") % words + " "),
        plain(
            _("Entered %(entered)s by %(who)s, who read the signatures and times on this page off the paper.") % words
        ),
    ]
    if scan.note:
        text += [plain(" " + _("Note:") + " "), story.by_staff(scan.note)]
    if story.left_open:
        text.append(strong(" " + _("Something asked on the tablet is still open: see the pages behind.")))
    return shape.Fact(about="paper", label=_("On paper"), text=text)


def not_heard(story):
    return shape.Fact(
        about="not_heard",
        label=_("Chose not to hear"),
        text=_("The form holds all of it. What was talked about stands there."),
    )


def language(story):
    if story.episode.parties.filter(role=Role.INTERPRETER, active=True).exists():
        return facts.language(story)
    text = _("%(language)s. Whether an interpreter took part stands on the form.") % {"language": story.language_name}
    return shape.Fact(about="language", label=_("Language"), text=text)


CONSENT = [
    not_allowed,
    facts.decides,
    facts.authority,
    facts.finding,
    on_paper,
    not_heard,
    facts.place,
    facts.planned,
    language,
]
# What was heard is left out: the paper was read, and nobody here knows how much of it.
WITHDRAWAL = [
    facts.not_allowed,
    facts.decides,
    facts.authority,
    facts.finding,
    facts.reason,
    facts.how_said,
    facts.ends,
    on_paper,
    facts.place,
    language,
]
FACTS = {"signed": CONSENT, "complete": CONSENT, "withdrawal": WITHDRAWAL}


# --- the pages behind ------------------------------------------------------------------------------------------------


def on_the_form(story, number):
    """Names of the pages that the form was printed from; the form itself is the witness of what they said."""
    names = [str(BY_KEY[key].name) for key in BY_KEY if story.walk.section(key) and key not in NOT_ON_PAPER]
    told = shape.Row(
        label=_("What was told"),
        paragraphs=[
            where_it_stands(story),
            _(
                "The form for this person is printed from the text whose disclosure digest stands below. It has these pages:"
            ),
        ],
        points=names,
    )
    return part("on_paper", number, _("On the paper"), [rows_of(told)])


def where_it_stands(story):
    if story.was_on_tablet:
        return _(
            "What was told, asked, answered and allowed on paper stands on the scanned form. It is not repeated here. "
            "What was done on the tablet comes next."
        )
    return _("What was told, asked, answered and allowed stands on the scanned form. It is not repeated here.")


def on_the_tablet(story, number):
    """Own questions, misses, unsure lines and what is open: paper is not gated by them, and must not bury them."""
    check, checklist, allowed = (story.page(key) for key in ("check", "checklist", "permissions"))
    rows = rows_of(
        row(_("Still open when this record was made"), points=[open_line(story, each) for each in story.left_open]),
        row(_("Own questions"), *said.own_questions(story), wide=story.episode.questions.exists()),
        row(check["title"], blocks=[said.checks(story, check)], wide=True) if check else None,
        row(checklist["title"], blocks=[said.statements(story, checklist)], wide=True) if checklist else None,
        row(allowed["title"], [], blocks=[said.allowances(story, allowed)], wide=True) if allowed else None,
        row(_("Which side was picked"), points=said.sides_picked(story)),
        row(_("Pages gone through on the tablet"), points=pages_answered(story)),
    )
    mattered = [each for each in said.matters(story, number).blocks if each.block == "rows"]
    lede = sentences(_("What was agreed and allowed is what stands on the paper."), said.read_aloud(story))
    return part("on_tablet", number, tablet_heading(story), [rows, *mattered], lede=lede)


def tablet_heading(story):
    """Before the paper, unless something was said on the tablet after it. Paper knows minutes and no seconds."""
    signed = story.scans[0].signed_at + timedelta(minutes=1)
    answered = [each.at for walk in story.walks for each in walk.all_answers if each.step in BY_KEY]
    asked = [each.at for each in story.episode.questions.all()]
    if any(at > signed for at in (*answered, *asked)):
        return _("On the tablet")
    return _("On the tablet, before the paper")


def open_line(story, item):
    return [strong(_("Open:") + " "), Run(text=item.text, lang=language_of(story, item))]


def language_of(story, item):
    """A question stands in the language it was asked in."""
    if item.kind != "question":
        return None
    asked_in = next(each.language for each in story.episode.questions.all() if str(each.pk) == item.key)
    return asked_in if asked_in != story.language else None


def pages_answered(story):
    """By name alone, and without the page that is private."""
    return [str(step.name) for step in STEPS if step.key in story.walk.answers and step.key != "tell_us"]


def checks(story, number):
    """As for every record, with the scans in place of the answers; beside them the answers there are."""
    whole = proof.checks(story, number)
    block, usual, kept = whole.blocks[0], proof.bound(story).answers, bound(story).answers
    rows = [each for each in block.rows if each.digests != usual]
    answered = proof.evidence(_("Answers digest"), _("what was said on the screen"), digests=kept)
    rows[1:1] = [*map(scan_row, story.scans), *([answered] if kept else [])]
    return whole.model_copy(update={"blocks": (block.model_copy(update={"rows": tuple(rows)}),)})


def scan_row(scan):
    words = {"entered": at_clock(scan.entered_at), "size": wording.number(scan.size)}
    note = _("SHA-256 of the file kept, %(size)s bytes, entered %(entered)s") % words
    return proof.evidence(_("Scan of the signed paper"), note, digests=[scan.sha256])


PARTS = [on_the_form, on_the_tablet, people.took_part, checks]


def bound(story):
    """Answers are bound where there are any: on a tablet before the paper, or with a change of mind."""
    walks = story.walks if story.was_on_tablet else []
    last_word = [story.withdrawal.digest] if story.withdrawal else []
    return proof.bound(story).model_copy(update={"answers": (*(walk.answers_digest for walk in walks), *last_word)})
