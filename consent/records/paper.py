"""The record of a consent that was signed on paper: page 1 as always, and for the rest the scan, named by its digest.

What was told, asked and answered stands on the paper. This record does not repeat it and does not guess at it: whatever
was not read off the paper by a member of staff counts as not allowed.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent import wording
from consent.models import Signature, Status
from consent.records import shape
from consent.records.compose import door, facts, people, proof, signs
from consent.records.compose.story import Story
from consent.records.compose.words import at_clock, listed, plain, sentences, strong
from consent.steps import BY_KEY
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
    story = PaperStory.of(episode, kind, at, previous)
    with translation.override(story.language), timezone.override(ZoneInfo(story.told["time_zone"])):
        return shape.dump(record(story))


class PaperStory(Story):
    """A story whose answers stand on paper: what counts is what staff read off it."""

    @property
    def signed(self):
        return [canonical.loads(each.body) for each in self.with_meaning("consent") if each.method == "paper"]

    def agreed(self, item):
        return bool(self.signed) and all(item["position"] in body["act"]["agreed"] for body in self.signed)

    @property
    def scans(self):
        """Every scan under the release that counts now, the first one first."""
        return list(self.episode.scans.filter(entered_at__gte=self.walk.release.at).select_related("by").order_by("id"))


def record(story):
    page = door.page(story)
    return shape.Record(
        kind="consent",
        stage=story.kind,
        number=story.episode.number,
        language=story.language,
        direction=wording.direction(story.language),
        made_at=timezone.localtime(story.at).isoformat(),
        marks=proof.marks(story),
        **page
        | {
            "heading": _("Consent to a procedure, signed on paper"),
            "subheading": _(
                "Page 1 is for the theatre door. What was told, asked and answered stands on the scanned form."
            ),
            "state": page["state"].model_copy(update={"then": when(story)}),
            "facts": [fact for make in FACTS if (fact := make(story))],
        },
        signatures=shape.Signatures(heads=signs.heads(), rows=signs.rows(story)),
        parts=[make(story, str(number)) for number, make in enumerate(PARTS, start=1)],
        bound=bound(story),
        end=_(
            "End of the record. The scan of the signed paper is kept with it. Corrections are made as addenda; "
            "this record is never changed."
        ),
    )


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
    return shape.Fact(about="paper", label=_("On paper"), text=text)


def not_heard(story):
    return shape.Fact(
        about="not_heard",
        label=_("Chose not to hear"),
        text=_("The form holds all of it. What was talked about stands there."),
    )


def language(story):
    text = _("%(language)s. Whether an interpreter took part stands on the form.") % {"language": story.language_name}
    return shape.Fact(about="language", label=_("Language"), text=text)


FACTS = [
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


# --- the pages behind ------------------------------------------------------------------------------------------------


def on_the_form(story, number):
    """Names of the pages that the form was printed from; the form itself is the witness of what they said."""
    names = [str(BY_KEY[key].name) for key in BY_KEY if story.walk.section(key) and key not in NOT_ON_PAPER]
    row = shape.Row(
        label=_("What was told"),
        paragraphs=[
            _("What was told, asked, answered and allowed stands on the scanned form. It is not repeated here."),
            _(
                "The form for this person is printed from the text whose disclosure digest stands below. It has these pages:"
            ),
        ],
        points=names,
    )
    return shape.Part(code="on_paper", number=number, heading=_("On the paper"), blocks=[shape.Rows(rows=[row])])


def checks(story, number):
    """As for every record, with the scans in place of the answers."""
    part = proof.checks(story, number)
    block, digests = part.blocks[0], {digest for walk in story.walks for digest in [walk.answers_digest]}
    rows = [row for row in block.rows if not digests & set(row.digests)]
    rows[1:1] = [scan_row(each) for each in story.scans]
    return part.model_copy(update={"blocks": (block.model_copy(update={"rows": tuple(rows)}),)})


def scan_row(scan):
    words = {"entered": at_clock(scan.entered_at), "size": wording.number(scan.size)}
    note = _("SHA-256 of the file kept, %(size)s bytes, entered %(entered)s") % words
    return proof.evidence(_("Scan of the signed paper"), note, digests=[scan.sha256])


PARTS = [on_the_form, people.took_part, checks]


def bound(story):
    return proof.bound(story).model_copy(update={"answers": ()})
