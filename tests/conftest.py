"""What all tests share: guards that let a flush through, and a hospital that stands before the first test."""

import os

import pytest
from django.test import TransactionTestCase

from consent import guards

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # Playwright's loop runs in the thread of the test

tear_down = TransactionTestCase._fixture_teardown


def flush_without_guards(self):
    """The flush after a browser test deletes every row, which the guards rightly refuse; they are back at once."""
    with guards.lifted():
        tear_down(self)


TransactionTestCase._fixture_teardown = flush_without_guards


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Load the library and the staff once; tests that roll back all start from here."""
    from tests import people

    with django_db_blocker.unblock():
        people.hospital()


@pytest.fixture(autouse=True)
def records_in_a_folder_of_their_own(settings, tmp_path_factory):
    settings.RECORDS_DIR = tmp_path_factory.getbasetemp() / "records"
    settings.UPLOADS_DIR = tmp_path_factory.getbasetemp() / "uploads"
    settings.KEYS_DIR = tmp_path_factory.getbasetemp() / "keys"


@pytest.fixture(scope="session")
def watch():
    from tests.hardening.canary import LookOut

    return LookOut().watch()


@pytest.fixture(autouse=True)
def lookout(watch):
    """No test may bring a patient's name or number into a log, an address or a cookie."""
    yield watch
    leaks = list(watch.leaks)
    watch.leaks.clear()
    assert leaks == []
