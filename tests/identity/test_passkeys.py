"""Passkeys in a real Chromium with a virtual device: made, used without a name, refused when the device does not know its owner."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as ours
from django.test import Client
from django.urls import reverse
from playwright.sync_api import sync_playwright

from consent.staff.models import User
from tests import people
from tests.identity.ways import factors, sign_in
from tests.journeys.conftest import AXE, RULES

JS = (ours.BASE_DIR / "static/js/passkey.js").read_text(encoding="utf-8")


# --- in the browser --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
        yield browser
        browser.close()


class Browser:
    """A browser with a device that keeps passkeys."""

    def __init__(self, page, url):
        self.page, self.url = page, url
        self.device = page.context.new_cdp_session(page)
        self.device.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }  # fmt: skip
        self.id = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def knows_its_owner(self, yes):
        self.device.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})

    def kept(self):
        return self.device.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]

    def go(self, path):
        self.page.goto(self.url + path)

    def look(self):
        """axe's opinion of this page."""
        self.page.evaluate(AXE + ";0")
        run = "rules => axe.run(document, {runOnly: rules}).then(found => found.violations.map(each => each.id))"
        assert self.page.evaluate(run, RULES) == [], self.page.url

    def press(self, name):
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name).click()

    def by_password(self, username):
        self.go("/sign-in/")
        self.page.fill("[name=username]", username)
        self.page.fill("[name=password]", people.PASSWORD)
        self.press("Sign in")

    def at(self, path):
        self.page.wait_for_url(self.url + path)
        return True


@pytest.fixture
def browser(chromium, live_server, transactional_db):
    people.hospital()
    context = chromium.new_context()
    context.set_default_timeout(30_000)
    page, violations = context.new_page(), []
    page.on("console", lambda said: violations.append(said.text) if "Content Security Policy" in said.text else None)
    yield Browser(page, live_server.url.replace("127.0.0.1", "localhost"))
    context.close()
    assert violations == []


@pytest.mark.browser
def test_a_passkey_is_made_and_signs_in_without_a_name(browser, settings):
    settings.SECOND_FACTOR = True
    browser.by_password("bo")
    assert browser.at("/account/")
    browser.look()
    browser.page.get_by_role("link", name="Add a passkey").click()
    browser.page.wait_for_load_state()
    browser.look()
    browser.page.get_by_label("What you call it").fill("my telephone")
    browser.press("Make the passkey")
    assert browser.at(reverse("mfa_view_recovery_codes"))
    browser.look()
    assert [each["isResidentCredential"] for each in browser.kept()] == [True]
    browser.go("/desk/")
    browser.press("Sign out")
    assert browser.at("/sign-in/")
    browser.look()

    browser.knows_its_owner(False)
    browser.page.get_by_role("button", name="Use a passkey").click()
    browser.page.get_by_text("No passkey was used").wait_for()

    browser.knows_its_owner(True)
    browser.press("Use a passkey")
    assert browser.at("/desk/")
    assert "Bo Example" in browser.page.inner_text("header")

    browser.go("/account/")
    assert "my telephone" in browser.page.inner_text("main")
    assert browser.page.get_by_text("not used yet").count() == 0
    refused_when_closed(browser)


@pytest.mark.browser
def test_a_passkey_brings_the_tablet_back_and_lets_staff_step_in(browser):
    browser.by_password("bo")
    browser.go(reverse("mfa_add_webauthn"))
    browser.press("Make the passkey")
    episode = people.a_released()
    browser.go(reverse("desk:hand-over", args=[episode.pk]))
    for control in ("input[name=said][value=said]", "input[name=free]"):
        browser.page.locator(f"main {control}").check(force=True)
    browser.page.locator("main .btn-big").click()
    browser.page.wait_for_url("**/p/**")

    User.objects.update(signed_in_at=None)
    browser.go("/p/staff/")
    browser.look()
    browser.press("Use your passkey")
    assert browser.at("/p/staff/bedside/")
    assert people.user("bo").signed_in_at  # the device knows its owner: that is signing in in full
    browser.go("/p/back/")
    browser.look()
    browser.press("Use your passkey")
    assert browser.at(f"/desk/episodes/{episode.pk}/")
    assert not episode.handovers.filter(taken_back_at=None).exists()


def refused_when_closed(browser):
    """The same device, after the account was closed and its sessions with it."""
    User.objects.filter(username="bo").update(is_active=False)
    browser.go("/sign-in/")
    browser.press("Use a passkey")
    assert "This account is closed" in browser.page.inner_text("main")
    browser.go("/desk/")
    assert browser.page.url.startswith(browser.url + "/sign-in/")


@pytest.mark.browser
def test_after_a_password_a_passkey_is_the_second_step(browser):
    browser.by_password("bo")
    browser.go(reverse("mfa_add_webauthn"))
    browser.press("Make the passkey")
    browser.go("/desk/")
    browser.press("Sign out")
    browser.by_password("bo")
    assert browser.at(reverse("mfa_authenticate"))
    browser.look()
    browser.press("Use a passkey")
    assert browser.at("/desk/")


# --- what is handed in by hand ---------------------------------------------------------------------------------------

NONSENSE = [
    "", "null", "[]", "{}", "7", '"x"', "[" * 15_000, '{"response": []}', '{"id": "a", "rawId": "b", "response": {}}',
    '{"rawId": "AA", "response": {"clientDataJSON": "AA"}}', '{"rawId": 7, "response": 7}', "x" * 100_000, "\ud800",
    json.dumps({"rawId": "AA", "response": {"clientDataJSON": "W10", "authenticatorData": "", "signature": "", "userHandle": ""}}),
    json.dumps({"rawId": "AA", "response": {"clientDataJSON": "W10", "attestationObject": "oA"}}),
    json.dumps({"rawId": "AA", "response": {"clientDataJSON": "e30", "attestationObject": "n5-f" * 2000}}),
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("given", NONSENSE, ids=range(len(NONSENSE)))
def test_nonsense_is_no_passkey(client, given):
    client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"})
    given = given.encode("utf-8", "surrogatepass")
    sent = b"credential=" + given.replace(b"+", b"%2B")
    form = "application/x-www-form-urlencoded"
    answer = client.post(reverse("mfa_login_webauthn"), sent, content_type=form)
    assert answer.url == f"{reverse('sign-in')}?passkey=no"
    sign_in(client)
    client.get(reverse("mfa_add_webauthn"))
    assert client.post(reverse("mfa_add_webauthn"), sent, content_type=form).status_code == 200
    assert factors() == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["walk:back-by-passkey", "walk:staff-by-passkey"])
@pytest.mark.parametrize("given", ["", "{}", NONSENSE[13]])
def test_no_passkey_unlocks_no_tablet(client, name, given):
    people.a_tablet(client, people.a_released())
    client.get(reverse(name))
    page = client.post(reverse(name), {"credential": given})
    assert page.status_code == 403
    assert "That passkey does not open this" in page.content.decode()
    assert client.get("/desk/").url == reverse("walk:back-to-staff")
    assert client.get(reverse("walk:bedside")).url == reverse("walk:staff")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["walk:back-by-passkey", "walk:staff-by-passkey"])
def test_a_passkey_of_another_clinic_unlocks_no_tablet(client, name, monkeypatch):
    monkeypatch.setattr("consent.identity.passkeys.user_of", lambda answer: people.user("chidi"))
    people.a_tablet(client, people.a_released())
    assert client.post(reverse(name), {"credential": "its answer"}).status_code == 404
    assert client.get("/desk/").url == reverse("walk:back-to-staff")


@pytest.mark.django_db
def test_everybody_is_asked_the_same(client):
    Authenticator.objects.create(user=people.user("bo"), type="webauthn", data={"name": "x", "credential": {}})
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()["request_options"]
    assert asked["publicKey"]["allowCredentials"] == []
    assert asked["publicKey"]["userVerification"] == "required"
    other = (
        Client().get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()["request_options"]
    )
    assert other["publicKey"]["challenge"] != asked["publicKey"]["challenge"]


@pytest.mark.django_db
def test_passkeys_are_bound_to_the_name_that_the_settings_say(client, settings):
    settings.PASSKEY_DOMAIN = "consent.example"
    asked = client.get(reverse("mfa_login_webauthn"), headers={"accept": "application/json"}).json()["request_options"]
    assert asked["publicKey"]["rpId"] == "consent.example"


@pytest.mark.django_db
def test_nobody_takes_away_a_colleagues_passkey(client):
    theirs = Authenticator.objects.create(
        user=people.user("ada"), type="webauthn", data={"name": "x", "credential": {}}
    )
    sign_in(client)
    assert client.post(reverse("mfa_remove_webauthn", args=[theirs.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=theirs.pk).exists()


@pytest.mark.django_db
def test_the_last_passkey_stays_where_one_is_required(client, settings):
    own = Authenticator.objects.create(user=people.user("bo"), type="webauthn", data={"name": "x", "credential": {}})
    people.signed_in(client, "bo")
    client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})
    settings.SECOND_FACTOR = True
    client.post(reverse("mfa_remove_webauthn", args=[own.pk]))
    assert factors() == {"webauthn"}
    settings.SECOND_FACTOR = False
    client.post(reverse("mfa_remove_webauthn", args=[own.pk]))
    assert factors() == set()


def test_the_script_keeps_nothing_and_asks_nobody_else():
    assert "Storage" not in JS
    assert "http" not in JS
    assert len(JS) < 4_000
