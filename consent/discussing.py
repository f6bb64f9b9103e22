"""The verb of the conversation itself: who explained, when, how, and who was there."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consent import completing, events, lifecycle
from consent.models import Discussion, Status

WHILE = (Status.READY, Status.UNDERWAY, Status.SIGNED)


# A second touch within this time is the same talk, not another one.
ONE_TAP = timedelta(minutes=2)


class InTheFuture(Exception):
    """A discussion that has not happened yet cannot be recorded."""


@transaction.atomic
def record_discussion(*, episode, by, mode, happened_at, present="", note="", release=None):
    """Record that `by` (a permitted clinician) talked with the decision-maker. May be what completes the consent.

    `release` is the key of the release that the page was about; Changed when another one counts now.
    """
    lifecycle.lock(episode)
    lifecycle.require(episode, *WHILE)
    if release is not None and release != episode.release.pk:
        raise lifecycle.Changed
    now = timezone.now()
    if happened_at > now:
        raise InTheFuture
    again = episode.discussions.filter(by=by.user, release=episode.release, mode=mode, present=present, note=note)
    if again.filter(at__gt=now - ONE_TAP).exists():
        return again.last()
    made = Discussion.objects.create(
        episode=episode,
        release=episode.release,
        by=by.user,
        by_name=by.name,
        by_title=by.role,
        mode=mode,
        happened_at=happened_at,
        present=present,
        note=note,
        at=now,
    )
    events.write("discussed", by=by, episode=episode, at=now, discussion=made.pk, mode=mode)
    completing.settle(episode=episode, by=by, at=now)
    return made
