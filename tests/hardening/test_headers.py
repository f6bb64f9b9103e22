"""What every answer tells the browser: each address of the table, by whoever asks, error pages and static files too."""

import pytest
from django.test import Client
from django.urls import reverse

from consent import headers
from tests import people
from tests.hardening.addresses import a_full_episode, every, known_of

pytestmark = pytest.mark.django_db
HERE = {"headers": {"host": "localhost"}}


@pytest.fixture
def nobody(client):
    client.raise_request_exception = False
    return client


def lacking(response, path):
    """What this answer should say and does not."""
    said = response.headers
    wanted = {**headers.HEADERS, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    if path.startswith(headers.PATIENTS):
        wanted["Referrer-Policy"] = "no-referrer"
    if said.get("Content-Disposition", "").startswith("attachment"):
        wanted["Content-Security-Policy"] = headers.FILE["Content-Security-Policy"]
    if path.startswith("/static/"):
        del wanted["Cache-Control"]
    return [name for name, value in wanted.items() if value not in said.get(name, "")]


@pytest.mark.parametrize("who", ["nobody", "ada", "a superuser", "a tablet"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_address_says_all_of_it(nobody, who, method):
    episode = a_full_episode()
    found = {}
    for name, path in every(**known_of(episode)):
        browser = dressed(nobody, who, episode)
        response = getattr(browser, method)(path, **HERE)
        if missing := lacking(response, path):
            found[name] = (response.status_code, missing)
    assert found == {}


def dressed(client, who, episode):
    """Anew for each address: some of them end the session."""
    if who == "ada":
        return people.signed_in(client, "ada")
    if who == "a superuser":
        user = people.user("ada")
        user.is_staff = user.is_superuser = True
        user.save()
        client.force_login(user)
    if who == "a tablet":
        session = client.session
        session["hand_over"] = str(episode.handovers.first().pk)
        session.save()
    return client


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/p/nowhere/", "/static/nowhere.css", "/static/css/tokens.css", "/static/"]
)
def test_what_is_not_there_and_what_is_static_say_it_too(nobody, path):
    assert lacking(nobody.get(path, **HERE), path) == []


def test_a_host_that_is_not_ours_is_told_it_too(nobody):
    response = nobody.get("/sign-in/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert lacking(response, "/sign-in/") == []


def test_a_page_that_breaks_says_it_too(nobody, monkeypatch):
    monkeypatch.setattr("consent.desk.worklist.page", lambda *args, **kwargs: 1 / 0)
    people.signed_in(nobody, "ada")
    response = nobody.get("/desk/", **HERE)
    assert response.status_code == 500
    assert lacking(response, "/desk/") == []


def test_a_forged_form_is_told_it_too():
    response = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "bo"}, **HERE)
    assert response.status_code == 403
    assert lacking(response, "/sign-in/") == []


def test_the_policy_on_content_lets_nothing_in_line_and_nothing_from_elsewhere():
    rules = dict(rule.split(" ", 1) for rule in headers.CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == "'none'"
    assert {value for rule in rules.values() for value in rule.split()} <= {"'none'", "'self'", "data:"}
    assert [name for name, value in rules.items() if "data:" in value] == ["img-src"]


def test_no_page_overrules_the_header_that_says_what_browsers_may_tell(client):
    people.a_tablet(client, people.an_episode("before"))
    assert b'name="referrer"' not in client.get(reverse("walk:step", args=["before"])).content


# --- over TLS --------------------------------------------------------------------------------------------------------


def test_over_tls_browsers_are_told_to_stay_there(client):
    said = client.get("/sign-in/", secure=True).headers
    assert said["Referrer-Policy"] == "same-origin"
    assert "no-referrer" in client.get("/p/", secure=True).headers["Referrer-Policy"]


def test_over_plain_http_from_another_machine_forms_still_go_through(client):
    """Browsers say nothing of where a form comes from there, which happens in a demonstration alone."""
    assert client.get("/p/", headers={"host": "testserver"}).headers["Referrer-Policy"] == "same-origin"


# --- forms of our own pages ------------------------------------------------------------------------------------------


@pytest.fixture
def checked():
    """A tablet whose forms are checked as in production, and the secret of its page."""
    browser = Client(enforce_csrf_checks=True)
    people.a_tablet(browser, people.an_episode("matters"))
    page = browser.get(reverse("walk:step", args=["matters"]), **HERE)
    secret = page.content.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    def sent(secret=secret, **said):
        return browser.post(
            reverse("walk:ask"), {"csrfmiddlewaretoken": secret, "text": "Why?"}, headers={"host": "localhost", **said}
        )

    return sent


@pytest.mark.parametrize(
    "said",
    [{"origin": "http://localhost"}, {"origin": "null", "sec-fetch-site": "same-origin"}, {}],
)
def test_a_form_of_our_own_page_is_taken(checked, said):
    assert checked(**said).status_code != 403


@pytest.mark.parametrize(
    "said",
    [
        {"origin": "null"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "same-site"},
        {"origin": "null", "sec-fetch-site": "none"},
        {"origin": "null", "sec-fetch-site": "same-origin, cross-site"},
        {"origin": "http://evil.example"},
        {"origin": "http://evil.example", "sec-fetch-site": "same-origin"},
        {"origin": "http://localhost.evil.example"},
        {"origin": ""},
    ],
)
def test_a_form_from_elsewhere_is_refused(checked, said):
    response = checked(**said)
    assert response.status_code == 403
    assert b"open for too long" in response.content


@pytest.mark.parametrize("secret", ["", "x" * 64, "é"])
def test_without_the_pages_secret_nothing_helps(checked, secret):
    assert checked(secret, origin="null", **{"sec-fetch-site": "same-origin"}).status_code == 403
