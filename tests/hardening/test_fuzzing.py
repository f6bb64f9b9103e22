"""Nonsense at every address of the URL table, by whoever asks: answers of every kind, and never a fault of ours."""

import json
import re
import string
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from consent.models import HandOver
from tests import people
from tests.hardening.addresses import a_full_episode, every, known_of

pytestmark = pytest.mark.django_db
WHO = ("nobody", "ada", "bo", "chidi", "a superuser", "a tablet", "a tablet at the end")
FEW, MANY = 2_000, 20_000
STEP = 97  # addresses in a row are about the same thing


# --- what is sent ----------------------------------------------------------------------------------------------------

STRANGE = [
    "", " ", "\0", "a\0b", "\ud800", "\ufffd", "\u202eabc", "\u200f\u2066", "🩻" * 50, "é", "e\u0301", "x" * 5_000, "0", "-1", "1" * 400,
    "9" * 19, "1e400", "NaN", "Infinity", "١٢٣", "²", "null", "true", "[]", "{}", "[" * 5_000, '{"a":' * 2_000, "<script>", "{{ 7*7 }}",
    "{% debug %}", "%s%n", "' OR 1=1 --", "../../etc/passwd", "//evil.example", "javascript:alert(1)", "\r\nSet-Cookie: a=b", "on", "consent", "yes",
    "left", "2026-02-30", "00:00", "24:61", "00000000-0000-0000-0000-000000000001",
]  # fmt: skip
STROKES = [
    '{"box":[1000,400],"device":{"type":"touch","dpr":1},"strokes":[[[10,10,1,1]]]}',
    '{"box":[1000,400],"device":{"type":"touch","dpr":1e999},"strokes":[]}',
    '{"box":[1000,400],"device":{"type":"pen","dpr":2},"strokes":' + "[" * 900 + "]" * 900 + "}",
    json.dumps(
        {"box": [1000, 400], "device": {"type": "pen", "dpr": 2}, "strokes": [[[10**30, -1, True, None]] * 500]}
    ),
]
value = some.one_of(
    some.sampled_from(STRANGE), some.sampled_from(STROKES), some.text(max_size=40), some.integers().map(str)
)
NAMES = [
    "text", "about", "own", "words", "reason", "step", "page", "key", "disclosure", "answers", "way", "typed", "strokes", "username", "password", "login",
    "pin", "next", "field", "side", "levels", "amount", "decision", "language", "text_size", "theme", "item", "mode", "at", "on_day", "on_month",
    "on_year", "born_day", "born_month", "born_year", "number", "system", "clinic", "given_name", "file", "party", "device", "said", "record", "release",
    "plan", "right", "read", "code", "q", "o", "p", "_popup", "action", "csrfmiddlewaretoken", "documents",
]  # fmt: skip
name = some.one_of(some.sampled_from(NAMES), some.text(string.printable, min_size=1, max_size=12))
pairs = some.lists(some.tuples(name, value), max_size=12)
METHODS = [
    "GET",
    "POST",
    "POST",
    "POST",
    "POST",
    "HEAD",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "TRACE",
    "PROPFIND",
    "get",
    "X" * 30,
]
FORM = "application/x-www-form-urlencoded"
KINDS = [
    *[FORM] * 8, *["multipart/form-data; boundary=b"] * 4, "multipart/form-data", "application/json", "text/plain", "", "x",
    f"{FORM}; charset=utf-16", f"{FORM}; charset=nowhere", "text/html; charset=\xff",
]  # fmt: skip
HEADERS = {
    "Accept-Language": value, "Accept": value, "Origin": value, "Referer": value, "X-Requested-With": some.just("walk"), "Content-Length": some.just("-1"),
    "Host": some.sampled_from(["localhost", "evil.example", "", "a b", "localhost:99999999", "[::1"]), "If-Modified-Since": value, "Range": value,
    "Content-Encoding": some.just("gzip"), "X-Forwarded-For": value, "X-Http-Method-Override": value, "Cookie": value.map(lambda word: f"device={word}"),
}  # fmt: skip
headers = some.dictionaries(some.sampled_from(list(HEADERS)), some.none(), max_size=2).flatmap(
    lambda chosen: some.fixed_dictionaries({each: HEADERS[each] for each in chosen})
)


letters = some.fixed_dictionaries(
    {
        "method": some.sampled_from(METHODS), "kind": some.sampled_from(KINDS), "headers": headers, "query": some.one_of(some.just([]), some.just([]), pairs),
        # Fields of the page's own form to spoil, and more that it does not have.
        "spoilt": some.lists(some.tuples(some.integers(0, 99), value), min_size=1, max_size=6), "more": some.one_of(some.just([]), pairs),
        "stranger": some.sampled_from([False, False, False, True]), "lost": some.sampled_from([False] * 7 + [True]),
    }
)  # fmt: skip


def encoded(kind, said):
    """A body of this kind, as well as that can be done."""
    if kind.startswith("multipart"):
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="{key}"{file_of(key)}\r\n\r\n{word}\r\n' for key, word in said
        ]
        return ("".join(parts) + "--b--\r\n").encode(errors="surrogatepass")
    if kind == "application/json":
        return json.dumps(said).encode()
    return urlencode(said, errors="surrogatepass").encode()


def file_of(key):
    return '; filename="../x\\"y.pdf"' if key == "file" else ""


# --- who sends it ----------------------------------------------------------------------------------------------------


class House:
    """One consent on its way, one at its end, browsers of all who might try, and every form that its pages hold."""

    def __init__(self):
        self.done, self.open = a_full_episode(), people.an_episode("checklist")
        here = {"uuid": self.open.pk, "tablet": self.open.handovers.first().pk, "key": "checklist"}
        known = [*every(**known_of(self.done)), *every(**{**known_of(self.done), **here})]
        paths = dict.fromkeys(path for _, path in known)
        self.ours = [path for path in paths if not path.startswith("/back-office/")]
        self.paths = [*self.ours, *self.ours, *paths]
        self.lost = [path for _, path in every()]
        self.forms = self.read_forms()

    def read_forms(self):
        """{where it goes: [(field, value)]} of all forms on all pages, as those see them whose pages they are."""
        found = {}
        for path in self.ours:
            point = transaction.savepoint()
            page = self.browser(whose(path)).get(path)
            transaction.savepoint_rollback(point)
            text = "" if page.streaming else page.content.decode()
            for attributes, body in re.findall(r"<form\b([^>]*)>(.*?)</form>", text, re.DOTALL):
                action = re.search(r'action="([^"?#]+)', attributes)
                fields = re.findall(
                    r'<(?:input|select|textarea|button)\b[^>]*\bname="([^"]+)"(?:[^>]*?\bvalue="([^"]*)")?', body
                )
                found.setdefault(action[1] if action else path, fields[:100])
        return found

    def browser(self, who):
        client = Client(raise_request_exception=False)
        if who == "nobody":
            return client
        if who == "a superuser":
            people.User.objects.filter(username="ada").update(is_staff=True, is_superuser=True)
            return people.signed_in(client, "ada")
        if not who.startswith("a tablet"):
            return people.signed_in(client, who)
        episode = self.done if who.endswith("end") else self.open
        session = client.session
        session["hand_over"] = str(HandOver.objects.filter(episode=episode).latest("pk").pk)
        session["language"] = "en"
        session.save()
        return client


def whose(path):
    """Who comes furthest at this address."""
    if path.startswith("/p/"):
        return "a tablet"
    return (
        "a superuser"
        if path.startswith("/back-office/")
        else "ada"
        if path.startswith(("/desk/", "/account/"))
        else "nobody"
    )


@pytest.fixture
def house():
    return House()


def reproduction(who, method, path, kind, sent, more):
    return f"{who}: {method} {path!r} content_type={kind!r} body={sent[:2000]!r} headers={more!r}"


def hammered(house, requests):
    """Addresses take turns, so that each gets its share; [reproduction] of every fault."""
    faults, answers, seen = [], set(), []

    @settings(
        max_examples=requests, derandomize=True, database=None, deadline=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(letters)
    def hammer(letter):
        paths = house.lost if letter["lost"] else house.paths
        path = paths[len(seen) * STEP % len(paths)]
        who = WHO[len(seen) % len(WHO)] if letter["stranger"] else whose(path)
        seen.append(path)
        point = transaction.savepoint()
        try:
            status, told = tried(house, who, path, letter)
            answers.add(status)
            faults.extend([told] if status >= 500 else [])
        finally:
            transaction.savepoint_rollback(point)

    hammer()
    assert set(house.paths) <= set(seen) or faults, "not every address has had its share"
    assert answers >= {200, 302, 400, 403, 404, 405, 422} or faults, "pages behind the first door are not reached"
    return faults


def tried(house, who, path, letter):
    said = list(house.forms.get(path, []))
    for at, word in letter["spoilt"]:
        if said:
            said[at % len(said)] = (said[at % len(said)][0], word)
    sent = encoded(letter["kind"], said + letter["more"])
    path += f"?{urlencode(letter['query'], errors='surrogatepass')}" if letter["query"] else ""
    more = {key: word.encode(errors="replace").decode("latin-1") for key, word in letter["headers"].items()}
    response = house.browser(who).generic(letter["method"], path, sent, content_type=letter["kind"], headers=more)
    return response.status_code, reproduction(who, letter["method"], path, letter["kind"], sent, more)


def test_two_thousand_requests_break_nothing(house):
    assert hammered(house, FEW) == []


@pytest.mark.long
def test_twenty_thousand_requests_break_nothing(house):
    assert hammered(house, MANY) == []


# --- the drawing of a signature ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("bomb", [
    "[" * 100_000, '{"strokes":' * 100_000, "[" * 100_000 + "]" * 100_000, '"' + "\\u0000" * 100_000 + '"', "9" * 100_000, "1e" + "9" * 5_000, "-",
    '{"box":[1000,400],"device":{"type":"pen","dpr":2},"strokes":[' + ",".join(["[[1,1,1,1]]"] * 40_000) + "]}",
    '{"box":[1000,400],' * 2 + '"device":{}}', json.dumps({str(n): n for n in range(20_000)}), "\ufeff{}", "NaN", "null", "\ud800",
], ids=range(14))  # fmt: skip
def test_a_bomb_in_place_of_a_drawing_is_refused(client, bomb):
    client.raise_request_exception = False
    episode = people.an_episode("sign")
    walk = people.walk_of(episode)
    people.a_tablet(client, episode)
    said = {
        "key": "k",
        "disclosure": walk.disclosure.digest,
        "answers": walk.answers_digest,
        "way": "drawn",
        "typed": "",
        "strokes": bomb,
    }
    body = urlencode(said, errors="surrogatepass").encode()
    response = client.post(reverse("walk:sign"), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code == 422
    assert not episode.signatures.exists()
