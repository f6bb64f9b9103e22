"""A task is done by one worker at a time, is tried again without end, and is lost by no crash."""

import logging
from datetime import UTC, datetime, timedelta

import pytest

from consent import work
from consent.models import Work
from consent.records.keys import UnusableKey
from tests.worker.rows import an_order

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def seconds(number):
    return NOON + timedelta(seconds=number)


@pytest.fixture
def tasks(monkeypatch):
    """Every task of the kind `try` goes into this list; a test may put an exception first to have it raised."""
    done, raising = [], []

    def handler(row):
        if raising:
            raise raising.pop()
        done.append(row.pk)

    monkeypatch.setitem(work.HANDLERS, "try", handler)
    handler.done, handler.raising = done, raising
    return handler


@pytest.fixture
def order(tasks):
    return an_order(kind="try", at=NOON)


def test_the_row_that_has_waited_longest_comes_first(order):
    earlier = an_order(kind="try", at=seconds(-10))
    assert [work.claim(NOON).pk, work.claim(NOON).pk] == [earlier.pk, order.pk]


def test_a_leased_row_is_not_given_twice(order):
    work.claim(NOON)
    assert work.claim(seconds(59)) is None


def test_another_worker_takes_over_when_the_lease_has_run_out(order):
    work.claim(NOON)
    assert work.claim(seconds(60)).attempt == 2


def test_a_worker_that_comes_back_too_late_finishes_nothing(order):
    late, taker = work.claim(NOON), work.claim(seconds(61))
    assert not work.finish(late, seconds(62))
    assert not work.put_back(late, seconds(62), ValueError())
    order.refresh_from_db()
    assert (order.done_at, order.leased_until) == (None, taker.leased_until)


def test_the_worker_that_took_over_finishes(order):
    work.claim(NOON)
    assert work.finish(work.claim(seconds(61)), seconds(62))
    order.refresh_from_db()
    assert order.done_at == seconds(62)


def test_a_long_task_extends_its_lease(order):
    long = work.claim(NOON)
    assert work.extend(long, seconds(50))
    assert work.claim(seconds(100)) is None


def test_a_task_that_was_taken_over_is_told_to_stop(order):
    long = work.claim(NOON)
    work.claim(seconds(61))
    assert not work.extend(long, seconds(62))


def test_work_that_nobody_here_can_do_is_left_alone(tasks):
    an_order(kind="unheard of", at=NOON)
    assert work.claim(seconds(1)) is None


def test_work_that_is_done_is_not_done_again(order, tasks):
    assert work.run_once()
    assert not work.run_once()
    assert tasks.done == [order.pk]


def test_pauses_grow_to_a_minute_and_no_further():
    assert [work.pause_after(attempt) for attempt in (1, 2, 3, 6, 7, 10_000)] == [1, 2, 4, 32, 60, 60]


def test_it_never_gives_up(order):
    Work.objects.filter(pk=order.pk).update(attempt=10_000)
    tried = work.claim(NOON)
    work.put_back(tried, NOON, ValueError())
    assert work.claim(seconds(60)).attempt == 10_002


def test_a_failed_task_is_free_again_after_its_pause(order):
    work.put_back(work.claim(NOON), NOON, ValueError())
    assert work.claim(NOON) is None
    assert work.claim(seconds(1)).attempt == 2


def test_trouble_names_the_kind_of_failure_and_never_what_it_said(order, tasks, caplog):
    tasks.raising.append(UnusableKey("Maria Sample was here"))
    work.run_once()
    order.refresh_from_db()
    assert order.trouble == "UnusableKey: The sealing key cannot be used."
    assert "Maria" not in caplog.text
    assert "UnusableKey at tests.worker.test_leases:" in caplog.text


def test_trouble_is_gone_when_the_task_is_done(order, tasks):
    Work.objects.filter(pk=order.pk).update(trouble="OSError: …")
    work.run_once()
    order.refresh_from_db()
    assert (order.trouble, bool(order.done_at)) == ("", True)


def test_one_bad_task_does_not_keep_the_next_from_being_done(order, tasks):
    second = an_order(kind="try", at=seconds(1))
    tasks.raising.append(RuntimeError())
    assert work.run_once()
    assert work.run_once()
    assert tasks.done == [second.pk]


def test_a_task_that_hangs_is_ended(order, monkeypatch):
    monkeypatch.setattr(work, "LIMIT", 0.1)
    monkeypatch.setitem(work.HANDLERS, "try", endless)
    work.run_once()
    order.refresh_from_db()
    assert order.trouble == "TookTooLong: It did not end within its time."


def endless(row):
    while True:
        pass


def test_the_log_alarms_when_work_has_waited_five_minutes(caplog):
    an_order(kind="unheard of", at=datetime.now(UTC) - timedelta(minutes=5, seconds=1))
    with caplog.at_level(logging.ERROR):
        work.Watch().look()
    assert "ALARM" in caplog.text


def test_the_log_is_silent_before_and_says_it_once_a_minute(caplog):
    an_order(kind="unheard of", at=datetime.now(UTC) - timedelta(minutes=4))
    watch = work.Watch()
    watch.look()
    assert "ALARM" not in caplog.text
    Work.objects.update(made_at=datetime.now(UTC) - timedelta(hours=1))
    watch.look()
    assert "ALARM" not in caplog.text
