"""Every address with every method, by a stranger, by staff of another clinic, by each role and by a tablet: nothing breaks, nothing leaks."""

import uuid

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from consent.models import Question, Status
from tests import people

pytestmark = pytest.mark.django_db

METHODS = ("get", "head", "options", "put", "patch", "delete", "trace", "post")
NAME = "Zacharias"


def names(resolver, prefix=""):
    """(name, kinds of its arguments) of every address that has a name."""
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            space = f"{each.namespace}:" if each.namespace else ""
            yield from names(each, prefix + space)
        elif isinstance(each, URLPattern) and each.name:
            yield prefix + each.name, {key: type(kind).__name__ for key, kind in each.pattern.converters.items()}


OURS = sorted((name, kinds) for name, kinds in names(get_resolver()) if not name.startswith("admin:"))


@pytest.fixture
def theirs():
    """A consent of our clinic, complete, with a question, a record and a draft: none of it is for those who try here."""
    episode = people.an_episode("check", patient=people.a_patient(NAME, "Sample"))
    people.answer(people.ask(episode, f"Does {NAME} drive?"))
    people.accept(episode.questions.get())
    people.walk_to(episode, "sign")
    people.sign(episode)
    return episode


def arguments(kinds, episode):
    known = {
        "pk": episode.pk, "record": episode.records.first().pk, "question": episode.questions.first().pk, "kind": "capacity",
        "slug": people.SLUG, "key": "why", "site": episode.site.pk, "tailoring": 1, "glass_id": 1, "account": 1, "scan": 1, "invitation": 1, "tablet": episode.handovers.first().pk, "session": "x",
        "proof": uuid.uuid4(), "number": 1,
    }  # fmt: skip
    return {key: Question.objects.first().pk if key == "pk" and kind == "IntConverter" else known[key] for key, kind in kinds.items()}  # fmt: skip


def tried(client, episode):
    """(name, method, response) of every address with every method."""
    client.raise_request_exception = False
    for name, kinds in OURS:
        if name.startswith("demo"):
            continue
        url = reverse(name, kwargs=arguments(kinds, episode))
        for method in METHODS:
            yield name, method, getattr(client, method)(url)


@pytest.mark.parametrize("who", [None, "chidi"])
def test_strangers_get_nothing_by_any_method(client, theirs, who):
    if who:
        people.signed_in(client, who)
    before = theirs.head_hash
    leaks, broken = [], []
    for name, method, response in tried(client, theirs):
        if response.status_code >= 500:
            broken.append((name, method))
        if response.status_code == 200 and not response.streaming and NAME.encode() in response.content:
            leaks.append((name, method))
        if who and name == "sign-out":
            people.signed_in(client, who)
    theirs.refresh_from_db()
    assert (leaks, broken, theirs.head_hash) == ([], [], before)


def test_a_tablet_reaches_no_desk_by_any_method(client, theirs):
    other = people.an_episode("before")
    people.a_tablet(client, other)
    reached, broken = [], []
    for name, method, response in tried(client, theirs):
        if response.status_code >= 500:
            broken.append((name, method))
        if not name.startswith(("walk:", "healthy")) and response.headers.get("Location") != reverse(
            "walk:back-to-staff"
        ):
            reached.append((name, method, response.status_code))
        if not response.streaming and NAME.encode() in response.content:
            reached.append((name, method, "leak"))
    assert (reached, broken) == ([], [])


@pytest.mark.parametrize("who", ["bo", "rae"])
def test_no_role_does_what_the_policy_gives_to_clinicians(client, theirs, who):
    people.signed_in(client, who)
    clinicians = ("release", "countersign", "assess", "representative", "patient-decides", "discussion", "answer", "talked", "settle", "values", "site-values")  # fmt: skip
    for name, kinds in OURS:
        if name.removeprefix("desk:") in clinicians and name.startswith("desk:"):
            url = reverse(name, kwargs=arguments(kinds, theirs))
            assert client.post(url).status_code == 403 if name != "desk:values" else client.get(url).status_code == 403
    theirs.refresh_from_db()
    assert theirs.status == Status.SIGNED


@pytest.mark.parametrize("path", ["episodes/{}/", "episodes/{}/countersign/", "episodes/{}/paper/"])
def test_an_unknown_id_is_not_there(client, path):
    people.signed_in(client, "ada")
    assert client.get("/desk/" + path.format(uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("number", ["9" * 19, "9" * 40, "9" * 400, "9" * 5000])
def test_a_huge_number_is_not_there(client, number):
    client.raise_request_exception = False
    people.signed_in(client, "ada")
    assert client.get(f"/desk/records/{number}/").status_code == 404
    assert client.get(f"/desk/scans/{number}/").status_code == 404
    people.a_tablet(client, people.an_episode("check"))
    assert client.post(f"/p/ask/{number}/accept/", {"word": "satisfied"}).status_code == 404


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "testserver@evil.example", "[::1"])
def test_another_host_name_is_refused(client, host):
    client.raise_request_exception = False
    assert client.get("/sign-in/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "\t//evil.example"]
)
def test_sign_in_leads_nowhere_else(client, to):
    response = client.post("/sign-in/", {"username": "bo", "password": people.PASSWORD, "next": to})
    assert response.headers["Location"] == reverse("desk:today")


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "/p//evil.example", "/p/../desk/", "/p/\r\nSet-Cookie: a=b", "/p/\0", "/p/\\..\\desk", "/P/"],
)
def test_comfort_leads_nowhere_else(client, to):
    people.a_tablet(client, people.an_episode("before"))
    client.raise_request_exception = False
    response = client.post(reverse("walk:comfort"), {"text_size": "125", "next": to})
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/p/")
    assert "evil" not in client.cookies
    assert client.get("/desk/").headers["Location"] == reverse("walk:back-to-staff")


@pytest.mark.parametrize("content_type", ["application/json", "text/xml", "multipart/form-data", "x", ""])
def test_a_wrong_content_type_breaks_nothing(client, content_type):
    client.raise_request_exception = False
    people.a_tablet(client, people.an_episode("sign"))
    for name in ("sign", "help", "ask", "change", "refuse", "comfort", "staff"):
        assert client.post(reverse(f"walk:{name}"), data=b"\xff\x00{", content_type=content_type).status_code < 500


def test_a_form_without_its_secret_changes_nothing():
    from django.test import Client

    client, episode = Client(enforce_csrf_checks=True), people.an_episode("sign")
    people.a_tablet(client, episode)
    for name in ("refuse", "stop", "not-me", "more-time", "paper"):
        assert client.post(reverse(f"walk:{name}")).status_code == 403
    episode.refresh_from_db()
    assert (episode.status, episode.held_because) == (Status.UNDERWAY, "")
