"""Verbs of break-glass: open a consent of another clinic in need, end that, and look at it afterwards."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consent import access, events, misses, policy
from consent.models import Access, BreakGlass, BreakGlassEnd, BreakGlassReview

MISSED = Access.MISSED


class NoSuchNumber(Exception):
    """No consent of another clinic has this number, or not with this birth date. `left` says how many wrong numbers more may be tried."""

    def __init__(self, left):
        self.left = left
        super().__init__(f"{left} left")


def break_glass(*, number, reason, by, born=None):
    """Open each consent that this number names and whose clinic is not one's own. Returns the BreakGlass rows.

    `number` is the patient's, or the consent's together with the patient's birth date.

    Raises NoSuchNumber or TooMany. A wrong number is written down in a transaction of its own, so that none is lost.
    """
    with transaction.atomic():
        misses.require_few(by.user, MISSED)
        found = list(access.beyond_the_glass(by.user, number, born))
        if not found:
            misses.count(by.user, MISSED, detail="break-glass")
        rows = [broken(episode, reason, by) for episode in found]
    if not rows:
        raise NoSuchNumber(misses.left(by.user, MISSED))
    return rows


def broken(episode, reason, by):
    now = timezone.now()
    until = now + timedelta(minutes=policy.current().break_glass.minutes)
    made = BreakGlass.objects.create(user=by.user, episode=episode, reason=reason, at=now, until=until)
    events.write("glass_broken", by=by, episode=episode, at=now, glass=made.pk, until=until.isoformat())
    events.read(by.user, "broke glass", episode=episode, detail=f"glass {made.pk}")
    return made


@transaction.atomic
def end(*, glass, by):
    """Closed sooner than it would have been. Ending it twice changes nothing."""
    _, made = BreakGlassEnd.objects.get_or_create(glass=glass, defaults={"at": timezone.now()})
    if made:
        events.write("glass_ended", by=by, episode=glass.episode, glass=glass.pk)


@transaction.atomic
def look_at(*, glass, words, by):
    """A colleague has looked at it; each look is a row, and none takes the place of another."""
    BreakGlassReview.objects.create(glass=glass, by=by.user, words=words, at=timezone.now())
    events.write("glass_looked_at", by=by, episode=glass.episode, glass=glass.pk)
