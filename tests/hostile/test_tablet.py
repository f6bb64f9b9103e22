"""The tablet between two pairs of hands: old cookies, old staff, other clinics' staff, and tablets of those who no longer decide."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher, get_hashers, get_hashers_by_algorithm
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import deciding, handover, preparing
from consent.models import Episode, Event, HandOver, Status
from consent.staff.models import User
from procedures import canonical
from tests import people
from tests.hostile.browser import Forms

pytestmark = pytest.mark.django_db


def copied(client):
    """Another browser with the same cookies."""
    other = Client()
    other.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return other


def give(client, episode):
    """Bo hands the tablet over on the desk's own page."""
    people.signed_in(client, "bo")
    return client.post(
        reverse("desk:hand-over", args=[episode.pk]),
        {"said": "said", "free": "on", "party": episode.decision_maker.pk, "device": "tablet 4"},
    )


def pin(client, name="walk:back-to-staff", username="bo", number=people.PIN):
    return client.post(reverse(name), {"username": username, "pin": number})


def test_the_cookie_of_staff_is_worth_nothing_after_the_hand_over(client):
    people.signed_in(client, "bo")
    old = copied(client)
    assert old.get(reverse("desk:today")).status_code == 200
    give(client, people.a_released())
    assert old.get(reverse("desk:today")).status_code == 302
    assert client.get(reverse("desk:today")).headers["Location"] == reverse("walk:back-to-staff")


def test_the_cookie_of_a_tablet_is_worth_nothing_after_it_came_back(client):
    give(client, people.a_released())
    old = copied(client)
    assert old.get(reverse("walk:step", args=["welcome"])).status_code == 200
    assert pin(client).status_code == 302
    assert old.get(reverse("walk:step", args=["welcome"])).status_code == 403
    assert old.get(reverse("desk:today")).status_code == 302
    assert client.get(reverse("desk:today")).status_code == 200


def test_a_session_that_was_set_before_is_not_taken_on(client):
    """Fixation: whoever knows the session before a hand-over or a PIN does not know it afterwards."""
    people.signed_in(client, "bo")
    keys = [client.session.session_key]
    give(client, people.a_released())
    keys.append(client.session.session_key)
    pin(client)
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3


def test_staff_of_another_clinic_neither_step_in_nor_take_the_tablet(client):
    people.a_tablet(client, people.an_episode("check"))
    for name in ("walk:back-to-staff", "walk:staff"):
        assert pin(client, name, "chidi").status_code == 404
        assert "stepped_in" not in client.session
        assert "_auth_user_id" not in client.session


def test_a_closed_account_opens_no_tablet(client):
    people.a_tablet(client, people.an_episode("check"))
    user = people.user("bo")
    user.is_active = False
    user.save()
    assert pin(client).status_code == 422
    assert pin(client, "walk:staff").status_code == 422


def test_stepping_in_ends_by_giving_back_and_by_itself(client):
    people.a_tablet(client, people.an_episode("check"))
    pin(client, "walk:staff", "ada")
    assert client.get(reverse("walk:bedside")).status_code == 200
    client.post(reverse("walk:bedside-give-back"))
    assert client.get(reverse("walk:bedside")).headers["Location"] == reverse("walk:staff")
    pin(client, "walk:staff", "ada")
    session = client.session
    session["stepped_in"] |= {"at": (timezone.now() - timedelta(minutes=11)).isoformat()}
    session.save()
    assert client.post(reverse("walk:bedside-discussion"), {"mode": "here"}).headers["Location"] == reverse(
        "walk:staff"
    )


def test_a_nurse_at_the_bedside_answers_nothing_and_explains_nothing(client):
    episode = people.an_episode("check")
    question = people.ask(episode)
    people.a_tablet(client, episode)
    pin(client, "walk:staff", "bo")
    assert client.post(reverse("walk:bedside-answer", args=[question.pk]), {"text": "Yes"}).status_code == 403
    assert client.post(reverse("walk:bedside-discussion"), {"mode": "here"}).status_code == 403
    assert not question.replies.exists()
    assert not episode.discussions.exists()


def test_a_question_of_another_consent_is_not_answered_from_this_tablet(client):
    other = people.ask(people.an_episode("check"))
    people.a_tablet(client, people.an_episode("check"))
    pin(client, "walk:staff", "ada")
    assert client.post(reverse("walk:bedside-answer", args=[other.pk]), {"text": "Yes"}).status_code == 404


# --- PINs ------------------------------------------------------------------------------------------------------------


def test_after_five_wrong_pins_this_tablet_takes_none_whoevers_they_were(client):
    people.a_tablet(client, people.an_episode("check"))
    for name in ("bo", "ada", "nobody", "nobody", "rae"):
        assert pin(client, username=name, number="9999").status_code == 422
    response = pin(client)
    assert response.status_code == 422
    assert b'name="pin"' not in response.content
    assert reverse("walk:sign-in-instead") in response.content.decode()
    assert not people.user("bo").pin_is_locked


def test_five_wrong_pins_lock_the_account_at_every_tablet(client):
    for number in range(5):
        people.a_tablet(client, people.an_episode("check"))
        pin(client, number=f"999{number}")
    people.a_tablet(client, people.an_episode("check"))
    assert pin(client).status_code == 422
    assert "_auth_user_id" not in client.session
    assert pin(client, username="ada").status_code == 302


def test_cleared_cookies_and_another_browser_give_no_more_tries(client):
    people.a_tablet(client, people.an_episode("check"))
    for _try in range(5):
        pin(copied(client), "walk:staff", "nobody")
    assert pin(copied(client)).status_code == 422


def test_the_right_pin_forgets_the_slips_before_it(client):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    for number in ("9999", people.PIN, "9999", people.PIN):
        pin(client, "walk:staff", number=number)
    assert HandOver.objects.get(episode=episode, taken_back_at=None).wrong_pins == 0
    assert people.user("bo").pin_tries == 0


def test_a_wrong_pin_stands_in_the_log_without_the_pin(client):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    pin(client, number="9731")
    event = Event.objects.get(episode=episode, kind="wrong_pin")
    assert canonical.loads(event.payload.body)["account"] == people.user("bo").pk
    assert b"9731" not in bytes(event.payload.body)


def body(response):
    """The page without what differs each time: its secrets, and what was typed."""
    return re.sub(r'value="[^"]*"', "", response.content.decode())


def test_an_unknown_name_a_wrong_pin_and_a_locked_one_get_the_same_reply(client):
    User.objects.filter(username="rae").update(pin_tries=User.PIN_TRIES)
    User.objects.filter(username="finn").update(pin="")
    people.a_tablet(client, people.an_episode("check"))
    replies = set()
    for username, number in (("nobody", "9999"), ("bo", "9999"), ("rae", people.PIN), ("finn", "9999")):
        response = pin(client, username=username, number=number)
        replies.add((response.status_code, body(response)))
    assert len(replies) == 1


def test_an_unknown_name_is_looked_at_as_long_as_a_known_one(client, monkeypatch):
    """By counting the hashes, not by a clock."""
    hashed = []
    real = Argon2PasswordHasher.encode
    monkeypatch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.Argon2PasswordHasher"])
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()
    bo = people.user("bo")
    bo.set_pin(people.PIN)
    bo.save()
    monkeypatch.setattr(Argon2PasswordHasher, "encode", lambda *a, **k: hashed.append("new") or real(*a, **k))
    monkeypatch.setattr(Argon2PasswordHasher, "verify", lambda *a: hashed.append("kept") or False)
    people.a_tablet(client, people.an_episode("check"))
    counts = []
    for name in ("bo", "nobody"):
        hashed.clear()
        pin(client, username=name, number="9999")
        counts.append(len(hashed))
    get_hashers.cache_clear()
    get_hashers_by_algorithm.cache_clear()
    assert counts == [1, 1]


def test_a_full_sign_in_is_reached_from_the_tablet_and_opens_nothing_else(client):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    old = copied(client)
    response = client.post(reverse("walk:sign-in-instead"))
    here = reverse("desk:episode", args=[episode.pk])
    assert response.url.startswith(reverse(settings.LOGIN_URL))
    assert "storage" in response.headers["Clear-Site-Data"]
    for browser in (client, old):
        assert browser.get(reverse("walk:go-on")).status_code == 403
        assert browser.get(here).status_code == 302
    people.signed_in(client, "bo")
    assert reverse("desk:take-tablet-back", args=[episode.pk, hand_of(episode).pk]) in client.get(here).content.decode()


def test_a_full_sign_in_is_asked_for_by_post_alone(client):
    people.a_tablet(client, people.an_episode("check"))
    assert client.get(reverse("walk:sign-in-instead")).status_code == 405
    assert client.get(reverse("walk:go-on")).status_code == 302


# --- put down, and left alone ----------------------------------------------------------------------------------------


def hand_of(episode):
    return HandOver.objects.get(episode=episode, taken_back_at=None)


def put_down(client):
    return client.post(reverse("walk:stop"))


@pytest.mark.parametrize("way_out", ["stop", "more-time", "paper", "not-me"])
def test_whoever_puts_the_tablet_down_leaves_no_session_behind(client, way_out):
    people.a_tablet(client, people.an_episode("matters"))
    old = copied(client)
    assert client.post(reverse(f"walk:{way_out}")).url == reverse("walk:back-to-staff")
    assert old.get(reverse("walk:back-to-staff")).status_code == 403
    assert client.get(reverse("walk:back-to-staff")).status_code == 200


@pytest.mark.parametrize("name", ["back-to-staff", "staff"])
def test_a_tablet_put_down_says_nothing_of_the_person_to_whoever_finds_it(client, name):
    people.a_tablet(client, people.an_episode("matters"))
    put_down(client)
    page = client.get(reverse(f"walk:{name}")).content.decode()
    for word in ("Maria", "Sample", "nerve", "LEFT", "Left", "C6"):
        assert word not in page, word


def test_the_browser_is_told_to_forget_but_stays_bound(client):
    people.a_tablet(client, people.an_episode("matters"))
    put_down(client)
    assert client.get(reverse("walk:back-to-staff")).headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get(reverse("desk:today")).url == reverse("walk:back-to-staff")


def left_alone_for(client, minutes):
    session = client.session
    session["touched"] = (timezone.now() - timedelta(minutes=minutes)).timestamp()
    session.save()


def test_a_tablet_left_alone_for_two_hours_needs_staff(client):
    episode = people.an_episode("matters")
    people.a_tablet(client, episode)
    client.get(reverse("walk:go-on"))
    left_alone_for(client, 121)
    for name in ("go-on", "here", "whole"):
        assert client.get(reverse(f"walk:{name}")).url == reverse("walk:back-to-staff")
    assert Event.objects.get(episode=episode, kind="tablet_put_down").actor.startswith("system:")
    assert pin(client, "walk:staff", "ada").status_code == 302
    client.post(reverse("walk:bedside-give-back"))
    assert client.get(reverse("walk:step", args=["matters"])).status_code == 200


def test_a_tablet_in_use_stays_open_however_long(client):
    people.a_tablet(client, people.an_episode("matters"))
    for _hour in range(3):
        left_alone_for(client, 110)
        assert client.get(reverse("walk:step", args=["matters"])).status_code == 200
        assert timezone.now().timestamp() - client.session["touched"] < 60


# --- one browser, two people -----------------------------------------------------------------------------------------


def test_a_page_of_the_person_before_sends_nothing_into_the_walk_of_the_next():
    """Every form of a page carries the secret of its own hand-over, and each hand-over has another."""
    browser = Client(enforce_csrf_checks=True)
    first, second = people.a_released(), people.a_released(patient=people.a_patient("Pia"))
    desk_gives(browser, first)
    page = browser.get(reverse("walk:step", args=["welcome"]))
    forms = [each for each in Forms(page).found if "csrfmiddlewaretoken" in each["fields"]]
    assert len(forms) > 1
    sent = {**forms[-1]["fields"], "language": "en", "text_size": "100", "next": "/p/"}
    desk_gives(browser, second)
    for name, args in (
        ("step", ["welcome"]),
        ("draft", []),
        ("refuse", []),
        ("stop", []),
        ("comfort", []),
        ("staff", []),
    ):
        assert browser.post(reverse(f"walk:{name}", args=args), sent).status_code == 403, name
    second.refresh_from_db()
    assert (second.status, second.answers.count(), second.drafts.count()) == (Status.READY, 0, 0)


def desk_gives(browser, episode):
    """With a desk's own page, its secret and all. The staff's session is a new one; the browser's other cookies stay."""
    browser.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    browser.force_login(people.user("bo"))
    url = reverse("desk:hand-over", args=[episode.pk])
    fields = next(each["fields"] for each in Forms(browser.get(url)).found if not each["action"] and each["fields"])
    data = {**fields, "said": "said", "free": "on", "party": episode.decision_maker.pk, "device": "tablet 4"}
    assert browser.post(url, data).url == reverse("walk:go-on")


def test_a_staff_form_left_open_in_another_tab_does_nothing_after_the_hand_over():
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(people.user("ada"))
    episode = people.a_released()
    url = reverse("desk:refuse", args=[episode.pk])
    fields = next(each["fields"] for each in Forms(browser.get(url)).found if not each["action"])
    desk_gives(browser, episode)
    assert browser.post(url, {**fields, "reason": "x"}).url == reverse("walk:back-to-staff")
    episode.refresh_from_db()
    assert episode.status == Status.READY


@pytest.mark.parametrize("status", [404, 403, 500])
def test_an_error_on_the_tablet_stays_in_the_tablets_world(client, status, monkeypatch):
    people.a_tablet(client, people.an_episode("matters"))
    client.raise_request_exception = False
    if status == 404:
        response = client.get("/p/nothing/here/")
    elif status == 403:
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = client.cookies
        response = strict.post(reverse("walk:stop"))
    else:
        monkeypatch.setattr("consent.walkthrough.views.page", lambda *a, **k: 1 / 0)
        response = client.get(reverse("walk:step", args=["matters"]))
    assert response.status_code == status
    page = response.content.decode()
    links = set(re.findall(r'(?:href|action)="(/[^"]*)"', page))
    assert {each for each in links if not each.startswith("/static/")} == {reverse("walk:go-on")}
    assert "data-cover" in page


def test_stepping_in_ends_when_the_person_goes_on(client):
    people.a_tablet(client, people.an_episode("matters"))
    pin(client, "walk:staff", "ada")
    assert client.get(reverse("walk:bedside-here"), {"hand": hand_id(client)}).status_code == 204
    client.get(reverse("walk:step", args=["matters"]))
    assert client.get(reverse("walk:bedside")).url == reverse("walk:staff")
    assert client.get(reverse("walk:bedside-here"), {"hand": hand_id(client)}).url == reverse("walk:staff")


def hand_id(client):
    return client.session["hand_over"]


def test_only_the_page_of_this_hand_over_may_be_uncovered(client):
    people.a_tablet(client, people.an_episode("matters"))
    old = hand_id(client)
    assert client.get(reverse("walk:here"), {"hand": old}).status_code == 204
    people.a_tablet(client, people.an_episode("matters"))
    assert client.get(reverse("walk:here"), {"hand": old}).status_code == 409
    assert client.get(reverse("walk:here")).status_code == 409


# --- a flat battery --------------------------------------------------------------------------------------------------


def test_after_a_flat_battery_the_person_finds_their_place_and_the_old_cookie_opens_nothing(client):
    episode = people.a_released()
    give(client, episode)
    people.walk_to(episode, "matters")
    client.post(f"{reverse('walk:draft')}?step=matters", {"field": "own", "text": "Not yet sent."})
    dead, client = client, Client()
    give(client, episode)
    assert client.get(reverse("walk:go-on")).url == reverse("walk:step", args=["matters"])
    assert "Not yet sent." in client.get(reverse("walk:step", args=["matters"])).content.decode()
    for name in ("go-on", "whole", "here", "back-to-staff"):
        assert dead.get(reverse(f"walk:{name}")).status_code == 403
    assert pin(dead).status_code == 403


def test_the_tablet_of_somebody_who_no_longer_decides_is_shut(client):
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    findings = {"because": "delirium"}
    deciding.assess(episode=episode, kind="capacity", findings=findings, by=people.actor("ada"))
    deciding.appoint(
        episode=episode, name="Alba Sample", relationship="daughter", authority="attorney", evidence="seen", by=people.actor("ada")
    )  # fmt: skip
    preparing.release(episode=Episode.objects.get(pk=episode.pk), by=people.actor("ada"))
    for response in (
        client.get(reverse("walk:go-on")),
        client.post(reverse("walk:step", args=["welcome"]), {"language": "en"}),
        client.post(reverse("walk:refuse")),
    ):
        assert response.status_code == 403
    assert Episode.objects.get(pk=episode.pk).status == Status.READY
    assert not HandOver.objects.filter(episode=episode, taken_back_at=None).exists()


def test_a_tablet_taken_back_from_the_desk_shows_nothing_more(client):
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    hand = HandOver.objects.get(episode=episode, taken_back_at=None)
    handover.take_back(hand_over=hand, by=people.actor("bo"))
    response = client.get(reverse("walk:whole"))
    assert response.status_code == 403
    assert b"Maria" not in response.content


def test_another_clinics_staff_end_no_tablet_of_ours(client):
    episode = people.an_episode("check")
    hand = HandOver.objects.get(episode=episode, taken_back_at=None)
    people.signed_in(client, "chidi")
    assert client.post(reverse("desk:take-tablet-back", args=[episode.pk, hand.pk])).status_code == 404
    ours = people.an_episode("check")
    people.signed_in(client, "bo")
    assert client.post(reverse("desk:take-tablet-back", args=[ours.pk, hand.pk])).status_code == 404
