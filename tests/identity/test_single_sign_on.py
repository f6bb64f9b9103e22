"""Single sign-on against a real provider process: who gets in, what they are here each time anew, and what proves nothing."""

import base64
import hashlib
import hmac
import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from consent import accounts, sittings
from consent.models import Event, Sitting
from consent.staff.models import Clinic, Organisation, Session, Site, User
from tests import people
from tests.identity.provider import BEGIN, Provider
from tests.identity.ways import sign_in

pytestmark = pytest.mark.django_db
TODAY = "/desk/"
NINA = {"name": "Nina Example", "preferred_username": "nina", "roles": ["nurse"], "clinics": ["Imaging"]}


@pytest.fixture(scope="module")
def running():
    provider = Provider()
    yield provider
    provider.close()


@pytest.fixture
def provider(running, settings):
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = running.issuer, "plain-consent"
    settings.OIDC_CLIENT_SECRET, settings.OIDC_NAME = "a-secret-of-two", "Example Trust"
    running.tamper = running.sends_on = None
    running.says("nina", **NINA)
    return running


def nina():
    return User.objects.get(username="nina")


# --- getting in ------------------------------------------------------------------------------------------------------


def test_somebody_new_gets_an_account_with_what_the_claims_say(client, provider):
    assert provider.sign_in(client, "nina").url == TODAY
    assert (nina().full_name, nina().roles, nina().is_staff) == ("Nina Example", {"nurse"}, False)
    assert [clinic.name for clinic in nina().clinics.all()] == ["Imaging"]
    assert client.get(TODAY).status_code == 200
    assert nina().signed_in_at
    event = Event.objects.get(kind="account_added", episode=None)
    assert "single-sign-on" in event.actor


def test_who_has_been_here_gets_the_same_account(client, provider):
    provider.sign_in(client, "nina")
    provider.sign_in(Client(), "nina")
    assert SocialAccount.objects.count() == User.objects.filter(username__startswith="nina").count() == 1
    assert Event.objects.filter(kind__startswith="account_").count() == 1


def test_it_leads_to_the_page_that_was_asked_for_and_to_no_other_site(client, provider):
    assert provider.sign_in(client, "nina", next="/desk/prepare/").url == "/desk/prepare/"
    assert provider.sign_in(Client(), "nina", next="https://evil.example/").url == TODAY


def test_no_second_factor_is_asked_for_here(client, provider, settings):
    settings.SECOND_FACTOR = True
    provider.sign_in(client, "nina")
    assert client.get(TODAY).status_code == 200


def test_neither_tokens_nor_claims_nor_addresses_are_kept(client, provider):
    provider.says("nina", **NINA, email="nina@example.org")
    provider.sign_in(client, "nina")
    assert SocialAccount.objects.get().extra_data == {}
    assert not SocialToken.objects.exists()
    assert nina().email == ""


def test_we_ask_with_state_nonce_and_challenge(client, provider):
    asked = parse_qs(
        urlsplit(client.get(BEGIN, {"process": "connect", "scope": "admin", "auth_params": "a=b"}).url).query
    )
    assert asked["code_challenge_method"] == ["S256"]
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 16
    assert set(asked["scope"][0].split()) == {"openid", "profile"}
    assert "a" not in asked


def test_the_code_is_fetched_with_the_answer_to_the_challenge(client, provider):
    """A provider that heeds it gives a stolen code to nobody else."""
    url = client.get(BEGIN).url
    back = urlsplit(provider.send_back(url, "nina"))
    client.get(f"{back.path}?{back.query}")
    answer = hashlib.sha256(provider.asked["code_verifier"][0].encode()).digest()
    challenge = base64.urlsafe_b64encode(answer).rstrip(b"=").decode()
    assert parse_qs(urlsplit(url).query)["code_challenge"] == [challenge]


# --- who is who ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bo", "BO", "Ada"])
def test_a_name_that_is_taken_here_opens_nobody_elses_account(client, provider, name):
    provider.says("stranger", **{**NINA, "preferred_username": name})
    provider.sign_in(client, "stranger")
    user = User.objects.get(socialaccount__uid="stranger")
    assert user.username.startswith("sso-")
    assert people.user("bo").roles == {"nurse"}


def test_an_e_mail_address_links_nobody(client, provider):
    User.objects.filter(username="ada").update(email="ada@example.org")
    provider.says("stranger", **NINA, email="ada@example.org", email_verified=True)
    provider.sign_in(client, "stranger")
    assert User.objects.get(socialaccount__uid="stranger").username != "ada"


@pytest.mark.parametrize("name", ["a b", "x" * 151, "<script>", "", "nina\u202e", 7])
def test_a_name_that_cannot_be_one_of_ours_is_replaced(client, provider, name):
    provider.says("odd", **{**NINA, "preferred_username": name})
    assert provider.sign_in(client, "odd").url == TODAY
    assert User.objects.get(socialaccount__uid="odd").username.startswith("sso-")


def test_signs_that_nobody_sees_do_not_reach_records(client, provider):
    provider.says("odd", **{**NINA, "name": "Nina\u202e\n  Example\x00"})
    provider.sign_in(client, "odd")
    assert User.objects.get(socialaccount__uid="odd").full_name == "Nina Example"


def test_the_same_subject_of_another_provider_is_somebody_else(client, provider):
    other = people.user("bo")
    SocialAccount.objects.create(user=other, provider="https://other.example", uid="nina")
    provider.sign_in(client, "nina")
    assert client.session["_auth_user_id"] != str(other.pk)


# --- what they are here ----------------------------------------------------------------------------------------------


def test_a_role_taken_away_there_is_gone_here_at_the_next_sign_in(client, provider):
    provider.says("nina", **{**NINA, "roles": ["nurse", "clinician"]})
    provider.sign_in(client, "nina")
    assert nina().roles == {"nurse", "clinician"}
    provider.says("nina", **NINA)
    provider.sign_in(Client(), "nina")
    assert nina().roles == {"nurse"}
    assert b'"roles":["nurse"]' in bytes(Event.objects.filter(kind="account_placed").get().payload.body)


def test_clinics_follow_too_and_unknown_ones_are_passed_over(client, provider):
    provider.sign_in(client, "nina")
    provider.says("nina", **{**NINA, "clinics": ["Elsewhere", "Nowhere"]})
    provider.sign_in(Client(), "nina")
    assert [clinic.name for clinic in nina().clinics.all()] == ["Elsewhere"]


def test_a_role_given_here_by_hand_does_not_outlast_the_next_sign_in(client, provider):
    provider.sign_in(client, "nina")
    accounts.place(user=nina(), roles={"clinician"}, clinics=[people.clinic()], by=people.actor("ada"))
    provider.sign_in(Client(), "nina")
    assert nina().roles == {"nurse"}


NOTHING = [{"roles": None}, {"roles": []}, {"roles": ["porter"]}, {"roles": {"nurse": 1}}, {"roles": [["nurse"]]},
           {"clinics": None}, {"clinics": []}, {"clinics": ["Nowhere"]}]  # fmt: skip


@pytest.mark.parametrize("missing", NOTHING, ids=str)
def test_without_a_role_and_a_clinic_nobody_new_gets_in(client, provider, missing):
    provider.says("nina", **without(missing))
    page = provider.sign_in(client, "nina")
    assert page.status_code == 403
    assert "You have no role here" in page.content.decode()
    assert not User.objects.filter(username="nina").exists()
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("missing", NOTHING, ids=str)
def test_who_has_none_left_is_out_everywhere(client, provider, missing):
    provider.sign_in(client, "nina")
    provider.says("nina", **without(missing))
    assert provider.sign_in(Client(), "nina").status_code == 403
    assert nina().roles == set()
    assert not nina().clinics.exists()
    assert not Session.objects.filter(user=nina()).exists()
    assert client.get(TODAY).url.startswith(reverse("sign-in"))


def without(missing):
    return {name: value for name, value in {**NINA, **missing}.items() if value is not None}


def test_who_looks_after_texts_needs_no_clinic(client, provider):
    provider.says("nina", **without({"roles": ["author"], "clinics": None}))
    assert provider.sign_in(client, "nina").url == TODAY


def test_the_providers_own_names_for_roles_are_mapped(client, provider, settings):
    settings.OIDC_ROLES = {"PC-Ward": "nurse", "PC-Odd": "no such role"}
    settings.OIDC_ROLES_CLAIM = "realm_access.roles"
    provider.says("nina", **without({"roles": None}), realm_access={"roles": ["PC-Ward", "PC-Odd", "clinician"]})
    provider.sign_in(client, "nina")
    assert nina().roles == {"nurse"}


def test_a_claim_may_have_dots_in_its_name(client, provider, settings):
    settings.OIDC_ROLES_CLAIM = "https://plain.example/roles"
    provider.says("nina", **without({"roles": None}), **{"https://plain.example/roles": "nurse"})
    provider.sign_in(client, "nina")
    assert nina().roles == {"nurse"}


def test_a_clinic_of_two_hospitals_counts_only_with_its_hospital(client, provider):
    other = Site.objects.create(organisation=Organisation.objects.create(name="Other"), name="Other Example Hospital")
    theirs = Clinic.objects.create(site=other, name="Imaging")
    assert provider.sign_in(client, "nina").status_code == 403
    provider.says("nina", **{**NINA, "clinics": ["Other Example Hospital/Imaging"]})
    provider.sign_in(client, "nina")
    assert list(nina().clinics.all()) == [theirs]


def test_the_local_administrator_is_never_touched(client, provider):
    root = User.objects.create_superuser("root", password=people.PASSWORD, full_name="Break Glass")
    accounts.place(user=root, roles={"administrator"}, clinics=[people.clinic()], by=people.actor("ada"))
    provider.says("root", name="Not Root", preferred_username="root", email="root@example.org")
    assert provider.sign_in(client, "root").status_code == 403
    assert User.objects.get(username="root").roles == {"administrator"}
    assert sign_in(client, "root").url == TODAY


# --- closed ----------------------------------------------------------------------------------------------------------


def test_an_account_closed_here_stays_closed_whatever_the_provider_says(client, provider):
    provider.sign_in(client, "nina")
    accounts.disable(user=nina(), by=people.actor("ada"))
    provider.says("nina", **{**NINA, "roles": ["nurse", "clinician"]})
    page = provider.sign_in(Client(), "nina")
    assert page.status_code == 403
    assert "This account is closed" in page.content.decode()
    assert (nina().is_active, nina().roles) == (False, {"nurse"})


def test_who_comes_by_single_sign_on_comes_in_no_other_way(client, provider):
    provider.sign_in(client, "nina")
    user = nina()
    assert not user.has_usable_password()
    user.set_password(people.PASSWORD)
    user.save()
    browser = Client()
    assert sign_in(browser, "nina").status_code == 403
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("page", ["account_change_password", "mfa_activate_totp", "mfa_add_webauthn"])
def test_and_has_no_password_or_second_factor_to_set_up_here(client, provider, page):
    provider.sign_in(client, "nina")
    assert client.get(reverse(page)).url == "/account/"
    assert client.post(reverse(page), {"code": "1"}).url == "/account/"


def test_they_set_their_pin_after_single_sign_on_has_asked_again(client, provider):
    provider.sign_in(client, "nina")
    session = client.session
    session["account_authentication_methods"] = [
        {**each, "at": each["at"] - 3600} for each in session["account_authentication_methods"]
    ]
    session.save()
    pins = {"pin": "2846", "again": "2846"}
    asked = client.post(reverse("desk:pin"), pins)
    assert asked.url.startswith(BEGIN)
    assert not nina().pin
    assert parse_qs(urlsplit(client.get(asked.url).url).query)["prompt"] == ["login"]
    assert provider.sign_in(client, "nina", again="yes", next=reverse("desk:pin")).url == reverse("desk:pin")
    assert client.post(reverse("desk:pin"), pins).status_code == 302
    assert nina().pin_is("2846")


def test_a_provider_that_did_not_ask_again_is_not_believed(client, provider, monkeypatch):
    key = other_key()
    monkeypatch.setattr("consent.identity.single.Adapter.key_of", lambda self, token: key.public_key())

    def tamper(answer):
        claims = {
            **jwt.decode(answer["id_token"], options={"verify_signature": False}),
            "auth_time": int(time.time()) - 3600,
        }
        return json.dumps({**answer, "id_token": jwt.encode(claims, key, algorithm="RS256")}).encode()

    provider.tamper = tamper
    assert provider.sign_in(client, "nina", again="yes").status_code == 403
    assert provider.sign_in(Client(), "nina").status_code == 403


def with_pin(client, provider):
    """Nina is a clinician, has come by single sign-on, and has a PIN."""
    provider.says("nina", **{**NINA, "roles": ["clinician"]})
    provider.sign_in(client, "nina")
    client.post(reverse("desk:pin"), {"pin": "2846", "again": "2846"})
    return people.a_signed()


def countersign(client, episode):
    url = reverse("desk:countersign", args=[episode.pk])
    form = {name: value for name, value in client.get(url).context["form"].initial.items() if value}
    return client.post(url, {**form, "read": "on", "pin": "2846"})


def test_after_single_sign_on_a_clinician_signs_by_pin(client, provider):
    episode = with_pin(client, provider)
    assert countersign(client, episode).status_code == 302
    assert episode.signatures.filter(meaning="explained").count() == 1


def test_after_an_idle_lock_the_pin_alone_signs_nothing(client, provider, settings):
    episode = with_pin(client, provider)
    sittings.unlock(sitting=Sitting.objects.get(session__user=nina()))
    assert countersign(client, episode).status_code != 302
    assert not episode.signatures.filter(meaning="explained").exists()


def test_who_came_back_from_a_tablet_by_pin_signs_nothing_by_pin(client, provider):
    episode = with_pin(Client(), provider)
    people.a_tablet(client, people.a_released())
    client.post(reverse("walk:back-to-staff"), {"username": "nina", "pin": "2846"})
    assert client.session["_auth_user_id"] == str(nina().pk)
    assert countersign(client, episode).status_code != 302
    assert not episode.signatures.filter(meaning="explained").exists()


def test_who_is_gone_at_the_provider_lives_on_by_pin_until_their_day_is_over(client, provider, settings, monkeypatch):
    settings.DEMO = False
    monkeypatch.setattr("consent.handover.refuse_unapproved", lambda episode: None)
    episode = with_pin(client, provider)
    given = {"username": "nina", "pin": "2846"}
    for hours, status in ((11, 302), (13, 422)):
        User.objects.filter(username="nina").update(signed_in_at=timezone.now() - timedelta(hours=hours))
        browser = people.a_tablet(Client(), episode)
        assert browser.post(reverse("walk:back-to-staff"), given).status_code == status
        assert ("_auth_user_id" in browser.session) is (status == 302)


# --- what proves nothing ---------------------------------------------------------------------------------------------


def other_key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def pem_of(provider):
    key = jwt.PyJWKSet.from_dict(requests.get(f"{provider.issuer}/jwks", timeout=10).json()).keys[0].key
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def named_as(token):
    """The same key named, or none, as in the provider's own token."""
    return {name: value for name, value in jwt.get_unverified_header(token).items() if name == "kid"}


def unsigned(token, claims, provider):
    return jwt.encode(claims, None, algorithm="none", headers=named_as(token))


def changed(token, claims, provider):
    head, _, signature = token.split(".")
    body = jwt.encode({**claims, "roles": ["clinician"]}, "x" * 64).split(".")[1]
    return ".".join((head, body, signature))


def by_another_key(token, claims, provider):
    return jwt.encode(claims, other_key(), algorithm="RS256", headers=named_as(token))


def by_an_unknown_key(token, claims, provider):
    return jwt.encode(claims, other_key(), algorithm="RS256", headers={"kid": "nobody's"})


def by_the_shared_secret(token, claims, provider):
    return jwt.encode(claims, "a-secret-of-two" * 4, algorithm="HS256")


def by_the_public_key_as_a_secret(token, claims, provider):
    """The old trick: the provider's public key, which everybody has, used as if it were a shared secret."""

    def part(value):
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    signed = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.new(pem_of(provider), signed, hashlib.sha256).digest())).decode()


def nonsense(token, claims, provider):
    return "not.a.token"


def nothing(token, claims, provider):
    return ""


@pytest.mark.parametrize(
    "forge",
    [
        unsigned,
        changed,
        by_another_key,
        by_an_unknown_key,
        by_the_shared_secret,
        by_the_public_key_as_a_secret,
        nonsense,
        nothing,
    ],
)
def test_a_token_that_the_provider_did_not_sign_opens_nothing(client, provider, forge):
    def tamper(answer):
        claims = jwt.decode(answer["id_token"], options={"verify_signature": False})
        return json.dumps({**answer, "id_token": forge(answer["id_token"], claims, provider)}).encode()

    provider.tamper = tamper
    refused(client, provider.sign_in(client, "nina"))


def refused(client, page):
    assert page.status_code == 403
    assert "Nothing came back that we can rely on" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert not User.objects.filter(username="nina").exists()


@pytest.mark.parametrize(
    "claim",
    [{"aud": "somebody-else"}, {"iss": "https://other.example"}, {"exp": time.time() - 3600}, {"nonce": "another"},
     {"nonce": None}, {"exp": None}, {"sub": None}, {"azp": "somebody-else"}, {"sub": ""}, {"sub": "x" * 192}, {"iat": None}],
    ids=str,
)  # fmt: skip
def test_a_token_made_for_another_moment_or_another_site_opens_nothing(client, provider, claim, monkeypatch):
    """Signed rightly, by a key that we take for the provider's own."""
    key = other_key()
    monkeypatch.setattr("consent.identity.single.Adapter.key_of", lambda self, token: key.public_key())

    def tamper(answer):
        claims = {**jwt.decode(answer["id_token"], options={"verify_signature": False}), **claim}
        kept = {name: value for name, value in claims.items() if value is not None}
        return json.dumps({**answer, "id_token": jwt.encode(kept, key, algorithm="RS256")}).encode()

    provider.tamper = tamper
    refused(client, provider.sign_in(client, "nina"))


def test_the_same_answer_twice_opens_once(client, provider):
    back = urlsplit(provider.send_back(client.get(BEGIN).url, "nina"))
    assert client.get(f"{back.path}?{back.query}").url == TODAY
    client.post(reverse("sign-out"))
    again = client.get(f"{back.path}?{back.query}")
    assert again.status_code == 403
    assert "_auth_user_id" not in client.session


def test_an_answer_caught_on_the_way_opens_nothing_in_another_browser(client, provider):
    back = urlsplit(provider.send_back(client.get(BEGIN).url, "nina"))
    thief = Client()
    thief.get(BEGIN)
    refused(thief, thief.get(f"{back.path}?{back.query}"))


def test_a_code_put_under_ones_own_state_opens_nothing(client, provider):
    """The thief's own state, the other's code: challenge and nonce do not fit."""
    theirs = parse_qs(urlsplit(provider.send_back(client.get(BEGIN).url, "nina")).query)
    thief = Client()
    mine = parse_qs(urlsplit(thief.get(BEGIN).url).query)
    answer = thief.get(reverse("single-sign-on-back"), {"code": theirs["code"][0], "state": mine["state"][0]})
    refused(thief, answer)


@pytest.mark.parametrize(
    "query", ["", "code=x", "state=x", "code=x&state=y", "error=access_denied", "state=%00&code=%ff"]
)
def test_an_answer_that_was_not_asked_for_opens_nothing(client, provider, query):
    refused(client, client.get(f"{reverse('single-sign-on-back')}?{query}"))


@pytest.mark.parametrize("error", ["access_denied", "server_error", "<script>"])
def test_a_no_of_the_provider_is_a_plain_page(client, provider, error):
    state = parse_qs(urlsplit(client.get(BEGIN).url).query)["state"][0]
    refused(client, client.get(reverse("single-sign-on-back"), {"error": error, "state": state}))


def test_a_provider_that_does_not_answer_is_said_so(client, provider, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    page = client.get(BEGIN)
    assert page.status_code == 503
    assert "Single sign-on does not answer" in page.content.decode()


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/oauth2/token"])
def test_we_are_not_sent_on_to_another_address(client, provider, path):
    url = client.get(BEGIN).url
    back = urlsplit(provider.send_back(url, "nina"))
    provider.sends_on = path
    page = client.get(f"{back.path}?{back.query}")
    assert page.status_code in (403, 503)
    assert "_auth_user_id" not in client.session


def test_a_provider_that_calls_itself_otherwise_is_not_ours(client, provider, settings):
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost") + "/"
    refused(client, client.get(BEGIN))


def test_a_provider_put_into_the_database_counts_for_nothing(client, provider):
    SocialApp.objects.create(provider="openid_connect", provider_id="evil", client_id="x", name="Evil", settings={"server_url": "http://evil.example"})  # fmt: skip
    assert client.get(BEGIN).url.startswith(provider.issuer)


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_offers_it_by_its_name(client, provider):
    page = client.get(f"{reverse('sign-in')}?next=/desk/prepare/").content.decode()
    assert "Sign in with Example Trust" in page
    assert f'href="{BEGIN}?next=/desk/prepare/"' in page


def test_where_there_is_none_nothing_speaks_of_it(client):
    assert BEGIN not in client.get(reverse("sign-in")).content.decode()
    assert client.get(BEGIN).status_code == 404
    assert client.get(reverse("single-sign-on-back")).status_code == 404
