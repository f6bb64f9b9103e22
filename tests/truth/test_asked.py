"""What a person is asked to know rests on words that their own walk showed, standing open or behind one tap."""

import io
import re
import shutil

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from consent import preparing
from consent.steps import BY_KEY
from tests import people
from tests.truth.saying import flat, newest, part, signed, within_one_tap

pytestmark = pytest.mark.django_db

AMOUNTS = ("everything", "main", "least")
LEAST = {"amount": {"amount": "least"}}
# The words without which nobody could answer. Nothing is told about one's own time.
RESTS_ON = {
    "cure": ["It is not a cure"],
    "relief": ["50 in 100", "lost at least half of their pain"],
    "danger": ["Call 999 at once", "Trouble speaking", "A weak or numb leg"],
    "why": ["A sore nerve in your neck may cause your pain"],
    "side_level": ["LEFT, nerve C6"],
    "may_not_help": ["Some people get little help, or none"],
    "choices": ["Do nothing for now", "An operation"],
    "gravest": ["Nobody knows. Nobody counted all the injections"],
    "when_to_call": ["Call 999 at once", "A sudden, very bad headache"],
    "in_charge": ["Dr Ada Example"],
    "time": [],
}


def walked(amount, until):
    """What this walk showed before the page `until`, and the names of what that page asks."""
    episode = people.an_episode(until, answers={"amount": {"amount": amount}})
    walk, client = people.walk_of(episode), people.a_tablet(Client(), episode)
    before = [step for step in walk.steps if walk.steps.index(step) < walk.steps.index(BY_KEY[until])]
    shown = " ".join(within_one_tap(client.get(f"/p/step/{step.key}/")) for step in before)
    page = client.get(f"/p/step/{until}/").content.decode()
    return shown, [key for key in RESTS_ON if f'name="{key}"' in page]


@pytest.mark.parametrize("until", ["check", "checklist"])
@pytest.mark.parametrize("amount", AMOUNTS)
def test_what_is_asked_rests_on_words_that_were_shown(amount, until):
    shown, asked = walked(amount, until)
    assert asked
    assert [(key, words) for key in asked for words in RESTS_ON[key] if words.casefold() not in shown.casefold()] == []


def test_a_question_about_a_page_that_was_passed_over_is_not_asked():
    _shown, asked = walked("least", "check")
    assert asked == ["cure", "danger"]


def test_the_record_says_which_question_was_not_asked_and_why():
    episode = people.a_signed(answers=LEAST)
    relief = line(newest(episode), "relief")
    assert flat(relief).endswith("Not asked | Maria chose not to read about this: What good it may do")
    assert relief.value is None
    assert "Not asked" not in flat(line(newest(episode), "danger"))


def test_who_wants_to_know_more_after_all_is_asked_then():
    episode = people.an_episode("sign", answers=LEAST)
    people.answer_step(people.walk_of(episode), "amount", {"amount": "everything"})
    people.walk_to(episode, "check")
    walk = people.walk_of(episode)
    assert (walk.next_step.key, walk.misses("relief")) == ("check", 0)
    assert [item.name for item in walk.open_items] == ["check:relief"]
    assert "Not asked" not in flat(part(signed(episode), "understood"))


def test_what_was_not_asked_is_not_said_to_have_been_explained_again(client):
    episode = people.an_episode("decision", answers=LEAST)
    html = people.signed_in(client, "ada").get(reverse("desk:before", args=[episode.pk])).content.decode()
    assert "Explained again" not in html


def test_a_line_of_the_checklist_about_a_page_that_was_passed_over_is_not_asked(settings, tmp_path):
    told_on_benefits(settings, tmp_path, "may_not_help")
    episode = people.an_episode("checklist", answers=LEAST)
    assert "may_not_help" not in people.walk_of(episode).statements
    record = signed(episode)
    assert "Not asked" in flat(line(record, "may_not_help"))
    assert "Not asked" not in flat(line(record, "choices"))


def test_a_line_of_the_checklist_that_comes_in_later_is_asked_then(settings, tmp_path):
    told_on_benefits(settings, tmp_path, "may_not_help")
    episode = people.an_episode("sign", answers=LEAST)
    people.answer_step(people.walk_of(episode), "amount", {"amount": "everything"})
    people.walk_to(episode, "checklist")
    assert people.walk_of(episode).next_step.key == "checklist"


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_representative_is_not_asked_about_their_own_side(language):
    episode = people.a_represented(language=language)
    preparing.release(episode=episode, by=people.actor("ada"))
    lines = people.walk_of(episode).sections["checklist"]["statements"]
    words = " ".join(lines.values()).casefold().split()
    assert not {"my", "am", "mi", "me", "ayudarme"} & set(words)


def told_on_benefits(settings, tmp_path, key):
    """A new version of the procedure, in which this line of the checklist rests on one page alone."""
    shutil.copytree(settings.LIBRARY_DIR, tmp_path / "library")
    settings.LIBRARY_DIR = tmp_path / "library"
    path = settings.LIBRARY_DIR / people.SLUG / "procedure.yaml"
    path.write_text(re.sub(rf"(key: {key}, told_on: )\[.*\]", r"\1[benefits]", path.read_text()))
    call_command("load_library", approve="Dr Rev Example, reviewer", stdout=io.StringIO())


def line(record, code):
    tables = [block for row in part(record, "understood").blocks[0].rows for block in row.blocks]
    return next(each for table in tables for each in getattr(table, "rows", ()) if each.code == code)
