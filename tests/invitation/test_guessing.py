"""Guessing: a thousand tokens and codes here, a hundred thousand in make test-all, and fifty tries at the same moment."""

import secrets
import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from consent import inviting
from consent.models import HandOver, Invitation
from tests import people


def tokens(many):
    """As many open links to guess at as a hospital may have on one day, and guesses of the right shape."""
    for _invited in range(20):
        people.invite(people.a_released())
    real = set(Invitation.objects.values_list("token_digest", flat=True))
    for _guess in range(many):
        guess = inviting.digest_of(secrets.token_urlsafe(32))
        assert not inviting.count_try(guess)
        assert guess not in real
    assert set(Invitation.objects.values_list("tries", flat=True)) == {0}


def codes(many, made):
    """Through the verb: every wrong code after the fifth is refused without being looked at, and the right one too."""
    token, born = people.path_of(made).split("/")[2], made.invitation.episode.patient.born
    for guess in range(many):
        code = f"{guess % 10**6:06d}"
        if code != made.code:
            with pytest.raises(inviting.NotOpened):
                inviting.redeem(token=token, code=code, born=born)
    with pytest.raises(inviting.NotOpened):
        inviting.redeem(token=token, code=made.code, born=born)
    assert Invitation.objects.get(pk=made.invitation.pk).tries == Invitation.TRIES
    assert not HandOver.objects.exists()


@pytest.mark.django_db
def test_a_thousand_guessed_tokens_open_nothing():
    tokens(1000)


@pytest.mark.django_db
def test_a_thousand_guessed_codes_open_nothing():
    codes(1000, people.invite(people.a_released()))


@pytest.mark.django_db
def test_guesses_from_outside_open_nothing_and_leave_nothing(client):
    made = people.invite(people.a_released())
    for guess in range(60):
        path = people.path_of(made) if guess % 2 else f"/c/{secrets.token_urlsafe(32)}/"
        response = client.post(path, people.opening(made, code=f"{secrets.randbelow(10**6):06d}", born_day="1"))
        assert response.status_code == 302
    assert not HandOver.objects.exists()
    assert not client.session.items()


@pytest.mark.long
@pytest.mark.django_db
def test_a_hundred_thousand_guessed_tokens_open_nothing():
    tokens(100_000)


@pytest.mark.long
@pytest.mark.django_db
def test_a_hundred_thousand_guessed_codes_open_nothing():
    codes(100_000, people.invite(people.a_released()))


# --- at the same moment ----------------------------------------------------------------------------------------------


@pytest.fixture
def made(transactional_db):
    people.hospital()
    return people.invite(people.a_released())


def at_once(many, job):
    """What `job(number)` gave in each of as many threads, all let go together."""
    start, found = threading.Barrier(many), [None] * many

    def run(number):
        start.wait()
        try:
            found[number] = job(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(many)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return found


def test_of_fifty_tries_at_once_five_are_judged(made):
    counted = at_once(50, lambda number: inviting.count_try(made.invitation.token_digest))
    assert counted.count(True) == Invitation.TRIES
    assert Invitation.objects.get().tries == Invitation.TRIES


def test_fifty_wrong_codes_at_once_kill_the_link(made):
    path = people.path_of(made)
    wrong = [code for code in (f"{number:06d}" for number in range(60)) if code != made.code]
    given = [people.opening(made, code=wrong[number]) for number in range(50)]
    answers = at_once(50, lambda number: Client().post(path, given[number]).status_code)
    assert answers == [302] * 50
    assert Client().post(path, people.opening(made)).status_code == 302
    assert (Invitation.objects.get().tries, HandOver.objects.count()) == (Invitation.TRIES, 0)


def test_a_try_that_is_counted_stays_counted_when_what_follows_fails(made, monkeypatch):
    def broken(*_said):
        raise OSError

    monkeypatch.setattr(inviting, "check_password", broken)
    client = Client(raise_request_exception=False)
    assert client.post(people.path_of(made), people.opening(made)).status_code == 500
    assert Invitation.objects.get().tries == 1


def test_no_try_is_counted_where_a_rollback_could_take_it_back(made):
    with pytest.raises(RuntimeError), transaction.atomic():
        inviting.count_try(made.invitation.token_digest)


def test_the_right_code_eight_times_at_once_leaves_one_device(made):
    path, given = people.path_of(made), people.opening(made)
    answers = at_once(8, lambda number: Client().post(path, given).status_code)
    assert 303 in answers
    assert set(answers) <= {303, 302}
    assert HandOver.objects.filter(taken_back_at=None).count() == 1
