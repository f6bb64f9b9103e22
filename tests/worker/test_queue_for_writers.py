"""Writers of SQLite take turns: nobody waits for long, and the queue never keeps a writer for ever."""

import multiprocessing
import os
import sqlite3
import threading
import time

import pytest
from django.db import DatabaseError, connection, connections, transaction

from consent.sqlite import base

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has a queue of its own")


@pytest.fixture
def other(tmp_path, django_db_blocker):
    """A second, empty database, by the name of `other`."""
    wrapper = opened(tmp_path / "other.sqlite3")
    connections["other"] = wrapper
    with sqlite3.connect(tmp_path / "other.sqlite3") as plain:
        plain.execute("CREATE TABLE line (number UNIQUE)")
    with django_db_blocker.unblock():
        yield wrapper
        wrapper.close()
    del connections["other"]


def opened(path):
    # A connection of a test's own; the one to the test database stays as it is.
    return base.DatabaseWrapper({**connection.settings_dict, "NAME": str(path)}, "other")


def is_free(path):
    file = base.take_turn(f"{path}-lock", 0.05)
    if file is not None:
        base.give_back(file)
    return file is not None


@pytest.mark.parametrize("how", ["commit", "error", "nested error", "closed", "broken commit"])
def test_the_turn_is_given_back_however_a_transaction_ends(other, how):
    path = other.settings_dict["NAME"]
    ENDS[how](other, path)
    assert is_free(path)


def commits(other, path):
    with transaction.atomic(using="other"):
        assert not is_free(path)


def fails(other, path):
    with pytest.raises(ZeroDivisionError), transaction.atomic(using="other"):
        1 / 0  # noqa: B018


def fails_inside(other, path):
    with transaction.atomic(using="other"):
        with pytest.raises(ZeroDivisionError), transaction.atomic(using="other"):
            1 / 0  # noqa: B018
        assert not is_free(path)


def is_closed(other, path):
    with transaction.atomic(using="other"):
        other.close()


def cannot_commit(other, path):
    other.ensure_connection()
    other.connection.execute("CREATE TABLE leaf (line REFERENCES line (number) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(DatabaseError), transaction.atomic(using="other"):
        other.connection.execute("INSERT INTO leaf VALUES (1)")


ENDS = {
    "commit": commits,
    "error": fails,
    "nested error": fails_inside,
    "closed": is_closed,
    "broken commit": cannot_commit,
}


def test_a_queue_that_hangs_is_walked_past(other, monkeypatch):
    monkeypatch.setattr(base, "PATIENCE", 0.1)
    stuck = base.take_turn(f"{other.settings_dict['NAME']}-lock", 1)
    with transaction.atomic(using="other"):
        other.connection.execute("INSERT INTO line VALUES (1)")
    base.give_back(stuck)
    assert is_free(other.settings_dict["NAME"])


def test_a_folder_that_takes_no_lock_does_not_stop_writers(tmp_path):
    assert base.take_turn(tmp_path / "no such folder" / "lock", 1) is None


def test_who_gave_up_waiting_leaves_the_queue(tmp_path):
    path = tmp_path / "lock"
    first = base.take_turn(path, 1)
    assert base.take_turn(path, 0.05) is None
    base.give_back(first)
    time.sleep(0.1)
    assert base.take_turn(path, 1) is not None


def test_threads_of_one_process_take_turns_too(tmp_path):
    path, order = tmp_path / "lock", []
    held = base.take_turn(path, 1)
    thread = threading.Thread(target=lambda: order.append(base.take_turn(path, 5)))
    thread.start()
    thread.join(0.1)
    assert order == []
    base.give_back(held)
    thread.join()
    assert order[0] is not None


def test_no_process_waits_for_long(other):
    """Four writers that hold the lock for 5 ms each: SQLite's own waiting lets one stand for seconds."""
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    writers = [fork.Process(target=hammer, args=(other.settings_dict["NAME"], results)) for _ in range(4)]
    for each in writers:
        each.start()
    waits = [results.get(timeout=30) for _ in writers]
    for each in writers:
        each.join()
    assert max(max(each) for each in waits) < 1
    assert min(map(len, waits)) > max(map(len, waits)) / 3


def hammer(path, results):
    connections["other"] = opened(path)
    waits, end = [], time.monotonic() + 2
    while time.monotonic() < end:
        began = time.monotonic()
        with transaction.atomic(using="other"):
            time.sleep(0.005)
            connections["other"].connection.execute("INSERT INTO line VALUES (?)", (f"{os.getpid()} {began}",))
        waits.append(time.monotonic() - began)
    results.put(waits)
