"""What is said about a file that somebody brings: is it ours and unchanged, and does what it says still hold today?"""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from consent import access, wording
from consent.desk.person import is_expired
from consent.models import Record, Status
from consent.records import archive, verify

NAMES = {
    "listed": lambda: _("Our list of files"),
    "intact": lambda: _("Seal"),
    "ours": lambda: _("Whose key"),
    "whole_file": lambda: _("Whole file"),
    "certified": lambda: _("No changes allowed"),
    "in_force": lambda: _("Certificate"),
    "unrevoked": lambda: _("Key given up?"),
    "level": lambda: _("Kind of seal"),
    "record": lambda: _("Record digest"),
    "time": lambda: _("Time"),
}
LOOKS = {"passed": "go", "failed": "stop", "not known": ""}
WORDS = {"passed": lambda: _("Passed"), "failed": lambda: _("Failed"), "not known": lambda: _("Not known")}


@dataclass(frozen=True)
class Judged:
    """`record` is the row that the file belongs to, when there is one; `episode` only when its reader may know of it."""

    verdict: verify.Verdict
    record: Record | None
    episode: object = None

    @property
    def state(self):
        return state_now(self.record) if self.record else None

    @property
    def holds(self):
        """Genuine, and what it says still holds."""
        return self.verdict.ok and bool(self.state and self.state.holds)

    @property
    def rows(self):
        return [
            {
                "name": NAMES[name](),
                "look": LOOKS[truth.outcome.value],
                "word": WORDS[truth.outcome.value](),
                "why": truth.reason,
            }
            for name, truth in self.verdict.truths.items()
        ]


@dataclass(frozen=True)
class State:
    holds: bool
    text: str


def judge(data, mine):
    """The Judged of one file. `mine` are the episodes whose patients the reader may know."""
    verdict = archive.verdict_on(data)
    record = access.record_of_file(verdict.sha256, verdict.record_digest)
    return Judged(verdict, record, mine.filter(pk=record.episode_id).first() if record else None)


def state_now(record):
    """Whether what the record says still holds, and until when."""
    episode = record.episode
    if episode.records.filter(pk__gt=record.pk).exists():
        newer = episode.records.order_by("-id").first()
        return State(
            False,
            _("A newer record of this consent exists: %(kind)s. %(now)s")
            % {"kind": newer.get_kind_display(), "now": standing_now(episode)},
        )
    return State(still_holds(record, episode), standing_now(episode))


def still_holds(record, episode):
    """A consent holds while it is complete and has not run out; a refusal or a withdrawal holds as what it is."""
    if record.kind in ("refusal", "withdrawal"):
        return episode.status in (Status.REFUSED, Status.WITHDRAWN)
    return episode.status in (Status.COMPLETE, Status.CONFIRMED, Status.PERFORMED) and not is_expired(episode)


def standing_now(episode):
    day = episode.valid_until and wording.day(episode.valid_until)
    if is_expired(episode):
        return _("Ran out on %(day)s.") % {"day": day}
    if episode.status in (Status.COMPLETE, Status.CONFIRMED) and day:
        return _("Valid until %(day)s. Not withdrawn.") % {"day": day}
    words = {Status.SIGNED: _("Signed, but not complete."), Status.REFUSED: _("Refused."), Status.WITHDRAWN: _("Withdrawn."),
             Status.VOIDED: _("Entered in error."), Status.SUPERSEDED: _("Replaced by another consent.")}  # fmt: skip
    return words.get(episode.status) or _("Now: %(status)s, as of %(day)s.") % {
        "status": episode.get_status_display(), "day": wording.day(timezone.localdate())}  # fmt: skip
