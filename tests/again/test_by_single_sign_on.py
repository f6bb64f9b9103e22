"""Single sign-on proves who one is: the same person, asked anew, for the list that was shown; each is still signed singly."""

import json
import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from consent import policy, sittings
from consent.models import Proof, Sitting
from consent.staff.models import User
from tests import people
from tests.again.test_idle_lock import idle
from tests.again.test_proofs import countersigned, sign_here
from tests.identity.provider import BEGIN
from tests.identity.test_single_sign_on import NINA, nina, other_key, provider, running  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db
TODAY = "/desk/"


@pytest.fixture
def there(client, provider, monkeypatch):  # noqa: F811
    """Nina the clinician has come by single sign-on, and her desk was locked since."""
    that_says_when_it_asked(provider, monkeypatch)
    provider.sign_in(client, "nina")
    client.get(TODAY)
    sittings.unlock(sitting=Sitting.objects.get())
    return provider


def that_says_when_it_asked(provider, monkeypatch):  # noqa: F811
    """The provider of the tests does not say it by itself. `claims` are what it says in place of its own."""
    key, claims = other_key(), {"auth_time": lambda: int(time.time())}
    monkeypatch.setattr("consent.identity.single.Adapter.key_of", lambda self, token: key.public_key())

    def tamper(answer):
        said = jwt.decode(answer["id_token"], options={"verify_signature": False})
        said = {**said, **{name: value() if callable(value) else value for name, value in claims.items()}}
        said = {name: value for name, value in said.items() if value is not None}
        return json.dumps({**answer, "id_token": jwt.encode(said, key, algorithm="RS256")}).encode()

    provider.tamper, provider.claims = tamper, claims
    provider.says("nina", **{**NINA, "roles": ["clinician"]})
    provider.says("omar", **{**NINA, "preferred_username": "omar", "roles": ["clinician"]})


def listed(client, *episodes):
    """The button under the list: the address of the page on the way out."""
    picked = {"one": [each.pk for each in episodes]}
    shown = [each["digest"] for each in client.get(reverse("desk:sign-several"), picked).context["ready"]]
    return client.post(reverse("desk:sign-elsewhere"), {**picked, "shown": shown}).url


def out(client, leave):
    """The address at the provider that the page on the way leads to."""
    return client.get(client.get(leave).context["way"]).url


def returned(client, provider, url, sub="nina"):  # noqa: F811
    """The provider asks who it is, and sends the browser back. Our answer to what came."""
    back = urlsplit(provider.send_back(url, sub))
    return client.get(f"{back.path}?{back.query}")


def there_and_back(client, provider, *episodes, sub="nina"):  # noqa: F811
    answer = returned(client, provider, out(client, listed(client, *episodes)), sub)
    return client.get(answer.url)


# --- at the signature ------------------------------------------------------------------------------------------------


def test_it_signs_each_of_the_list_singly(client, there):
    two = [people.a_signed(), people.a_signed()]
    url = there_and_back(client, there, *two).url
    assert [countersigned(each) for each in two] == [0, 0]
    page = client.get(url)
    assert "Countersign, 1 of 2" in page.content.decode()
    assert not page.context["form"].asks
    url = sign_here(client, url).url
    assert sign_here(client, url).status_code == 302
    assert [countersigned(each) for each in two] == [1, 1]
    assert {each.signatures.get(meaning="explained").method for each in two} == {"single_sign_on"}
    assert Proof.objects.count() == 1


def test_the_page_of_one_consent_leads_the_same_way(client, there):
    episode = people.a_signed()
    page = client.get(reverse("desk:countersign", args=[episode.pk]))
    assert "Prove it by Example Trust" in page.content.decode()
    sent = {"one": episode.pk, "shown": page.context["shown"]}
    leave = client.post(reverse("desk:sign-elsewhere"), sent).url
    url = client.get(returned(client, there, out(client, leave)).url).url
    assert sign_here(client, url).status_code == 302
    assert countersigned(episode) == 1


def test_it_is_asked_anew_with_state_nonce_and_challenge(client, there):
    page = client.get(listed(client, people.a_signed()))
    assert page.headers["Refresh"] == f"0; url={page.context['way']}"
    asked = parse_qs(urlsplit(client.get(page.context["way"]).url).query)
    assert (asked["prompt"], asked["max_age"], asked["code_challenge_method"]) == (["login"], ["0"], ["S256"])
    assert min(len(asked[name][0]) for name in ("state", "nonce", "code_challenge")) >= 16


def test_the_session_stays_the_same_and_so_does_its_sitting(client, there):
    key = client.session.session_key
    there_and_back(client, there, people.a_signed())
    assert client.session.session_key == key
    assert Sitting.objects.get().session_id == key


def test_going_out_alone_proves_nothing(client, there):
    episode = people.a_signed()
    leave = listed(client, episode)
    out(client, leave)
    url = client.get(leave.replace("/leave/", "/back/")).url
    page = client.get(url)
    assert page.context["form"].asks
    assert "Nothing is signed yet" in page.content.decode()
    assert sign_here(client, url).status_code == 422
    assert not countersigned(episode)
    assert Sitting.objects.get().wrong == 0


@pytest.mark.parametrize("known", [False, True])
def test_somebody_else_coming_back_proves_nothing_and_is_a_wrong_try(client, there, known):
    episode = people.a_signed()
    if known:
        there.sign_in(Client(), "omar")
    url = there_and_back(client, there, episode, sub="omar").url
    assert "Somebody else came back" in client.get(url).content.decode()
    assert sign_here(client, url).status_code == 422
    assert not countersigned(episode)
    assert Sitting.objects.get(session__user=nina()).wrong == 1
    assert client.session["_auth_user_id"] == str(nina().pk)
    assert User.objects.filter(username="omar").exists() == known


def test_the_fifth_somebody_else_ends_the_session(client, there):
    leave = listed(client, people.a_signed())
    answers = [client.get(returned(client, there, out(client, leave), "omar").url) for _turn in range(5)]
    assert [each.status_code for each in answers] == [302] * 4 + [403]
    assert client.get(TODAY).url.startswith(reverse("sign-in"))


def test_the_same_subject_of_another_issuer_is_somebody_else(client, there):
    """Nina is known as omar elsewhere; the omar of this provider is not Nina."""
    SocialAccount.objects.create(user=nina(), provider="https://other.example", uid="omar")
    leave = listed(client, people.a_signed())
    client.get(returned(client, there, out(client, leave), "omar").url)
    assert Proof.objects.get().made_at is None
    assert Sitting.objects.get().wrong == 1


@pytest.mark.parametrize(
    "at",
    [None, 0, "now", True, lambda: time.time() - 120, lambda: time.time() + 3600, float("nan")],
    ids=["none", "long ago", "a word", "yes", "two minutes ago", "to come", "no number"],
)
def test_a_provider_that_does_not_say_it_just_asked_is_not_believed(client, there, at):
    episode = people.a_signed()
    there.claims["auth_time"] = at
    leave = listed(client, episode)
    answer = returned(client, there, out(client, leave))
    assert answer.status_code == 403
    assert "did not ask you again" in answer.content.decode()
    url = client.get(leave.replace("/leave/", "/back/")).url
    assert sign_here(client, url).status_code == 422
    assert not countersigned(episode)


def test_the_same_answer_twice_proves_once(client, there):
    leave = listed(client, people.a_signed())
    back = urlsplit(there.send_back(out(client, leave), "nina"))
    landing = client.get(f"{back.path}?{back.query}").url
    client.get(landing)
    Proof.objects.update(used_at=None)
    assert client.get(f"{back.path}?{back.query}").status_code == 403
    client.get(landing)
    assert Proof.objects.get().used_at is None


def test_an_answer_for_one_list_proves_no_other(client, there):
    first, second = listed(client, people.a_signed()), listed(client, people.a_signed())
    returned(client, there, out(client, first))
    client.get(second.replace("/leave/", "/back/"))
    client.get(first.replace("/leave/", "/back/"))
    assert not Proof.objects.exclude(used_at=None).exists()


def test_an_answer_that_waited_for_more_than_a_minute_proves_nothing(client, there):
    landing = returned(client, there, out(client, listed(client, people.a_signed()))).url
    session = client.session
    kept = session["came_back_from_single_sign_on"]
    session["came_back_from_single_sign_on"] = {**kept, "at": kept["at"] - 61}
    session.save()
    client.get(landing)
    assert Proof.objects.get().used_at is None


def test_signing_in_is_no_proof(client, there):
    leave = listed(client, people.a_signed())
    landing = leave.replace("/leave/", "/back/")
    there.sign_in(client, "nina", next=landing)
    assert client.get(landing).status_code == 403  # another session, and none of its lists
    assert not Proof.objects.exclude(used_at=None).exists()


def test_one_that_changed_meanwhile_is_not_signed(client, there):
    episode = people.a_signed()
    leave = listed(client, episode)
    url = out(client, leave)
    people.discuss(episode)
    people.countersign(episode, "finn")
    page = client.get(client.get(returned(client, there, url).url).url, follow=True)
    assert f"{episode.number} has changed" in page.content.decode()
    assert not episode.signatures.filter(method="single_sign_on").exists()


def test_a_list_that_was_not_shown_is_not_kept(client, there):
    sent = {"one": people.a_signed().pk, "shown": "f" * 64}
    assert client.post(reverse("desk:sign-elsewhere"), sent).status_code == 409
    assert not Proof.objects.exists()


def test_who_has_no_role_any_more_signs_nothing_and_is_signed_out(client, there):
    episode = people.a_signed()
    there.says("nina", **{**NINA, "roles": []})
    answer = returned(client, there, out(client, listed(client, episode)))
    assert "You have no role here" in answer.content.decode()
    assert client.get(TODAY).url.startswith(reverse("sign-in"))
    assert not countersigned(episode)


def test_where_the_policy_does_not_name_it_it_signs_nothing(client, there, monkeypatch):
    strict = policy.current().model_copy(update={"signing_again": ["password", "passkey"]})
    monkeypatch.setattr(policy, "current", lambda: strict)
    episode = people.a_signed()
    page = client.get(reverse("desk:countersign", args=[episode.pk]))
    assert reverse("desk:sign-elsewhere") not in page.content.decode()
    answer = there_and_back(client, there, episode)
    assert answer.status_code == 403
    assert not countersigned(episode)


def test_whom_single_sign_on_does_not_vouch_for_is_not_sent_there(there):
    ada = people.signed_in(Client(), "ada")
    episode = people.a_signed()
    page = ada.get(reverse("desk:countersign", args=[episode.pk])).content.decode()
    assert "Example Trust" not in page
    url = there_and_back(ada, there, episode, sub="nina")
    assert url.status_code == 403
    assert not countersigned(episode)


# --- at the lock -----------------------------------------------------------------------------------------------------


def at_the_lock(client, url=TODAY):
    idle()
    page = client.get(url)
    assert page.status_code == 403
    return page.context["elsewhere"]


def test_it_unlocks_and_leads_to_where_they_were(client, there):
    url = f"{TODAY}?show=questions"
    landing = returned(client, there, client.get(at_the_lock(client, url)).url).url
    assert client.get(landing).url == url
    assert client.get(TODAY).status_code == 200
    assert Sitting.objects.get().proved_at is None


def test_a_kept_form_stays_kept(client, there):
    episode = people.a_released()
    idle()
    page = client.post(reverse("desk:refuse", args=[episode.pk]), {"words": "She wants to wait"})
    landing = returned(client, there, client.get(page.context["elsewhere"]).url).url
    assert client.get(landing).url == reverse("desk:kept")
    assert "She wants to wait" in client.get(reverse("desk:kept")).content.decode()
    episode.refresh_from_db()
    assert episode.status != "refused"


def test_somebody_else_unlocks_nothing(client, there):
    landing = returned(client, there, client.get(at_the_lock(client)).url, "omar").url
    client.get(landing)
    page = client.get(TODAY)
    assert page.status_code == 403
    assert "Somebody else came back" in page.content.decode()
    assert Sitting.objects.get().wrong == 1


def test_a_stale_answer_unlocks_nothing(client, there):
    there.claims["auth_time"] = lambda: time.time() - 3600
    assert returned(client, there, client.get(at_the_lock(client)).url).status_code == 403
    assert client.get(TODAY).status_code == 403


def test_nothing_came_back_unlocks_nothing(client, there):
    at_the_lock(client)
    client.get(reverse("desk:unlock-elsewhere"))
    assert client.get(TODAY).status_code == 403
    assert Sitting.objects.get().wrong == 0


def test_it_leads_to_no_other_site(client, there):
    idle()
    landing = f"{reverse('desk:unlock-elsewhere')}?next=//evil.example/"
    answer = returned(client, there, client.get(BEGIN, {"proves": "yes", "next": landing}).url)
    assert client.get(answer.url).url == TODAY


def test_the_cover_leads_there_in_a_tab_of_its_own(client, there):
    page = client.get(TODAY).content.decode()
    assert 'target="_blank"' in page
    assert "Prove it by Example Trust" in page
