"""The worker: does what a transaction ordered, from leased rows, so that a crash loses nothing and nothing is done twice.

A row is claimed for a minute and numbered with its attempt. A worker that comes back too late finds another number
there and changes nothing. What fails is tried again, later each time, without end.
"""

import logging
import signal
import threading
import time
from contextlib import contextmanager
from datetime import timedelta

from django.db import Error, connection, transaction
from django.db.models import Q
from django.utils import timezone

from consent import inviting, messages
from consent.models import Work
from consent.records import NotReady, archive, keys

LEASE = timedelta(seconds=60)
LIMIT = (
    50  # seconds for one task: less than the lease, so that a task that hangs is ended before another worker takes it
)
IDLE = 0.25
LONGEST_PAUSE = 60
ALARM_AFTER = timedelta(minutes=5)
ALARM_EVERY = 60

log = logging.getLogger(__name__)


class TookTooLong(Exception):
    """The task did not end within its time."""


# --- handlers --------------------------------------------------------------------------------------------------------

HANDLERS = {}

# What staff and operators read on a task that failed; never the exception's own words, which may be a patient's.
TROUBLES = {
    keys.UnusableKey: "The sealing key cannot be used.",
    NotReady: "A library or font that records need is missing.",
    archive.NotVerified: "The sealed file did not pass our own verification.",
    messages.NotSent: "The gateway did not take the message.",
    inviting.LinkLost: "The link cannot be read any more: a new invitation is needed.",
    TookTooLong: "It did not end within its time.",
    OSError: "The disk or the network did not work.",
    Error: "The database did not work.",
}
UNKNOWN = "Something unexpected happened."


def register(kind, handler):
    """`handler(work)` does tasks of this kind. It may run twice for one task, so doing it again must be harmless."""
    HANDLERS[kind] = handler


def seal(work):
    archive.seal_record(work.record, timezone.now())


register("seal", seal)
register("invitation", inviting.deliver)


# --- leases ----------------------------------------------------------------------------------------------------------


def due(now):
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    return Work.objects.filter(free, done_at=None, due_at__lte=now, kind__in=HANDLERS).order_by("due_at", "id")


def claim(now):
    """Lease the row that has waited longest, or None. The attempt number is this worker's right to finish it."""
    if not due(now).exists():  # an idle look takes no lock
        return None
    with transaction.atomic():
        work = due(now).select_for_update(skip_locked=True).first()
        if work is not None:
            work.attempt += 1
            work.leased_until = now + LEASE
            work.save(update_fields=["attempt", "leased_until"])
    return work


def mine(work):
    """The row, as long as nobody has taken it over since."""
    return Work.objects.filter(pk=work.pk, attempt=work.attempt, done_at=None)


def extend(work, now) -> bool:
    """For a long task, between its stages: another minute. False when it was taken over, and then stop."""
    start_clock()
    return bool(mine(work).update(leased_until=now + LEASE))


def finish(work, now) -> bool:
    return bool(mine(work).update(done_at=now, leased_until=None, trouble=""))


def put_back(work, now, error) -> bool:
    later = now + timedelta(seconds=pause_after(work.attempt))
    return bool(mine(work).update(due_at=later, leased_until=None, trouble=trouble_of(error)))


def pause_after(attempt):
    """1, 2, 4 … 60 seconds."""
    return min(LONGEST_PAUSE, 2 ** min(attempt - 1, 6))


def trouble_of(error):
    sentence = next((words for kind, words in TROUBLES.items() if isinstance(error, kind)), UNKNOWN)
    return f"{type(error).__name__}: {sentence}"


# --- running ---------------------------------------------------------------------------------------------------------


def run_once() -> bool:
    """Do one due task; False when there is none. Whatever goes wrong with it is written on its row."""
    work = claim(timezone.now())
    if work is None:
        return False
    try:
        with time_limit():
            HANDLERS[work.kind](work)
    except Exception as error:
        # Any failure at all: one record that cannot be sealed must not keep the others from it.
        log.error("work %s (%s, attempt %s): %s at %s", work.pk, work.kind, work.attempt, *about(error))
        put_back(work, timezone.now(), error)
    else:
        finish(work, timezone.now())
    return True


def about(error):
    """The class and the place: an exception's words may hold what a patient wrote, so they stay out of the log."""
    trace = error.__traceback__
    while trace.tb_next:
        trace = trace.tb_next
    return type(error).__name__, f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"


@contextmanager
def time_limit():
    previous = start_clock(first=True)
    try:
        yield
    finally:
        if previous is not None:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)


def start_clock(first=False):
    """Only a process's main thread can be interrupted; elsewhere, as in tests, there is no limit."""
    if threading.current_thread() is not threading.main_thread():
        return None
    previous = signal.signal(signal.SIGALRM, ring) if first else None
    signal.setitimer(signal.ITIMER_REAL, LIMIT)
    return previous


def ring(number, frame):
    raise TookTooLong


def run_forever(stop: threading.Event) -> None:
    """Until `stop` is set: task after task, and a look every quarter of a second when there is none."""
    watch = Watch()
    while not stop.is_set():
        try:
            found = run_once()
            watch.look()
        except Error as error:
            log.error("the database cannot be used: %s", type(error).__name__)
            connection.close()
            found = stop.wait(1)
        if not found:
            stop.wait(IDLE)


def oldest_undone():
    return Work.objects.filter(done_at=None).order_by("made_at").first()


class Watch:
    """Says once a minute, in the log, that work has waited too long."""

    def __init__(self):
        self.next_look = 0.0

    def look(self):
        if time.monotonic() < self.next_look:
            return
        self.next_look = time.monotonic() + ALARM_EVERY
        oldest = oldest_undone()
        if oldest and timezone.now() - oldest.made_at > ALARM_AFTER:
            log.error(
                "ALARM: work %s (%s) has waited since %s. %s",
                oldest.pk, oldest.kind, oldest.made_at.isoformat(timespec="seconds"), oldest.trouble,
            )  # fmt: skip
