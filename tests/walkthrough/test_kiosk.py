"""Kiosk mode and Guided Access: one window, one prefix, no dialog, no file, no paper, on every page that a tablet shows."""

import re

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, get_resolver, reverse

from consent import handover
from consent.steps import STEPS
from tests import people

pytestmark = pytest.mark.django_db

TEMPLATES = [
    path
    for room in ("walkthrough", "components", "clear")
    for path in sorted((settings.BASE_DIR / "templates" / room).rglob("*.html"))
] + [settings.BASE_DIR / "templates" / name for name in ("base.html", "error.html")]
SCRIPTS = ("hands", "walk", "pad")
OPENS = re.compile(
    r"window\.open|\b(alert|confirm|prompt|print)\(|beforeunload|showModal|requestFullscreen|showOpenFilePicker|localStorage|sessionStorage|indexedDB|\bcaches\b"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_opens_a_window_or_hands_out_a_file(path):
    text = path.read_text()
    assert not re.search(r"\btarget=|\bdownload\b|<iframe|<embed|<object|mailto:|tel:|sms:|https?://", text)
    assert path.parts[-2] in ("clear", "layout") or 'type="file"' not in text


def test_no_page_drops_the_script_by_which_it_leaves_other_hands():
    bases = ("walkthrough/base.html", "desk/base.html")
    for path in sorted((settings.BASE_DIR / "templates").rglob("*.html")):
        own = re.search(r"{% block scripts %}(.*?){% endblock %}", path.read_text(), re.DOTALL)
        if own and own[1] and not str(path).endswith((*bases, "error.html")):
            assert "{{ block.super }}" in own[1], path
    for base in bases:
        assert "hands.js" in (settings.BASE_DIR / "templates" / base).read_text()


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_script_of_the_tablet_opens_a_window_asks_or_keeps_anything(name):
    assert not OPENS.search((settings.BASE_DIR / f"static/js/{name}.js").read_text())


def shown(client, name, *args):
    response = client.get(reverse(f"walk:{name}", args=args))
    return response.content.decode() if response.status_code in (200, 422) else ""


def at_each_step(client):
    episode = people.a_released()
    for step in STEPS:
        people.walk_to(episode, step.key)
        people.a_tablet(client, episode)
        yield shown(client, "sign") if step.key == "sign" else shown(client, "step", step.key)
    for name in ("ask", "stop", "more-time", "refuse", "paper", "whole", "help", "staff"):
        yield shown(client, name)
    people.sign(episode)
    for name in ("done", "change", "ask"):
        yield shown(client, name)


def at_each_end(client):
    people.a_tablet(client, people.an_episode("check"))
    client.post(reverse("walk:staff"), {"username": "ada", "pin": people.PIN})
    yield shown(client, "bedside")
    client.post(reverse("walk:bedside-take-back"))
    yield shown(client, "back-to-staff")
    yield shown(client, "staff")
    people.a_tablet(client, people.an_episode("check"))
    client.post(reverse("walk:refuse"))
    yield shown(client, "stopped")
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    people.a_tablet(client, episode)
    yield shown(client, "held")
    yield client.get("/p/nothing/").content.decode()


def leads(page):
    """Every address that the page leads to or loads."""
    return re.findall(r'\s(?:href|action|formaction|src|data-[a-z-]+-url|data-home|data-here)="([^"]*)"', page)


def test_every_page_of_the_tablet_stays_under_its_one_prefix(client):
    handed = [*at_each_step(client), *at_each_end(client)]
    assert len([page for page in handed if page]) >= len(STEPS) + 14
    for page in handed:
        assert page, "a page could not be shown"
        outside = {each for each in leads(page) if not each.startswith(("/p/", "/static/", "#", "?"))} - {""}
        assert not outside, outside
        assert 'type="file"' not in page


def test_every_address_of_the_tablet_stands_under_its_one_prefix():
    for key, _ in [*get_resolver().namespace_dict["walk"][1].reverse_dict.items()]:
        if isinstance(key, str):
            for args in ([], [1], ["side"]):
                try:
                    assert reverse(f"walk:{key}", args=args).startswith("/p/")
                except NoReverseMatch:
                    continue


def test_a_tablet_that_is_bound_to_nobody_has_one_way_out_and_that_is_staffs(client):
    """No address bar in kiosk mode: without this link nobody would get on. It opens the sign-in page and nothing else."""
    episode = people.an_episode("check")
    people.a_tablet(client, episode)
    handover.take_back(hand_over=episode.handovers.get(taken_back_at=None), by=people.actor("bo"))
    page = client.get(reverse("walk:go-on")).content.decode()
    outside = {each for each in leads(page) if not each.startswith(("/p/", "/static/", "#"))}
    assert outside == {reverse(settings.LOGIN_URL)}
