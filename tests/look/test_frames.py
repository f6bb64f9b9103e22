"""The frame round every page: what is always there, and what must not be there yet."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils.translation import override

from tests.look.forms import EveryKind

PARTS = [{"number": n, "name": f"Part {n}", "state": "here" if n == 2 else "next"} for n in range(1, 6)]
WALK = {
    "hospital": "Northfield Sample Hospital",
    "consent_for": "injection near a nerve in your neck",
    "site_label": "",
    "parts": PARTS,
    "part": PARTS[1],
    "minutes": 4,
    "text_size": "100",
    "theme": "",
    "back_url": "",
    "exits": True,
    "signed": False,
    "reading_for": "",
    "not_clinical": False,
}

SIZES = [("100", "100", "125"), ("125", "100", "150"), ("150", "125", "150")]


def page(template="walkthrough/step.html", user=None, **context):
    request = RequestFactory().get("/p/step/")
    request.user = user or AnonymousUser()
    return render_to_string(template, context, request=request)


def step(form=None, **walk):
    return page(walk={**WALK, **walk}, form=form, page_title="Before")


def test_the_three_ways_out_stand_in_their_order():
    html = step()
    places = [html.index(f'href="/p/{way}/"') for way in ("ask", "stop", "refuse")]
    assert places == sorted(places)


def test_who_has_signed_may_ask_and_may_change_their_mind():
    html = step(signed=True)
    assert 'href="/p/change/"' in html
    assert 'href="/p/refuse/"' not in html


def test_a_page_may_stand_without_ways_out():
    assert "At any time" not in step(exits=False)


def test_the_side_is_not_shown_before_the_person_has_picked_it():
    assert 'class="side"' not in step()
    assert "LEFT, nerve C6" in step(site_label="LEFT, nerve C6")


def test_the_title_says_that_something_is_missing():
    assert "<title>Before – " in step(EveryKind())
    assert "<title>Error: Before – " in step(EveryKind({}))


def test_the_summary_stands_above_the_heading():
    html = step(EveryKind({}))
    assert html.count('role="alert" tabindex') == 1
    assert html.index('role="alert" tabindex') < html.index("<h1>")


def test_the_chosen_size_and_colours_are_on_the_page_itself():
    assert 'data-text="150" data-theme="dark"' in step(text_size="150", theme="dark")
    assert "data-theme" not in step()


@pytest.mark.parametrize(
    ("size", "smaller", "larger"), [("100", "100", "125"), ("125", "100", "150"), ("150", "125", "150")]
)
def test_without_script_the_size_goes_one_step(size, smaller, larger):
    html = step(text_size=size)
    assert f'value="{smaller}" data-step="-1"' in html
    assert f'value="{larger}" data-step="1"' in html


def test_listen_waits_for_a_script():
    assert "data-listen hidden" in step()


def test_a_language_written_from_the_right_turns_the_page():
    with override("ar"):
        assert '<html lang="ar" dir="rtl"' in step()


def test_a_representative_is_told_for_whom_they_read():
    assert "You are reading for Maria. “You” means Maria." in step(reading_for="Maria")


def test_the_desk_names_who_is_signed_in_and_where():
    user = SimpleNamespace(is_authenticated=True, get_full_name="Dr Sam Example", title="Radiologist")
    nav = [
        {"url": "/desk/", "name": "Today", "count": 0, "current": True},
        {"url": "/q/", "name": "Questions", "count": 2},
    ]
    html = page("desk/base.html", user, desk_nav=nav)
    assert "Dr Sam Example<br>Radiologist" in html
    assert 'aria-current="page">Today' in html
    assert "Questions <b>2" in html
    assert '<form method="post" action="/sign-out/">' in html


def test_a_stranger_at_the_desk_sees_no_sign_out():
    assert "/sign-out/" not in page("desk/base.html")


def test_the_error_page_says_what_to_do_next():
    ways = [{"url": "/desk/", "text": "Go to the list"}]
    html = page("error.html", title="We cannot show this", lead="Missing:", lines=["The side"], what_next=ways)
    assert "<h1>We cannot show this</h1>" in html
    assert "<li>The side</li>" in html
    assert 'href="/desk/">Go to the list' in html


def test_a_hostile_name_in_the_frame_comes_out_as_text():
    html = step(hospital="<script>", consent_for="<script>", reading_for="<script>", site_label="<script>")
    assert "<script>" not in html.replace("<script src=", "")
