"""Bad text in every field of every form: an error page of ours for the reader, and never a fault of the server."""

import html
import re

import pytest
from django.urls import reverse

from consent import preparing
from consent.models import Status
from tests import people
from tests.hostile.browser import form

pytestmark = pytest.mark.django_db

BAD = {
    "nul": "a\0b",
    "huge number": "1" + "0" * 400,
    "a megabyte": "x" * 1_000_000,
    "half a letter": "\N{REPLACEMENT CHARACTER}",
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'>{{ 7|add:1 }}{% debug %}%(x)s",
    "turned round": "\u202eabc\u2066",
    "negative": "-1",
    "float": "1e400",
}
FIELDS = [
    ("walk:ask", ["text", "about"]), ("walk:refuse", ["reason"]), ("walk:sign", ["key", "disclosure", "answers", "way", "strokes", "typed"]),
    ("walk:help", ["key", "how", "why", "helper", "words", "strokes", "witness_1", "pin_1", "witness_2", "pin_2"]),
    ("walk:staff", ["username", "pin"]), ("walk:back-to-staff", ["username", "pin"]), ("walk:comfort", ["text_size", "theme", "next"]),
    ("walk:draft", ["field", "text"]),
]  # fmt: skip


@pytest.fixture
def tablets(client):
    """The same browser with the tablet of a consent at the sign page; a new one when the last has gone on."""
    kept = [people.an_episode("sign")]

    def at_sign():
        kept[0].refresh_from_db()
        if kept[0].status != Status.UNDERWAY or people.walk_of(kept[0]).open_items:
            kept[0] = people.an_episode("sign")
        return people.a_tablet(client, kept[0])

    client.raise_request_exception = False
    return at_sign


@pytest.mark.parametrize("bad", BAD)
def test_no_field_on_the_tablet_breaks_anything(tablets, bad):
    for name, fields in FIELDS:
        for field in fields:
            url, usual = reverse(name) + ("?step=ask" if name == "walk:draft" else ""), usual_of(tablets(), name)
            response = tablets().post(url, {**usual, "text": "x", "field": "text", field: BAD[bad]})
            assert response.status_code < 500, (name, field)


def usual_of(client, name):
    return form(client.get(reverse(name))) if name in ("walk:sign", "walk:help") else {}


STEPS = ["welcome", "amount", "matters", "tell_us", "side", "serious", "common", "check", "checklist", "permissions", "decision"]  # fmt: skip


@pytest.mark.parametrize("bad", ["nul", "huge number", "a megabyte", "markup"])
def test_no_answer_of_a_step_breaks_anything(client, bad):
    client.raise_request_exception = False
    episode = people.an_episode("sign")
    people.a_tablet(client, episode)
    for key in STEPS:
        page = client.get(reverse("walk:step", args=[key]))
        fields = set(re.findall(r'name="([^"]+)"', page.content.decode()))
        response = client.post(reverse("walk:step", args=[key]), dict.fromkeys(fields, BAD[bad]))
        assert response.status_code < 500, key


DESK = {
    "desk:arrange": ["planned_on_day", "planned_on_month", "planned_on_year", "planned_time", "room", "performer"],
    "desk:more-time": ["until_day", "until_month", "until_year"],
    "desk:discussion": ["mode", "on_day", "on_month", "on_year", "at", "present", "note"],
    "desk:countersign": ["key", "record", "read", "password"],
    "desk:hand-over": ["said", "free", "party", "device"],
    "desk:tailor": ["risk", "words"],
    "desk:edit": [
        "side",
        "levels",
        "side_2",
        "levels_2",
        "medicine",
        "reason",
        "language",
        "responsible",
        "planned_on_day",
    ],
    "desk:refuse": ["words"],
    "desk:take-back": ["reason"],
    "desk:representative": ["name", "relationship", "right"],
    "desk:talked": ["item", "text"],
}


ENDS = ("desk:refuse", "desk:take-back")


@pytest.mark.parametrize("bad", BAD)
def test_no_field_of_the_desk_breaks_anything(client, bad):
    client.raise_request_exception = False
    people.signed_in(client, "ada")
    draft, walked = people.a_draft(), people.an_episode("checklist")
    for name in sorted(DESK, key=lambda name: name in ENDS):
        episode = draft if name in ("desk:edit", "desk:tailor") else walked
        for field in DESK[name]:
            response = client.post(reverse(name, args=[episode.pk]), {field: BAD[bad]})
            assert response.status_code < 500, (name, field)


@pytest.mark.parametrize("bad", BAD)
def test_no_search_and_no_choice_in_an_address_breaks_anything(client, bad):
    client.raise_request_exception = False
    people.signed_in(client, "ada")
    episode = people.a_released()
    text = BAD[bad][:2000]
    assert (
        client.post(reverse("desk:find"), {"words": text, "clinic": text, "status": text, "when": text}).status_code
        < 500
    )
    assert (
        client.get(reverse("desk:today"), {"clinic": text, "status": text, "when": text, "show": text}).status_code
        < 500
    )
    assert client.get(reverse("desk:preview", args=[episode.pk]), {"language": text}).status_code < 500
    assert client.get(reverse("desk:paper-blank", args=[episode.pk]), {"language": text}).status_code < 500
    assert client.post(reverse("sign-in"), {"username": text, "password": text}).status_code < 500


@pytest.mark.parametrize("year", ["0", "1", "9999", "10000", "-5", "二〇二六", "٢٠٢٦"])
def test_no_strange_year_breaks_anything(client, year):
    client.raise_request_exception = False
    people.signed_in(client, "ada")
    episode = people.a_released()
    day = lambda name: {f"{name}_day": "1", f"{name}_month": "1", f"{name}_year": year}  # noqa: E731
    assert (
        client.post(
            reverse("desk:arrange", args=[episode.pk]), {**day("planned_on"), "planned_time": "00:00"}
        ).status_code
        < 500
    )
    assert client.post(reverse("desk:more-time", args=[episode.pk]), day("until")).status_code < 500
    said = {"mode": "here", "at": "00:00", **day("on")}
    assert client.post(reverse("desk:discussion", args=[episode.pk]), said).status_code < 500
    for name in ("episode", "before", "trail", "arrange", "preview"):
        assert client.get(reverse(f"desk:{name}", args=[episode.pk])).status_code == 200
    assert client.get(reverse("desk:today")).status_code == 200


def test_markup_stays_text_on_every_page(client):
    evil = "<img src=x onerror=alert(1)>{{ 7|add:93481 }}"
    patient = people.a_patient(evil, evil)
    episode = people.a_draft(patient=patient)
    preparing.tailor(episode=episode, by=people.actor("ada"), words=evil)
    preparing.arrange(episode=episode, by=people.actor("ada"), room=evil, performer=evil)
    preparing.release(episode=episode, by=people.actor("ada"))
    people.hand_over(episode)
    people.walk_to(
        episode,
        "checklist",
        answers={"matters": {"own": evil}, "tell_us": {"pressed": "yes", "thinners__detail": evil}},
    )
    question = people.ask(episode, evil)
    people.answer(question, evil)
    pages = []
    people.a_tablet(client, episode)
    for key in ("why", "before", "during", "serious", "common", "compare", "check", "checklist"):
        pages.append(client.get(reverse("walk:step", args=[key])))
    pages += [client.get(reverse(f"walk:{name}")) for name in ("ask", "whole", "refuse", "stop", "paper")]
    client.post(reverse("walk:staff"), {"username": "ada", "pin": people.PIN})
    pages.append(client.get(reverse("walk:bedside")))
    people.accept(question)
    people.walk_to(episode, "sign")
    pages.append(client.get(reverse("walk:sign")))
    people.sign(episode)
    client.cookies.clear()
    people.signed_in(client, "ada")
    people.discuss(episode, present=evil, note=evil)
    for name in ("episode", "before", "trail", "preview", "countersign", "hand-over", "discussion", "withdraw"):
        pages.append(client.get(reverse(f"desk:{name}", args=[episode.pk])))
    pages.append(client.get(reverse("desk:today")))
    for page in pages:
        assert page.status_code == 200
        text = page.content.decode()
        assert "<img src=x" not in text
        assert "onerror=alert" not in html.unescape(text) or html.escape(evil) in text
        assert "93488" not in text


def test_markup_stays_text_on_the_record():
    from datetime import UTC, datetime

    from consent.records import render, shape

    evil = "<img src=x onerror=alert(1)>"
    episode = people.an_episode("checklist", patient=people.a_patient(evil, "Sample"))
    question = people.ask(episode, evil)
    people.answer(question, evil)
    people.accept(question)
    people.walk_to(episode, "sign")
    people.sign(episode)
    record = episode.records.get()
    page = render.page(shape.parse(bytes(record.body)), record.digest, datetime(2026, 11, 20, tzinfo=UTC))
    assert "<img src=x" not in page
    assert page.count("&lt;img src=x") > 5
