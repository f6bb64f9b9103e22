"""Where an episode may go next, and the only way there."""

from consent import events
from consent.models import Episode, Status

S = Status
NEXT = {
    S.DRAFT: {S.READY, S.VOIDED},
    S.READY: {S.UNDERWAY, S.DRAFT, S.REFUSED, S.SIGNED, S.VOIDED},
    S.UNDERWAY: {S.SIGNED, S.DRAFT, S.READY, S.REFUSED, S.VOIDED},
    S.SIGNED: {S.COMPLETE, S.READY, S.WITHDRAWN, S.SUPERSEDED, S.VOIDED},
    S.COMPLETE: {S.CONFIRMED, S.READY, S.WITHDRAWN, S.SUPERSEDED, S.VOIDED},
    S.CONFIRMED: {S.PERFORMED, S.READY, S.WITHDRAWN, S.SUPERSEDED, S.VOIDED},
    S.PERFORMED: {S.VOIDED},
    S.REFUSED: {S.READY, S.VOIDED},
    S.WITHDRAWN: {S.READY, S.VOIDED},
    S.SUPERSEDED: {S.VOIDED},
    S.VOIDED: set(),
}


class WrongMove(Exception):
    """This episode cannot go there from where it is."""

    def __init__(self, episode, status):
        self.episode, self.status = episode, status
        super().__init__(f"{episode} cannot go from {episode.status} to {status}")


class Changed(Exception):
    """What the page showed is not what counts now: nothing may be vouched for, accepted or signed on it."""


def lock(episode):
    """The same episode, fresh and locked until the transaction ends."""
    fresh = Episode.objects.select_for_update().get(pk=episode.pk)
    episode.refresh_from_db()
    return fresh


def may_move(episode, status):
    return status in NEXT[Status(episode.status)]


def require(episode, *statuses):
    """Raise WrongMove unless the episode is in one of `statuses`."""
    if episode.status not in statuses:
        raise WrongMove(episode, " or ".join(statuses))


def move(episode, status, *, by, at=None, **says):
    """Change the status and write the event. Call it inside the verb's transaction, with the episode locked."""
    if not may_move(episode, status):
        raise WrongMove(episode, status)
    before, episode.status = episode.status, status
    episode.save(update_fields=["status"])
    return events.write("moved", by=by, episode=episode, at=at, before=str(before), after=str(status), **says)
