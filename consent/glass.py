"""Verbs of break-glass: open a consent of another clinic in need, end that, and look at it afterwards."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from consent import access, events, policy
from consent.models import Access as Reading
from consent.models import BreakGlass, BreakGlassEnd, BreakGlassReview
from consent.staff.models import User

MISSES, WITHIN = 5, timedelta(hours=1)
MISSED = "no such number"


class NoSuchNumber(Exception):
    """No consent of another clinic has this number. `left` says how many wrong numbers more may be tried."""

    def __init__(self, left):
        self.left = left
        super().__init__(f"{left} left")


class TooManyNumbers(Exception):
    """This person has tried too many numbers that are none: they might be guessing."""


def break_glass(*, number, reason, by):
    """Open each consent that this number names and whose clinic is not one's own. Returns the BreakGlass rows.

    Raises NoSuchNumber or TooManyNumbers. A wrong number is written down in a transaction of its own, so that none is lost.
    """
    with transaction.atomic():
        found = counted(number, by)
        rows = [broken(episode, reason, by) for episode in found]
    if not rows:
        raise NoSuchNumber(MISSES - misses(by.user))
    return rows


def counted(number, by):
    """The consents that this number names; a number that names none counts against whoever gave it."""
    User.objects.select_for_update().get(pk=by.user.pk)
    if misses(by.user) >= MISSES:
        raise TooManyNumbers
    found = list(access.beyond_the_glass(by.user, number))
    if not found:
        # Not the number itself: it may be a patient's, and this table is never forgotten.
        events.read(by.user, MISSED, detail="break-glass")
    return found


def misses(user):
    return Reading.objects.filter(user=user, what=MISSED, at__gt=timezone.now() - WITHIN).count()


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
