"""The word budget of the core: what a person reads without opening anything.

Counted: every word inside <main> of each step's page, in English, as the server sends it to Maria, who takes a blood
thinner and nothing else that the "tell us" page asks about.
Not counted: what a closed <details> holds, and its summary; controls, that is buttons, links, labels, legends and boxes;
sources (`.src`); what only a screen reader says (`.unseen`); drawings; and the summary on the sign page (`.sum`), which
repeats the plan and the person's own answers. "Everything" opens every <details>; its budget is for the core alone, so a
<details> never counts, open or closed.
"""

from html.parser import HTMLParser

import pytest
from django.urls import reverse

from consent import steps
from consent.steps import STEPS
from tests import people

pytestmark = pytest.mark.django_db
BUDGET = {"main": 900, "everything": 1800}
CONTROLS = {"button", "a", "label", "legend", "select", "textarea"}
NOT_READ = CONTROLS | {"details", "svg", "title"}
VOID = {"input", "br", "hr", "img", "meta", "link", "path", "circle"}


class Seen(HTMLParser):
    """The words of one page that count."""

    def __init__(self, html):
        super().__init__()
        self.open, self.words = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        attrs = dict(attrs)
        unread = (
            tag in NOT_READ or "hidden" in attrs or {"src", "unseen", "sum"} & set((attrs.get("class") or "").split())
        )
        self.open.append((tag, unread))

    def handle_endtag(self, tag):
        names = [name for name, _ in self.open]
        if tag in names:
            del self.open[len(names) - 1 - names[::-1].index(tag) :]

    def handle_data(self, text):
        if "main" in dict(self.open) and not any(unread for _, unread in self.open):
            self.words += [word for word in text.split() if any(map(str.isalnum, word))]


def tells(walk):
    items = walk.section("tell_us")["items"]
    return {each["key"]: "yes" if each["key"] == "blood_thinner" else "no" for each in items}


def words(client, amount):
    """{step: words} for one whole walk."""
    episode = people.an_episode("welcome")
    people.a_tablet(client, episode)
    counted = {}
    for step in STEPS:
        walk = people.walk_of(episode)
        if step not in walk.steps:
            continue
        name = ["walk:sign"] if step.key == "sign" else ["walk:step", step.key]
        response = client.get(reverse(name[0], args=name[1:]))
        assert response.status_code == 200, step.key
        counted[step.key] = len(Seen(response.content.decode()).words)
        if step.key != "sign":
            own = {"amount": {"amount": amount}, "tell_us": tells(walk) if walk.disclosure else None}
            people.answer_step(walk, step.key, own.get(step.key))
    return counted


@pytest.mark.parametrize("amount", BUDGET)
def test_the_words_stay_within_the_budget(client, amount):
    counted = words(client, amount)
    assert sum(counted.values()) <= BUDGET[amount], counted


def test_there_are_at_most_twenty_screens(client):
    assert len(words(client, "everything")) <= 20


def test_the_minutes_rest_on_the_words_that_stand_open(client):
    """The estimate reads the frozen words and not the page: on no page may the two lie far apart."""
    counted = words(client, "main")
    sections = people.walk_of(people.an_episode("sign")).sections
    estimated = {key: steps.word_count(sections[key], "main") for key in counted}
    apart = {key: (counted[key], estimated[key]) for key in counted if abs(counted[key] - estimated[key]) > 20}
    assert not apart
    assert abs(sum(counted.values()) - sum(estimated.values())) < 0.1 * sum(counted.values())


@pytest.mark.parametrize(("amount", "least", "most"), [("least", 4, 8), ("main", 8, 12), ("everything", 18, 28)])
def test_the_time_promised_fits_how_much_one_wants_to_know(amount, least, most):
    walk = people.walk_of(people.an_episode("why", answers={"amount": {"amount": amount}}))
    assert least <= walk.minutes_from(steps.BY_KEY["why"]) <= most


def test_the_first_page_says_how_long_it_takes_and_freezes_nothing(client):
    episode = people.an_episode("welcome")
    html = people.a_tablet(client, episode).get(reverse("walk:step", args=["welcome"])).content.decode()
    assert "This takes about" in html
    assert people.walk_of(episode).disclosure is None


def test_minutes_never_grow_on_the_way():
    episode = people.an_episode("why")
    walk = people.walk_of(episode)
    minutes = [walk.minutes_from(step) for step in walk.steps]
    assert minutes == sorted(minutes, reverse=True)
    assert minutes[-1] == 1


# --- what may not be folded away -------------------------------------------------------------------------------------


def page(client, key, amount):
    episode = people.an_episode(key, answers={"amount": {"amount": amount}})
    html = people.a_tablet(client, episode).get(reverse("walk:step", args=[key])).content.decode()
    return " ".join(Seen(html).words)


def test_the_signs_of_danger_stand_open_for_who_wants_the_main_points(client):
    assert "A weak or numb leg, face or other arm" in page(client, "after", "main")


def test_the_signs_of_danger_stand_open_for_who_wants_the_least_and_sees_no_page_on_after(client):
    assert "A weak or numb leg, face or other arm" in page(client, "serious", "least")


@pytest.mark.parametrize("amount", ["least", "main", "everything"])
def test_nobody_misses_that_it_has_happened_and_that_nobody_knows_how_often(client, amount):
    text = page(client, "serious", amount)
    assert "13 deaths" in text
    assert "Nobody knows." in text


@pytest.mark.parametrize("amount", ["least", "everything"])
def test_each_choice_is_explained_where_it_is_first_named(client, amount):
    assert "A surgeon takes out the disc" in page(client, "why", amount)


def test_a_number_from_other_people_says_so_at_the_main_points_too(client):
    assert "Measured in the low back." in page(client, "common", "main")


def test_before_the_first_answer_no_line_of_the_checklist_is_called_open(client):
    assert "Before you can say yes" not in page(client, "checklist", "main")
