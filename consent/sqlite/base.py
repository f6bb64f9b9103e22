"""Django's SQLite, with a queue in front of write transactions.

SQLite's own waiting is unfair: under load one writer may wait for seconds while another goes again and again. Here each
write transaction first takes its turn at a file lock, which the kernel hands on in the order of asking. The queue is
for fairness alone: SQLite's lock still decides, so when the queue fails or takes too long, we go on without it.
"""

import fcntl
import os
import threading
from pathlib import Path

from django.db.backends.sqlite3 import base

# No holder needs so long: rather ask SQLite, whose own waiting ends with an error, than stand behind one that hangs.
PATIENCE = 10


class DatabaseWrapper(base.DatabaseWrapper):
    turn = None

    def _start_transaction_under_autocommit(self):
        self.queue_up()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self.step_aside()
            raise

    def _commit(self):
        # A commit that fails leaves the transaction open; Django then rolls it back.
        super()._commit()
        self.step_aside()

    def _rollback(self):
        try:
            super()._rollback()
        finally:
            self.step_aside()

    def _close(self):
        try:
            super()._close()
        finally:
            self.step_aside()

    def queue_up(self):
        if self.turn is None and self.transaction_mode == "IMMEDIATE" and not self.is_in_memory_db():
            self.turn = take_turn(f"{self.settings_dict['NAME']}-lock", PATIENCE)

    def step_aside(self):
        turn, self.turn = self.turn, None
        if turn is not None:
            give_back(turn)


def take_turn(path, patience):
    """An open file that holds the lock, or None when it could not be had."""
    try:
        file = os.open(Path(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return Waiting(file).wait(patience)
    except OSError:
        os.close(file)
        return None
    return file


def give_back(file):
    # A process that was forked meanwhile shares the open file, so closing alone might not unlock.
    try:
        fcntl.flock(file, fcntl.LOCK_UN)
    finally:
        os.close(file)


class Waiting:
    """Stands in the queue in a thread of its own, since waiting for a file lock knows no time limit."""

    def __init__(self, file):
        self.file = file
        self.ended = threading.Event()
        self.deciding = threading.Lock()
        self.given_up = False
        threading.Thread(target=self.stand, daemon=True, name="write queue").start()

    def stand(self):
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX)
        except OSError:
            self.given_up = True  # a file system without locks
        with self.deciding:
            if self.given_up:
                give_back(self.file)
            self.ended.set()

    def wait(self, patience):
        """The locked file; or None, and then the thread closes it when its turn comes."""
        self.ended.wait(patience)
        with self.deciding:
            if not self.ended.is_set():
                self.given_up = True
            return None if self.given_up else self.file
