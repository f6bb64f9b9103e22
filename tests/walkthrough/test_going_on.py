"""Where a person is led: to the page that is next, from wherever they come."""

import pytest
from django.urls import reverse

from consent import preparing
from consent.steps import STEPS
from tests import people

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", [step.key for step in STEPS])
def test_going_on_leads_to_the_first_page_that_is_not_done(client, key):
    tablet = people.a_tablet(client, people.an_episode(key))
    response = tablet.get(reverse("walk:go-on"), follow=True)
    assert response.status_code == 200
    assert response.redirect_chain[-1][0] == (
        reverse("walk:sign") if key == "sign" else reverse("walk:step", args=[key])
    )


@pytest.mark.parametrize("key", ["serious", "checklist", "decision", "sign"])
def test_a_page_opened_too_early_leads_back(client, key):
    tablet = people.a_tablet(client, people.an_episode("amount"))
    response = tablet.get(reverse("walk:step", args=[key]), follow=True)
    assert response.redirect_chain[-1][0] == reverse("walk:step", args=["amount"])


def test_a_browser_without_a_tablet_sees_nothing_of_anybody(client):
    people.an_episode("why")
    response = client.get(reverse("walk:go-on"))
    assert response.status_code == 403
    assert b"Maria" not in response.content


def test_an_unknown_page_is_404(client):
    tablet = people.a_tablet(client, people.an_episode("why"))
    assert tablet.get("/p/step/nothing-of-the-kind/").status_code == 404


@pytest.mark.parametrize("path", ["/p/", "/p/step/why/", "/p/ask/", "/p/sign/", "/p/back/"])
def test_no_page_of_a_patient_may_be_kept_in_a_cache(client, path):
    tablet = people.a_tablet(client, people.an_episode("why"))
    response = tablet.get(path)
    assert "no-store" in response.headers["Cache-Control"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_a_page_that_was_told_differently_says_so(client):
    episode = people.an_episode("sign")
    preparing.take_back(episode=episode, by=people.actor("ada"), reason="a note")
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You play the violin.")
    preparing.release(episode=episode, by=people.actor("ada"))
    tablet = people.a_tablet(client, episode)
    people.answer_step(people.walk_of(episode), "welcome")
    page = tablet.get(reverse("walk:step", args=["common"])).content.decode()
    assert "This page has changed since you last read it" in page
    assert "You play the violin." in page
    assert "has changed" not in tablet.get(reverse("walk:step", args=["before"])).content.decode()


def test_what_a_clinician_wrote_for_this_person_is_told_however_little_they_want_to_know(client):
    episode = people.a_draft()
    preparing.tailor(episode=episode, by=people.actor("ada"), words="You play the violin.")
    preparing.release(episode=episode, by=people.actor("ada"))
    people.hand_over(episode)
    people.walk_to(episode, "common", answers={"amount": {"amount": "least"}})
    tablet = people.a_tablet(client, episode)
    assert "You play the violin." in tablet.get(reverse("walk:step", args=["common"])).content.decode()


def test_who_wants_to_know_little_is_not_taken_through_everything(client):
    episode = people.an_episode("check", answers={"amount": {"amount": "least"}})
    said = set(episode.answers.values_list("step", flat=True))
    assert not said & {"before", "during", "after", "benefits", "common", "compare"}
    assert {"why", "side", "serious"} <= said
