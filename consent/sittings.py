"""Verbs of a browser that staff are signed in with: it was used, it is unlocked, what it sent while locked is kept."""

import json
from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from consent.identity import second
from consent.models import Sitting

MOST_KEPT = 256 * 1024


def of(*, session, began_at=None):
    """The sitting of the session with this key; it begins with the first page after signing in, or began earlier elsewhere.

    Single sign-on is a whole proof of who it is. Whoever comes by it has no password to prove it by later.
    """
    now = timezone.now()
    begins = {
        "began_at": began_at or now,
        "seen_at": now,
        "proved_at": lambda: now if second.came_from_elsewhere(session) else None,
    }
    return Sitting.objects.get_or_create(session_id=session, defaults=begins)[0]


def seen(*, sitting):
    """Somebody is there. Not written for every page: a write waits its turn behind signatures."""
    now, grain = timezone.now(), timedelta(seconds=min(15, settings.STAFF_IDLE_SECONDS / 20))
    if now - sitting.seen_at >= grain:
        # Only if nobody else saw it lock meanwhile: a slow request must not open it again.
        Sitting.objects.filter(pk=sitting.pk, seen_at=sitting.seen_at).update(seen_at=now)


def unlock(*, sitting):
    """The caller has checked who it is. The next signing asks for the whole credential again."""
    Sitting.objects.filter(pk=sitting.pk).update(seen_at=timezone.now(), proved_at=None)


def keep(*, sitting, path, fields, files):
    """Keep what a locked browser sent: `fields` as (name, value), `files` whether any was chosen. False when it is too much."""
    form = {"path": path, "fields": fields, "files": files, "at": timezone.now().isoformat()}
    if len(json.dumps(form)) > MOST_KEPT:
        return False
    Sitting.objects.filter(pk=sitting.pk).update(kept=form)
    return True


def forget(*, sitting):
    Sitting.objects.filter(pk=sitting.pk).update(kept=None)
