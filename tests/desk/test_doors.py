"""Every page of the desk that changes an episode: it works; wrong method, stranger, colleague, role and state stay outside."""

import pytest
from django.urls import get_resolver, reverse

from consent.models import Event
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db

# name: (the episode as it should be, what is sent, who may, who may not, an episode in the wrong state)
CASES = {
    "edit": (people.a_draft, scenes.plan, "bo", "rae", people.a_released),
    "tailor": (people.a_draft, {"risk": "", "words": "You play the violin."}, "bo", "rae", people.a_released),
    "untailor": (scenes.with_tailoring, {}, "bo", "rae", scenes.released_with_tailoring),
    "release": (people.a_draft, scenes.released, "ada", "bo", people.a_released),
    "take-back": (people.a_released, {"reason": "wrong level"}, "bo", "rae", people.a_draft),
    "arrange": (people.a_released, {"room": "9"}, "bo", "rae", None),
    "settle": (scenes.held, {}, "ada", "bo", None),
    "more-time": (people.a_released, {}, "bo", "rae", people.a_draft),
    "wants-paper": (people.a_released, {}, "bo", "rae", people.a_draft),
    "refuse": (people.a_released, {"words": "No."}, "bo", "rae", people.a_draft),
    "withdraw": (people.a_signed, {"words": ""}, "bo", "rae", people.a_released),
    "hand-over": (people.a_released, scenes.handing, "bo", "rae", people.a_draft),
    "take-tablet-back": (scenes.with_tablet, {}, "bo", "rae", None),
    "invite": (people.a_released, scenes.inviting, "bo", "rae", people.a_draft),
    "revoke": (scenes.with_invitation, {}, "bo", "rae", None),
    "answer": (scenes.with_question, {"text": "On the next day."}, "ada", "bo", scenes.refused_with_question),
    "talked-question": (scenes.with_question, {}, "ada", "bo", scenes.refused_with_question),
    "talked": (scenes.unsure, {"item": "checklist:why"}, "ada", "bo", scenes.refused),
    "discussion": (people.a_released, scenes.talked_now, "ada", "bo", people.a_draft),
    "countersign": (people.a_signed, scenes.countersigned, "ada", "bo", people.a_released),
    "assess": (people.a_released, scenes.CAPACITY, "ada", "bo", people.a_signed),
    "representative": (scenes.with_finding, scenes.REPRESENTATIVE, "ada", "bo", scenes.signed_after_finding),
    "patient-decides": (people.a_represented, {}, "ada", "bo", people.a_signed),
}
ONLY_POST = (
    "tailor", "untailor", "settle", "wants-paper", "take-tablet-back", "revoke", "answer", "talked-question", "talked", "patient-decides",
)  # fmt: skip
ONCE = ("release", "take-back", "refuse", "withdraw", "countersign", "untailor", "take-tablet-back", "revoke")
every = pytest.mark.parametrize("name", CASES)


def made(name, make=None):
    """(episode, address) of one case."""
    scene = (make or CASES[name][0])()
    episode, more = scene if isinstance(scene, tuple) else (scene, None)
    args = [episode.pk, *([more.pk] if more else []), *(["capacity"] if name == "assess" else [])]
    return episode, reverse(f"desk:{name}", args=args)


def said(name, episode):
    data = CASES[name][1]
    return data(episode) if callable(data) else data


@every
def test_it_works_and_is_written_down(client, name):
    episode, url = made(name)
    before = Event.objects.count()
    response = people.signed_in(client, CASES[name][2]).post(url, said(name, episode))
    assert response.status_code == 302, response.content.decode()
    assert Event.objects.count() > before


@every
def test_the_anonymous_are_led_to_the_sign_in_page(client, name):
    episode, url = made(name)
    before = Event.objects.count()
    response = client.post(url, said(name, episode))
    assert response.url.startswith(reverse("sign-in"))
    assert Event.objects.count() == before


@every
def test_a_colleague_from_another_clinic_sees_404(client, name):
    episode, url = made(name)
    assert people.signed_in(client, "chidi").post(url, said(name, episode)).status_code == 404


@every
def test_the_wrong_role_is_refused(client, name):
    episode, url = made(name)
    assert people.signed_in(client, CASES[name][3]).post(url, said(name, episode)).status_code == 403


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case[4]])
def test_the_wrong_state_is_a_page_that_says_so(client, name):
    episode, url = made(name, CASES[name][4])
    before = Event.objects.count()
    assert people.signed_in(client, CASES[name][2]).post(url, said(name, episode)).status_code == 409
    assert Event.objects.count() == before


@every
def test_the_wrong_method_is_refused(client, name):
    _, url = made(name)
    person = people.signed_in(client, CASES[name][2])
    assert person.put(url).status_code == 405
    assert person.get(url).status_code == (405 if name in ONLY_POST else 200)


@pytest.mark.parametrize("name", ONCE)
def test_it_does_not_happen_twice(client, name):
    episode, url = made(name)
    person = people.signed_in(client, CASES[name][2])
    data = said(name, episode)
    person.post(url, data)
    second = (
        {**data, "key": "another", "record": episode.records.order_by("-id").first().digest}
        if name == "countersign"
        else data
    )
    before = Event.objects.count()
    assert person.post(url, second).status_code in (404, 409)
    assert Event.objects.count() == before


def test_every_address_about_an_episode_that_takes_a_post_is_in_the_table():
    patterns = [each for each in get_resolver("consent.desk.urls").url_patterns if "<uuid:pk>" in str(each.pattern)]
    only_shown = {"episode", "trail", "preview", "before", "invited"}
    tried_elsewhere = {"paper", "paper-blank"}  # tests/paper
    assert {each.name for each in patterns} - tried_elsewhere == set(CASES) | only_shown


@pytest.mark.parametrize("name", ["episode", "trail", "preview", "before", "hand-over", "countersign", "edit"])
def test_pages_to_read_keep_strangers_out(client, name):
    _, url = made(name, people.a_draft)
    assert client.get(url).url.startswith(reverse("sign-in"))
    assert people.signed_in(client, "chidi").get(url).status_code == 404


@pytest.mark.parametrize("name", ["today", "prepare", "verify", "values", "pin"])
def test_pages_of_the_house_ask_for_a_sign_in(client, name):
    assert client.get(reverse(f"desk:{name}")).url.startswith(reverse("sign-in"))


def test_a_browser_that_holds_a_tablet_reaches_no_page_of_the_desk(client):
    episode, url = made("hand-over")
    people.signed_in(client, "bo").post(url, scenes.handing(episode))
    for pattern in get_resolver("consent.desk.urls").url_patterns:
        url = address(pattern, episode)
        assert client.get(url).url == reverse("walk:back-to-staff"), url


def address(pattern, episode):
    given = {"pk": episode.pk, "slug": people.SLUG, "tablet": episode.pk, "proof": episode.pk, "kind": "minor"}
    return reverse(f"desk:{pattern.name}", kwargs={key: given.get(key, 1) for key in pattern.pattern.converters})
