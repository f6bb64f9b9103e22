"""The consent's own page, the trail, the clinician's signature, the sealed files, and checking a file that somebody brings."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from consent import guards
from consent.models import Access, EventPayload, Signature, Status
from consent.records import archive
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db


def to(name, episode, *more):
    return reverse(f"desk:{name}", args=[episode.pk, *more])


def page(client, name, episode, username="ada"):
    return people.signed_in(client, username).get(to(name, episode)).content.decode()


def test_the_whole_story_stands_on_one_page(client):
    episode = people.an_episode("sign")
    question = people.ask(episode)
    people.answer(question)
    people.accept(question)
    people.sign(episode)
    people.discuss(episode)
    people.countersign(episode)
    text = page(client, "episode", episode)
    for words in (
        "LEFT C6",
        "I agree",
        "I explained this",
        question.text,
        "That answers it",
        "Consent, complete",
        "Theo Sample, husband",
        "Valid until",
    ):
        assert words in text


def test_opening_a_consent_is_written_down_with_who(client):
    episode = people.a_draft()
    page(client, "episode", episode, "bo")
    assert Access.objects.get(episode=episode, what="opened").user == people.user("bo")


def test_the_trail_is_checked_as_it_is_shown(client):
    episode = people.a_signed()
    assert "Unbroken" in page(client, "trail", episode, "rae")
    with guards.lifted():
        payload = EventPayload.objects.filter(event__episode=episode).first()
        EventPayload.objects.filter(pk=payload.pk).update(body=b"{}")
    assert "Broken" in page(client, "trail", episode, "rae")


def test_no_kind_of_event_is_left_without_its_words(client):
    episode = people.a_complete()
    text = page(client, "trail", episode)
    assert "_" not in "".join(re.findall(r"<span>([^<]*)</span>", text))


def test_what_stopped_a_walk_is_settled_by_a_clinician(client):
    episode = scenes.held()
    people.signed_in(client, "ada").post(to("settle", episode))
    episode.refresh_from_db()
    assert episode.held_because == ""


def test_a_withdrawal_has_a_record_and_ends_the_consent(client):
    episode = people.a_complete()
    people.signed_in(client, "bo").post(to("withdraw", episode), {"words": "I have thought again."})
    episode.refresh_from_db()
    assert episode.status == Status.WITHDRAWN
    assert episode.records.last().kind == "withdrawal"


def test_new_arrangements_need_no_new_release(client):
    episode = people.a_released()
    data = {
        **scenes.in_parts("planned_on", timezone.localdate()),
        "planned_time": "11.15",
        "room": "7",
        "performer": "Mr Finn Example",
    }
    people.signed_in(client, "bo").post(to("arrange", episode), data)
    episode.refresh_from_db()
    assert (episode.room, episode.planned_time.hour, episode.status) == ("7", 11, Status.READY)
    assert episode.releases.count() == 1


# --- countersigning --------------------------------------------------------------------------------------------------


def test_a_wrong_password_stores_nothing(client):
    episode = people.a_signed()
    data = scenes.countersigned(episode, password="not-it")
    response = people.signed_in(client, "ada").post(to("countersign", episode), data)
    assert response.status_code == 422
    assert "That is not your password" in response.content.decode()
    assert "not-it" not in response.content.decode()
    assert not Signature.objects.filter(meaning="explained").exists()


def test_the_same_page_sent_twice_signs_once(client):
    episode = people.a_signed()
    data = scenes.countersigned(episode)
    ada = people.signed_in(client, "ada")
    assert [ada.post(to("countersign", episode), data).status_code for _ in range(2)] == [302, 302]
    assert Signature.objects.filter(meaning="explained").count() == 1


def test_a_record_that_is_no_longer_the_newest_is_not_signed(client):
    episode = people.a_signed()
    data = scenes.countersigned(episode, record="0" * 64)
    assert people.signed_in(client, "ada").post(to("countersign", episode), data).status_code == 409
    assert not Signature.objects.filter(meaning="explained").exists()


def test_what_is_still_open_stands_where_one_would_sign(client):
    episode = scenes.unsure()
    statement = people.walk_of(episode).section("checklist")["statements"]["why"]
    text = page(client, "countersign", episode)
    assert "Cannot be signed while something is open" in text
    assert statement in text
    data = scenes.countersigned(episode)
    assert people.signed_in(client, "ada").post(to("countersign", episode), data).status_code == 409


def test_signature_and_discussion_make_it_complete(client):
    episode = people.a_signed()
    people.discuss(episode)
    people.signed_in(client, "ada").post(to("countersign", episode), scenes.countersigned(episode))
    episode.refresh_from_db()
    assert episode.status == Status.COMPLETE


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_record_that_is_not_sealed_yet_says_so(client):
    record = people.a_signed().records.get()
    response = people.signed_in(client, "rae").get(reverse("desk:download", args=[record.pk]))
    assert response.status_code == 200
    assert "Not sealed yet" in response.content.decode()


def test_strangers_do_not_learn_of_a_record(client):
    record = people.a_signed().records.get()
    url = reverse("desk:download", args=[record.pk])
    assert client.get(url).url.startswith(reverse("sign-in"))
    assert people.signed_in(client, "chidi").get(url).status_code == 404
    assert people.signed_in(client, "rae").post(url).status_code == 405


def verified(client, data, name="record.pdf"):
    file = SimpleUploadedFile(name, data, "application/pdf")
    return client.post(reverse("desk:verify"), {"file": file})


def test_a_stranger_file_is_a_verdict_and_no_error(client):
    response = verified(people.signed_in(client, "rae"), b"not a pdf at all")
    assert response.status_code == 200
    assert "Do not rely on this file" in response.content.decode()
    assert Access.objects.filter(what="verified").exists()


def test_without_a_file_the_form_asks_for_one(client):
    response = people.signed_in(client, "rae").post(reverse("desk:verify"), {})
    assert response.status_code == 422
    assert "Choose a file" in response.content.decode()


def test_a_file_that_is_too_large_is_not_read(client):
    response = verified(people.signed_in(client, "rae"), b"%PDF-" + bytes(20 * 1024 * 1024))
    assert response.status_code == 422
    assert "larger than 20 MB" in response.content.decode()


@pytest.mark.pdf
def test_a_sealed_record_is_downloaded_verified_and_told_from_a_changed_one(client):
    episode = people.a_complete()
    record = episode.records.get(kind="complete")
    archive.seal_record(record, timezone.now())
    rae = people.signed_in(client, "rae")
    response = rae.get(reverse("desk:download", args=[record.pk]))
    data = b"".join(response.streaming_content)
    assert response["Content-Disposition"] == f'attachment; filename="{episode.number}-complete.pdf"'
    assert Access.objects.filter(episode=episode, what="downloaded").count() == 1

    whole = verified(rae, data).content.decode()
    assert "Genuine and unchanged" in whole
    assert "Not withdrawn." in whole

    middle = len(data) // 2
    changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    assert "Do not rely on this file" in verified(rae, changed).content.decode()

    elsewhere = verified(people.signed_in(client, "chidi"), data).content.decode()
    assert "Genuine and unchanged" in elsewhere
    assert episode.number not in elsewhere

    people.signed_in(client, "bo").post(to("withdraw", episode), {"words": ""})
    late = verified(people.signed_in(client, "rae"), data).content.decode()
    assert "Withdrawn." in late
    assert "verdict stop" in late
