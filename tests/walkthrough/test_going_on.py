"""Where a person is led: to the page that is next, from wherever they come."""

import re

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


# --- what was not yet sent -------------------------------------------------------------------------------------------


def keep(client, step, field, *said):
    return client.post(f"{reverse('walk:draft')}?step={step}", {"field": field, "text": list(said)})


def chosen(client, step):
    """Every radio and tick that stands on the page as chosen."""
    page = client.get(reverse("walk:step", args=[step])).content.decode()
    tags = re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)
    return {
        (re.search(r'name="([^"]*)"', tag)[1], re.search(r'value="([^"]*)"', tag)[1])
        for tag in tags
        if "name=" in tag and "value=" in tag
    }


@pytest.mark.parametrize(
    ("step", "field", "said"),
    [
        ("amount", "amount", "least"),
        ("side", "side", "left"),
        ("checklist", "why", "not_sure"),
        ("tell_us", "pressed", "no"),
    ],
)
def test_what_was_chosen_before_continue_is_still_chosen_on_the_next_tablet(client, step, field, said):
    episode = people.an_episode(step)
    people.a_tablet(client, episode)
    assert chosen(client, step) == set()
    keep(client, step, field, said)
    people.a_tablet(client, episode)
    assert chosen(client, step) == {(field, said)}


def test_a_draft_is_no_answer(client):
    episode = people.an_episode("amount")
    people.a_tablet(client, episode)
    keep(client, "amount", "amount", "least")
    assert "amount" not in people.walk_of(episode).answers
    assert client.get(reverse("walk:go-on")).url == reverse("walk:step", args=["amount"])


def test_ticks_come_back_and_go_again(client):
    episode = people.an_episode("matters")
    people.a_tablet(client, episode)
    first, second = list(people.walk_of(episode).section("matters")["options"])[:2]
    keep(client, "matters", "matters", first, second)
    assert chosen(client, "matters") == {("matters", first), ("matters", second)}
    keep(client, "matters", "matters")
    assert chosen(client, "matters") == set()


def test_a_risk_that_no_longer_matters_stays_untouched(client):
    episode = people.an_episode("serious")
    risk = people.walk_of(episode).section("serious")["risks"][0]["key"]
    people.answer_step(people.walk_of(episode), "serious", {"read": True, "matters": [risk]})
    people.a_tablet(client, episode)
    assert risk in boxes(client, "serious")
    keep(client, "serious", risk)
    assert risk not in boxes(client, "serious")
    keep(client, "serious", risk, "on")
    assert risk in boxes(client, "serious")


def boxes(client, step):
    page = client.get(reverse("walk:step", args=[step])).content.decode()
    return {re.search(r'name="([^"]*)"', tag)[1] for tag in re.findall(r"<input[^>]*\bchecked\b[^>]*>", page)}


def test_nobody_finds_a_decision_or_a_signature_half_made(client):
    episode = people.an_episode("decision")
    people.a_tablet(client, episode)
    keep(client, "decision", "decision", "consent")
    keep(client, "sign", "typed", "Maria Sample")
    keep(client, "welcome", "language", "es")
    assert not episode.drafts.exists()
    assert "data-draft=" not in client.get(reverse("walk:step", args=["decision"])).content.decode()


@pytest.mark.parametrize(
    ("step", "field", "said"),
    [
        ("matters", "salt", "x"),
        ("nothing", "own", "x"),
        ("matters", "matters", "not-one-of-ours"),
        ("ask", "about", "x"),
    ],
)
def test_a_draft_keeps_only_what_the_page_asks(client, step, field, said):
    episode = people.an_episode("matters")
    people.a_tablet(client, episode)
    assert keep(client, step, field, said).status_code == 200
    assert [each.data for each in episode.drafts.all()] in ([], [{"matters": []}])


def test_a_reason_for_a_no_is_kept_while_it_is_written(client):
    people.a_tablet(client, people.an_episode("matters"))
    keep(client, "refuse", "reason", "I would rather wait.")
    assert b"I would rather wait." in client.get(reverse("walk:refuse")).content
