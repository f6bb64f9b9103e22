"""A passkey proves who one is: at the signature, for a list, at the lock. Only one's own, only now, only here."""

import pytest
from django.test import Client
from django.urls import reverse
from fido2.utils import websafe_decode

from consent import policy, proving
from consent.models import Proof, Sitting
from tests import people
from tests.again.device import FLAG, HOST, Device
from tests.again.test_idle_lock import idle
from tests.again.test_proofs import countersigned, send, sign_here

pytestmark = pytest.mark.django_db


def at_the_desk(username="ada"):
    return people.signed_in(Client(headers={"host": HOST}), username)


@pytest.fixture
def ada():
    return at_the_desk()


@pytest.fixture
def device(ada):
    return Device()


def asked(client):
    """What the browser is to ask, and the challenge in it."""
    said = client.get(reverse("desk:passkey")).json()["request_options"]["publicKey"]
    return said, websafe_decode(said["challenge"])


def challenge(client):
    return asked(client)[1]


def sign(client, episode, answer, **more):
    return send(client, episode, password="", passkey=answer, **more)


def test_it_signs_from_the_first_on_and_the_record_says_how(ada, device):
    episode = people.a_signed()
    assert sign(ada, episode, device.answer(challenge(ada))).status_code == 302
    signature = episode.signatures.get(meaning="explained")
    assert signature.method == "passkey"
    sitting = Sitting.objects.get()
    assert (sitting.wrong, bool(sitting.proved_at)) == (0, True)


def test_the_record_names_it(ada, device):
    from consent.records import shape

    episode = people.a_signed()
    people.discuss(episode)
    sign(ada, episode, device.answer(challenge(ada)))
    row = shape.parse(bytes(episode.records.order_by("id").last().body)).signatures.rows[-1]
    assert row.how.startswith("Signed with passkey, asked for again at ")


def test_only_this_persons_passkeys_are_asked_for_and_the_device_must_know_them(ada, device):
    other = Device("finn")
    said, _challenge = asked(ada)
    assert [websafe_decode(each["id"]) for each in said["allowCredentials"]] == [device.id]
    assert said["userVerification"] == "required"
    episode = people.a_signed()
    assert sign(ada, episode, other.answer(challenge(ada))).status_code == 422
    assert not countersigned(episode)


WRONG = {
    "nothing of the kind": lambda device, client: '{"response": {}}',
    "not JSON": lambda device, client: "not JSON at all",
    "not asked for": lambda device, client: device.answer(b"c" * 32),
    "the device did not know them": lambda device, client: device.answer(challenge(client), flags=FLAG.UP),
    "made for another site": lambda device, client: device.answer(challenge(client), origin="http://evil.example"),
    "asked in another session": lambda device, client: device.answer(challenge(at_the_desk())),
    "an earlier question": lambda device, client: [device.answer(challenge(client)), asked(client)][0],
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_signs_nothing_and_is_a_wrong_try(ada, device, name):
    episode = people.a_signed()
    answer = WRONG[name](device, ada)
    page = sign(ada, episode, answer)
    assert page.status_code == 422
    assert "That is not your passkey" in page.content.decode()
    assert answer not in page.content.decode()
    assert (countersigned(episode), Proof.objects.count()) == (0, 0)
    assert Sitting.objects.get(session=ada.session.session_key).wrong == 1


def test_an_answer_counts_once(ada, device):
    first, second = people.a_signed(), people.a_signed()
    answer = device.answer(challenge(ada))
    assert sign(ada, first, answer).status_code == 302
    assert sign(ada, second, answer, key="second").status_code == 422
    assert not countersigned(second)


def test_a_wrong_answer_uses_the_question_up(ada, device):
    episode = people.a_signed()
    now = challenge(ada)
    sign(ada, episode, "{}")
    assert sign(ada, episode, device.answer(now)).status_code == 422


def test_five_wrong_ones_end_the_session(ada, device):
    episode = people.a_signed()
    assert [sign(ada, episode, "{}").status_code for _try in range(5)] == [422] * 4 + [403]
    assert ada.get(reverse("desk:today")).url.startswith(reverse("sign-in"))


def test_it_proves_a_list_and_renews_it(ada, device):
    two = [people.a_signed(), people.a_signed()]
    url, picked = reverse("desk:sign-several"), {"one": [each.pk for each in two]}
    shown = [each["digest"] for each in ada.get(url, picked).context["ready"]]
    first = ada.post(url, {**picked, "shown": shown, "passkey": device.answer(challenge(ada))}).url
    second = sign_here(ada, first).url
    Proof.objects.update(used_at=None)
    assert sign_here(ada, second).status_code == 422
    assert sign_here(ada, second, passkey=device.answer(challenge(ada))).status_code == 302
    assert [countersigned(each) for each in two] == [1, 1]


def test_it_unlocks_and_a_wrong_one_does_not(ada, device):
    ada.get(reverse("desk:today"))
    idle()
    page = ada.get(reverse("desk:today"))
    assert (page.status_code, 'name="passkey"' in page.content.decode()) == (403, True)
    assert ada.post(reverse("desk:unlock"), {"passkey": "{}"}).status_code == 422
    assert ada.get(reverse("desk:today")).status_code == 403
    assert ada.post(reverse("desk:unlock"), {"passkey": device.answer(challenge(ada))}).status_code == 302
    assert ada.get(reverse("desk:today")).status_code == 200


def test_where_the_policy_does_not_name_it_it_signs_nothing(ada, device, monkeypatch):
    strict = policy.current().model_copy(update={"signing_again": ["password", "pin"]})
    monkeypatch.setattr(policy, "current", lambda: strict)
    episode = people.a_signed()
    page = ada.get(reverse("desk:countersign", args=[episode.pk])).content.decode()
    assert ('name="passkey"' in page, 'name="cover-passkey"' in page) == (False, True)
    assert sign(ada, episode, device.answer(challenge(ada))).status_code == 422
    assert not countersigned(episode)


def test_who_has_none_is_offered_none(ada):
    page = ada.get(reverse("desk:countersign", args=[people.a_signed().pk])).content.decode()
    assert "passkey" not in page
    assert ada.get(reverse("desk:passkey")).status_code == 404
    assert not proving.METHODS["passkey"].has(people.user("ada"))
