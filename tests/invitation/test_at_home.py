"""The walk on a device of one's own: no staff, no PIN, no help with signing; it closes by itself, and the record is truthful."""

import re
import uuid
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from consent import handover, inviting, policy, preparing, signing
from consent.models import Episode, HandOver, Invitation, Status
from consent.records.compose import signs
from consent.staff.models import Session
from consent.steps import Walk
from consent.walkthrough.urls import staff_urls
from procedures import canonical
from tests import people

pytestmark = pytest.mark.django_db
IN_THE_ROOM = re.compile(r"(the|this) tablet|member of staff|for staff|\bPIN\b|we come and|we bring", re.IGNORECASE)


def home(client, step="welcome", **planned):
    """(episode, client): the person has walked up to `step`, and goes on at home."""
    episode = people.an_episode(step, **planned)
    return episode, people.at_home(client, episode)


def page(client, name, *args):
    response = client.get(reverse(f"walk:{name}", args=args), follow=True)
    assert response.status_code == 200, response.redirect_chain
    return response.content.decode()


def main_of(html):
    return re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1].split("</main>")[0])


def fresh(episode):
    return Episode.objects.get(pk=episode.pk)


def no_signing(monkeypatch):
    rules = policy.current()
    home_rules = rules.invitation.model_copy(update={"may_sign": False})
    monkeypatch.setattr(policy, "current", lambda: rules.model_copy(update={"invitation": home_rules}))


def act_of(episode, **more):
    walk = people.walk_of(episode)
    given = {"key": uuid.uuid4().hex, "disclosure": walk.disclosure.digest, "answers": walk.answers_digest}
    return {**given, "way": "typed", "typed": walk.party.name, "strokes": "", **more}


# --- what is there, and what is not ----------------------------------------------------------------------------------


def test_answers_and_questions_from_home_are_kept_with_their_device(client):
    episode, device = home(client, "amount")
    digest = people.walk_of(episode).disclosure.section_digest("amount")
    device.post(reverse("walk:step", args=["amount"]), {"amount": "main", "page": digest})
    device.post(reverse("walk:ask"), {"text": "May I drive?"})
    assert people.walk_of(episode).answers["amount"].device == "own device"
    assert fresh(episode).questions.get().text == "May I drive?"
    assert fresh(episode).events.order_by("-seq").first().device == "own device"


def test_no_page_at_home_presumes_staff_in_the_room(client):
    episode, device = home(client, "decision")
    people.ask(episode)
    pages = [("step", each.key) for each in Walk(episode, episode.decision_maker, None).steps if each.key != "sign"]
    for name, *args in [*pages, ("ask",), ("stop",), ("more-time",), ("refuse",), ("paper",), ("change",), ("whole",)]:
        html = page(device, name, *args)
        found = IN_THE_ROOM.findall(main_of(html))
        assert found == [], (name, args, found)
        assert reverse("walk:staff") not in html


def test_the_sign_page_at_home_has_two_ways_to_sign_and_no_help(client):
    _, device = home(client, "sign")
    html = page(device, "sign")
    assert 'value="typed"' in html
    assert 'value="other"' not in html
    assert reverse("walk:help") not in html
    assert device.get(reverse("walk:help")).headers["Location"] == reverse("walk:sign")


def test_the_phone_number_of_the_ward_stands_where_staff_are_missing(client):
    _, device = home(client, "before")
    assert "Phone us: 01632 960 001." in page(device, "stop")


def test_the_page_on_who_they_are_claims_no_member_of_staff(client):
    _, device = home(client, "identity")
    html = page(device, "step", "identity")
    assert "You came by our link" in html
    assert "Bo Example" not in html


def test_no_page_of_staff_is_there(client):
    _, device = home(client, "check")
    for each in staff_urls:
        args = [1] if each.pattern.converters else []
        for method in (device.get, device.post):
            response = method(reverse(f"walk:{each.name}", args=args), {"username": "ada", "pin": people.PIN})
            assert response.status_code in (404, 405), each.name
    assert "_auth_user_id" not in device.session
    assert "stepped_in" not in device.session


def test_no_page_of_the_desk_is_reached(client):
    episode, device = home(client, "check")
    some = {"UUIDConverter": episode.pk, "IntConverter": 1, "SlugConverter": people.SLUG}
    for each in get_resolver("consent.desk.urls").url_patterns:
        given = {key: some[type(kind).__name__] for key, kind in each.pattern.converters.items()}
        url = reverse(f"desk:{each.name}", kwargs=given)
        assert device.get(url).headers["Location"] == reverse("walk:go-on"), url
    assert device.get(reverse("sign-in")).headers["Location"] == reverse("walk:go-on")


def test_this_is_not_me_ends_the_link_and_stops_the_walk(client):
    episode, device = home(client, "identity")
    response = device.post(reverse("walk:not-me"))
    assert response.headers["Location"].startswith(reverse("closed-not-me"))
    assert "Maria" not in device.get(response.headers["Location"]).content.decode()
    assert device.get(reverse("walk:go-on")).status_code == 403
    assert fresh(episode).held_because == "not_me"
    assert Invitation.objects.get().ended_because == "not_me"
    assert not HandOver.objects.filter(taken_back_at=None).exists()


def test_a_side_that_does_not_match_says_whom_to_phone(client):
    episode, device = home(client, "side")
    digest = people.walk_of(episode).disclosure.section_digest("side")
    device.post(reverse("walk:step", args=["side"]), {"side": "right", "page": digest})
    html = page(device, "held")
    assert "Phone us: 01632 960 001." in html
    assert "LEFT" not in html
    assert reverse("walk:staff") not in html


def test_errors_at_home_speak_of_no_tablet(client):
    episode, device = home(client, "matters")
    preparing.take_back(episode=fresh(episode), by=people.actor("bo"), reason="wrong level")
    html = device.post(reverse("walk:step", args=["matters"]), {"own": "x"}).content.decode()
    assert "You get a new link" in html
    assert not IN_THE_ROOM.search(html)
    assert "You get a new link" in page(device, "go-on")


# --- it closes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["stop", "more-time", "paper"])
def test_whoever_stops_can_close_the_page_and_it_shows_nothing(client, name):
    _, device = home(client, "before")
    response = device.post(reverse(f"walk:{name}"))
    goodbye = device.get(response.headers["Location"])
    assert "You can close this page" in goodbye.content.decode()
    assert "Maria" not in goodbye.content.decode()
    assert goodbye.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.exists()
    assert device.get(reverse("walk:whole")).status_code == 403


def test_after_twenty_minutes_of_rest_link_and_code_are_asked_for_again(client):
    _, device = home(client, "before", language="es")
    row = Session.objects.get()
    left = row.expire_date - timezone.now()
    assert timedelta(minutes=19) < left <= timedelta(minutes=configured.OWN_DEVICE_IDLE_MINUTES)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    response = device.get(reverse("walk:go-on"))
    assert response.status_code == 403
    assert "Esta página se ha cerrado" in response.content.decode()
    assert "tableta" not in response.content.decode()


def test_every_page_starts_the_minutes_of_rest_anew(client):
    _, device = home(client, "before")
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=2))
    page(device, "stop")
    assert Session.objects.get().expire_date > timezone.now() + timedelta(minutes=19)


def test_after_two_hours_it_closes_however_busy(client):
    _, device = home(client, "before")
    HandOver.objects.filter(taken_back_at=None).update(at=timezone.now() - timedelta(minutes=121))
    assert device.get(reverse("walk:go-on")).status_code == 403
    assert "hand_over" not in device.session


def test_a_revoked_link_closes_what_it_has_opened(client):
    _, device = home(client, "before")
    inviting.revoke(invitation=Invitation.objects.get(), by=people.actor("bo"))
    assert device.get(reverse("walk:go-on")).status_code == 403


def test_another_release_closes_it(client):
    episode, device = home(client, "before")
    preparing.take_back(episode=fresh(episode), by=people.actor("bo"), reason="wrong level")
    preparing.release(episode=fresh(episode), by=people.actor("ada"))
    assert device.get(reverse("walk:go-on")).status_code == 403


def test_the_link_opens_on_top_of_what_it_has_opened(client):
    """They tap the link in the message once more: it asks for the code, and goes on."""
    episode = people.an_episode("before")
    made = people.invite(episode)
    for _time in range(2):
        assert client.get(people.path_of(made)).status_code == 200
        assert client.post(people.path_of(made), people.opening(made)).status_code == 303
    assert client.get(reverse("walk:step", args=["before"])).status_code == 200


# --- signing ---------------------------------------------------------------------------------------------------------


def test_the_record_says_that_nobody_saw_who_signed(client):
    episode, device = home(client, "sign")
    assert device.post(reverse("walk:sign"), act_of(episode)).headers["Location"] == reverse("walk:done")
    body = canonical.loads(fresh(episode).signatures.get().body)
    assert body["device"] == "own device"
    assert body["remote"]["checked"] == ["link", "code", "birth_date"]
    assert body["remote"]["seen_by_staff"] is False
    record = fresh(episode).records.get().body.decode()
    assert "On their own device, not at the hospital" in record
    assert "no member of staff saw who signed" in record
    assert "invited to read on an own device" in record


def test_the_record_tells_each_opening_and_marks_the_one_they_signed_in(client):
    episode, _first = home(client, "sign")
    second = people.at_home(Client(), fresh(episode))
    second.post(reverse("walk:sign"), act_of(episode))
    record = fresh(episode).records.get().body.decode()
    assert record.count("no member of staff saw who it was") == 1
    assert re.search(r"saw who it was: [^;]+; [^;]+\(signed in this one\)", record)
    assert record.count("signed in this one") == 1


def test_agreeing_without_a_name_asks_for_one_either_way(client):
    episode, device = home(client, "sign")
    html = device.post(reverse("walk:sign"), act_of(episode, way="", typed="")).content.decode()
    assert "Draw or type your name" in html
    assert not fresh(episode).signatures.exists()


def test_a_signature_at_the_hospital_is_not_called_remote():
    episode = people.a_signed()
    assert canonical.loads(episode.signatures.get().body)["remote"] is None
    assert "own device" not in episode.records.get().body.decode()


def test_whoever_countersigns_is_told_in_bold_that_nobody_saw_who_signed(client):
    episode, device = home(client, "sign")
    device.post(reverse("walk:sign"), act_of(episode))
    sentence = f"<b>{signs.place(canonical.loads(fresh(episode).signatures.get().body))[-1]}.</b>"
    assert all(html.count(sentence) == 1 for html in seen_by_ada(episode))


def test_of_a_signature_at_the_hospital_the_desk_says_no_such_thing():
    assert not any("no member of staff saw" in html for html in seen_by_ada(people.a_signed()))


def seen_by_ada(episode):
    """The three pages from which a clinician goes on to sign."""
    ada = people.signed_in(Client(), "ada")
    several = ada.get(reverse("desk:sign-several"), {"one": [episode.pk]})
    singly = [ada.get(reverse(f"desk:{name}", args=[episode.pk])) for name in ("countersign", "episode")]
    return [each.content.decode() for each in [several, *singly]]


def test_a_clinician_who_signs_meanwhile_was_not_at_home(client):
    episode, device = home(client, "sign")
    people.countersign(episode)
    assert canonical.loads(fresh(episode).signatures.get(meaning="explained").body)["remote"] is None


def test_after_signing_the_page_says_thank_you_and_the_link_is_over(client):
    episode, device = home(client, "sign")
    device.post(reverse("walk:sign"), act_of(episode))
    assert "Thank you, Maria" in page(device, "done")
    assert not Invitation.objects.get().is_for_what_counts
    device.post(reverse("walk:change"), {"words": ""})
    assert fresh(episode).status == Status.WITHDRAWN


@pytest.mark.parametrize("name", ["sign", "refuse"])
def test_the_last_page_does_not_send_them_to_a_link_that_is_over(client, name):
    episode, device = home(client, "sign")
    device.post(reverse(f"walk:{name}"), act_of(episode) if name == "sign" else {"reason": ""})
    goodbye = device.post(reverse("walk:stop"), follow=True).content.decode()
    assert "The link has done its work" in goodbye
    assert "Phone us: 01632 960 000." in goodbye
    assert "open our link again" not in goodbye
    assert "Maria" not in goodbye


def test_a_policy_that_says_so_lets_nobody_sign_at_home(client, monkeypatch):
    no_signing(monkeypatch)
    episode, device = home(client, "sign")
    html = page(device, "sign")
    assert "Sign with us at the hospital" in html
    assert 'name="typed"' not in html
    response = device.post(reverse("walk:sign"), act_of(episode))
    assert response.status_code == 409
    assert not fresh(episode).signatures.exists()


def test_the_same_person_signs_at_the_hospital_where_they_left_off(client, monkeypatch):
    no_signing(monkeypatch)
    episode, _device = home(client, "sign")
    tablet = people.a_tablet(Client(), fresh(episode))
    assert tablet.post(reverse("walk:sign"), act_of(episode)).headers["Location"] == reverse("walk:done")


@pytest.mark.parametrize("method", ["mark", "spoken", "written_by_other"])
def test_nobody_writes_for_anybody_at_home(client, method):
    episode, _device = home(client, "sign")
    walk = people.walk_of(episode, episode.handovers.get(taken_back_at=None))
    with pytest.raises(signing.NotFromHere):
        signing.sign(
            walk=walk, by=people.party_of(episode), key="k", disclosure=walk.disclosure.digest, answers=walk.answers_digest,
            method=method, strokes=people.STROKES, helper="Theo", words="Yes", why="tremor", witnesses=(people.user("bo"), people.user("finn")),
        )  # fmt: skip


def with_pin(pin):
    return {"how": "spoken", "why": "tremor", "words": "Yes", "witness_1": "bo", "pin_1": pin}


def test_no_pin_of_staff_is_looked_at_from_home(client):
    """Right, wrong, and wrong for the sixth time: the same reply, and nobody on the ward is locked out by it."""
    episode, device = home(client, "sign")
    replies = [
        device.post(reverse("walk:help"), {**act_of(episode), **with_pin(pin)})
        for pin in [people.PIN, *["0000"] * 6, people.PIN]
    ]
    assert {each.status_code for each in replies} == {409}
    assert not people.user("bo").pin_is_locked
    assert people.user("bo").pin_tries == 0
    assert not fresh(episode).signatures.exists()


def test_the_verb_itself_knows_no_pin_on_an_own_device(client):
    episode, _device = home(client, "sign")
    hand = episode.handovers.get(taken_back_at=None)
    for pin in (people.PIN, "0000"):
        with pytest.raises(handover.WrongPin):
            handover.staff_by_pin(username="bo", pin=pin, hand_over=hand)
    assert people.user("bo").pin_tries == 0


def test_a_no_from_home_says_where_it_was_said(client):
    episode, device = home(client, "decision")
    device.post(reverse("walk:refuse"), {"reason": ""})
    assert fresh(episode).status == Status.REFUSED
    assert "on their own device" in fresh(episode).records.get().body.decode()


def test_a_representative_reads_and_signs_at_home(client):
    episode = people.a_represented()
    preparing.release(episode=episode, by=people.actor("ada"))
    people.walk_to(episode, "sign")
    device = people.at_home(client, fresh(episode))
    assert "You are reading for Kim" in page(device, "sign")
    device.post(reverse("walk:sign"), act_of(episode))
    assert fresh(episode).status == Status.SIGNED
    assert "On their own device" in fresh(episode).records.get().body.decode()
