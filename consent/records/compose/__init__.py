"""From the rows of one episode to the canonical bytes of its record.json, inside the transaction that made it true.

Everything is said here, in the language of what the person was told: the renderer adds no word. What the person told us
in private (the step "tell_us") is never read, so that no part of a record can hold or hint at it.
"""

from zoneinfo import ZoneInfo

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent import wording
from consent.records import shape
from consent.records.compose import door, people, proof, said, signs, told
from consent.records.compose.story import NothingTold, Story

__all__ = ["NothingTold", "compose"]

PARTS = [
    told.what_will_happen,
    told.good,
    told.harm,
    told.choices,
    said.matters,
    said.understood,
    said.decided,
    people.took_part,
    proof.checks,
    proof.sources,
]
KINDS = {
    "signed": ("consent", "signed"),
    "complete": ("consent", "complete"),
    "refusal": ("refusal", "complete"),
    "withdrawal": ("withdrawal", "complete"),
}


def compose(*, episode, kind, at, previous) -> bytes:
    """The record's bytes. The same rows and the same `at` give the same bytes. Raises NothingTold."""
    story = Story.of(episode, kind, at, previous)
    with translation.override(story.language), timezone.override(ZoneInfo(story.told["time_zone"])):
        return shape.dump(record(story))


def record(story):
    kind, stage = KINDS[story.kind]
    bound = proof.bound(story)
    return shape.Record(
        kind=kind,
        stage=stage,
        number=story.episode.number,
        language=story.language,
        direction=wording.direction(story.language),
        made_at=timezone.localtime(story.at).isoformat(),
        marks=proof.marks(story),
        **door.page(story),
        signatures=shape.Signatures(heads=signs.heads(), rows=signs.rows(story)),
        parts=[make(story, str(number)) for number, make in enumerate(PARTS, start=1)],
        bound=bound,
        end=_(
            "End of the record. The sealed file is the original. Corrections are made as addenda; "
            "this record is never changed."
        ),
    )
