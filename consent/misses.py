"""Numbers of patients that were wrong, counted for each member of staff: whoever tries them through is stopped, and seen."""

from datetime import timedelta

from django.utils import timezone

from consent import events
from consent.models import Access
from consent.staff.models import User

MOST, WITHIN = 5, timedelta(hours=1)


class TooMany(Exception):
    """This person has tried too many numbers that are wrong: they might be guessing."""


def require_few(user, what):
    """Call before anything is judged, inside the transaction that may count one: tries at once wait for each other."""
    User.objects.select_for_update().get(pk=user.pk)
    if left(user, what) < 1:
        raise TooMany


def count(user, what, *, detail):
    """Not the number itself: it may be a patient's, and this table is never forgotten."""
    events.read(user, what, detail=detail)


def left(user, what):
    return MOST - Access.objects.filter(user=user, what=what, at__gt=timezone.now() - WITHIN).count()
