"""Every gate and move, tried with a bare POST as a hostile visitor would: refused, and the database is as it was."""

import pytest
from django.apps import apps
from django.urls import reverse

from consent import preparing, signing
from consent.models import Status, StepDraft
from consent.steps import STEPS
from tests import people

pytestmark = pytest.mark.django_db


def database():
    """How many rows every table of consent has, and where every episode stands."""
    counts = {model._meta.label: model.objects.count() for model in apps.get_app_config("consent").get_models()}
    episodes = list(apps.get_model("consent.Episode").objects.order_by("pk").values_list("pk", "status", "head_hash"))
    return counts, episodes


def post(client, name, *args, **data):
    return client.post(reverse(f"walk:{name}", args=args), data)


def a_post_for(key, walk=None):
    """Something that the form of this step would accept."""
    return {
        "amount": {"amount": "main"},
        "side": {"side": "left"},
        "decision": {"decision": "consent"},
    }.get(key, {})


@pytest.mark.parametrize("key", [step.key for step in STEPS if step.key not in ("welcome", "identity", "sign")])
def test_no_step_can_be_answered_before_its_turn(client, key):
    episode = people.an_episode("identity")
    walk = people.walk_of(episode)
    data = {**{name: str(value) for name, value in flat(people.good_answer(walk, key))}, **a_post_for(key)}
    before = database()
    response = post(people.a_tablet(client, episode), "step", key, **data)
    assert response.status_code == 409
    assert database()[0]["consent.Answer"] == before[0]["consent.Answer"]
    assert people.walk_of(episode).next_step.key == "identity"


def flat(data):
    return [(name, value) for name, value in data.items() if isinstance(value, str)]


@pytest.fixture
def tablet(client):
    """A tablet at the sign step, and the database as it is then."""

    def at(step="sign", prepare=None, **planned):
        episode = people.an_episode(step, **planned)
        people.a_tablet(client, episode)
        if prepare:
            prepare(episode)
        return episode, database()

    return at


def sign_form(episode, **more):
    walk = people.walk_of(episode)
    return {
        "key": "k1", "disclosure": walk.disclosure.digest, "answers": walk.answers_digest, "way": "typed", "typed": walk.party.name,
        "strokes": "", **more,
    }  # fmt: skip


def test_an_open_question_stops_a_bare_signature(client, tablet):
    episode, before = tablet(prepare=people.ask)
    response = post(client, "sign", **sign_form(episode))
    assert response.status_code == 409
    assert database() == before


def test_an_open_question_stops_a_bare_yes(client, tablet):
    episode, before = tablet("decision", prepare=people.ask)
    assert post(client, "step", "decision", decision="consent").status_code == 409
    assert database() == before


@pytest.mark.parametrize("step", ["check", "checklist", "permissions", "decision"])
def test_a_bare_signature_before_the_end_is_refused(client, tablet, step):
    episode, before = tablet(step)
    assert post(client, "sign", **sign_form(episode)).status_code == 409
    assert database() == before


@pytest.mark.parametrize("stale", [{"disclosure": "0" * 64}, {"answers": "f" * 64}])
def test_a_signature_for_another_page_is_refused(client, tablet, stale):
    episode, before = tablet()
    assert post(client, "sign", **sign_form(episode, **stale)).status_code == 409
    assert database() == before


def test_a_held_walk_cannot_be_signed(client, tablet):
    episode, before = tablet(prepare=lambda episode: hold(episode))
    assert post(client, "sign", **sign_form(episode)).status_code == 409
    assert database() == before


def hold(episode):
    from django.db import transaction

    from consent import handover

    with transaction.atomic():
        handover.hold(episode, "side", by=people.actor("bo"))


def test_a_plan_taken_back_cannot_be_signed(client, tablet):
    take_back = lambda episode: preparing.take_back(episode=episode, by=people.actor("ada"), reason="wrong level")  # noqa: E731
    episode, before = tablet(prepare=take_back)
    assert post(client, "sign", **sign_form(episode)).status_code == 409
    assert database() == before


def test_a_second_signature_with_another_key_is_refused(client, tablet):
    episode, _ = tablet(prepare=people.sign)
    before = database()
    assert post(client, "sign", **sign_form(episode, key="k2")).status_code == 409
    assert database() == before


def test_a_signed_consent_cannot_be_refused_or_answered_again(client, tablet):
    episode, _ = tablet(prepare=people.sign)
    before = database()
    assert post(client, "refuse").status_code == 409
    assert post(client, "step", "amount", amount="least").status_code == 409
    assert post(client, "more-time").status_code == 409
    assert database() == before


def test_nothing_can_be_withdrawn_before_it_was_signed(client, tablet):
    episode, before = tablet()
    assert post(client, "change").status_code == 409
    assert database() == before


def test_a_refused_consent_takes_no_answer_and_no_signature(client, tablet):
    refuse = lambda episode: signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode))  # noqa: E731
    episode, before = tablet(prepare=refuse)
    assert post(client, "sign", **sign_form(episode)).status_code == 409
    assert post(client, "step", "decision", decision="consent").status_code == 409
    assert database() == before


def test_nobody_accepts_an_answer_that_was_not_given(client, tablet):
    episode, _ = tablet(prepare=people.ask)
    before = database()
    question = episode.questions.get()
    assert post(client, "accept", question.pk, word="satisfied").status_code == 409
    assert database() == before


def test_another_persons_question_is_not_there(client, tablet):
    other = people.ask(people.an_episode("check"))
    episode, before = tablet()
    assert post(client, "accept", other.pk, word="satisfied").status_code == 404
    assert database() == before


@pytest.mark.parametrize(
    "name", ["bedside-talked", "bedside-settle", "bedside-discussion", "bedside-take-back", "bedside-give-back"]
)
def test_the_bedside_is_shut_without_a_pin(client, tablet, name):
    episode, before = tablet()
    assert post(client, name).headers["Location"] == reverse("walk:staff")
    assert database() == before


@pytest.mark.parametrize(
    "drawn",
    [
        "",
        "[[[0,0,0,0]]]",
        '{"box":[1000,400],"device":{"type":"touch","dpr":1},"strokes":[[[10,10,1,1]]]}',
        "NaN",
        "[" * 90_000,
    ],
)
def test_a_drawing_that_is_none_is_refused_and_nothing_typed_is_lost(client, tablet, drawn):
    episode, before = tablet()
    response = post(client, "sign", **sign_form(episode, way="drawn", strokes=drawn, typed="half a na"))
    assert response.status_code == 422
    assert b"half a na" in response.content
    assert database() == before


def test_a_form_sent_from_a_page_that_has_changed_keeps_what_was_typed(client, tablet):
    episode, before = tablet("matters")
    response = post(client, "step", "matters", page="0" * 64, own="my own words")
    assert response.status_code == 409
    assert StepDraft.objects.get(party=episode.decision_maker, step="matters").data["own"] == "my own words"
    assert database()[0]["consent.Answer"] == before[0]["consent.Answer"]


def test_a_tablet_put_down_takes_nothing_more(client, tablet):
    episode, _ = tablet("matters")
    post(client, "stop")
    before = database()
    response = post(client, "step", "matters", own="somebody else's words")
    assert response.headers["Location"] == reverse("walk:back-to-staff")
    assert database() == before


def test_the_status_of_a_draft_lets_no_tablet_in(client):
    episode = people.a_draft()
    assert episode.status == Status.DRAFT
    with pytest.raises(Exception, match="cannot go"):
        people.a_tablet(client, episode)
