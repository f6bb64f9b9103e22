"""The desk: invite, the code shown once, what has become of each link, and ending it."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import handover, inviting
from consent.desk import standing
from consent.identity import vault
from consent.models import Episode, Invitation
from consent.staff.models import Session
from tests import people
from tests.desk import scenes

pytestmark = pytest.mark.django_db


@pytest.fixture
def bo(client):
    return people.signed_in(client, "bo")


def invite(bo, episode, **more):
    return bo.post(reverse("desk:invite", args=[episode.pk]), scenes.inviting(episode, **more))


def shown(bo, episode, name="episode"):
    return bo.get(reverse(f"desk:{name}", args=[episode.pk])).content.decode()


def code_on(html):
    return html.split('<p class="one-time">')[1].split("</p>")[0].replace(" ", "") if "one-time" in html else ""


def test_the_code_is_shown_once_and_opens_the_link(bo):
    episode = people.a_released()
    assert invite(bo, episode).headers["Location"] == reverse("desk:invited", args=[episode.pk])
    code = code_on(shown(bo, episode, "invited"))
    assert len(code) == 6
    again = shown(bo, episode, "invited")
    assert code not in again
    assert "shown once" in again
    link = vault.unlock(Invitation.objects.get().sealed_link)
    bo.logout()
    made = inviting.Made(Invitation.objects.get(), link, code)
    assert bo.post(people.path_of(made), people.opening(made)).status_code == 303


def test_neither_code_nor_link_lies_readable_in_the_session(bo):
    episode = people.a_released()
    invite(bo, episode, channel="paper", address="")
    kept = Session.objects.get().get_decoded()
    code = code_on(shown(bo, episode, "invited"))
    assert code not in str(kept["shown_once"])
    assert "http" not in str(kept["shown_once"])
    assert "shown_once" not in Session.objects.get().get_decoded()


def test_paper_has_the_link_as_a_picture_and_the_code_is_not_printed(bo):
    episode = people.a_released()
    invite(bo, episode, channel="paper", address="")
    html = shown(bo, episode, "invited")
    before, sheet = html.split("invitation-sheet")
    assert "data:image/svg+xml" in sheet
    assert "http://testserver/c/" in sheet
    assert code_on(html) not in sheet
    assert 'class="unprinted' in before
    assert "Phone us: 01632 960 000." in sheet
    assert "Maria" not in sheet
    assert "nerve" not in sheet


def test_a_printed_sheet_can_be_told_apart_until_its_strip_is_cut_off(bo):
    episode = people.a_released()
    invite(bo, episode, channel="paper", address="")
    sheet, strip = shown(bo, episode, "invited").split("invitation-sheet")[1].split("tear-off")
    assert episode.number not in sheet
    assert episode.number in strip


def test_mail_and_text_show_no_link_to_staff(bo):
    episode = people.a_released()
    invite(bo, episode)
    assert "/c/" not in shown(bo, episode, "invited")


def test_the_link_begins_with_the_address_that_patients_know(bo, settings):
    settings.SITE_URL = "https://consent.example"
    invite(bo, people.a_released())
    assert vault.unlock(Invitation.objects.get().sealed_link).startswith("https://consent.example/c/")


@pytest.mark.parametrize(
    ("channel", "address"),
    [("email", ""), ("email", "maria"), ("email", "a@b.example, c@d.example"), ("email", "a@b.example\nBcc: c@d.example"),
     ("sms", ""), ("sms", "maria@example.org"), ("sms", "12"), ("sms", "+44 7700 900123\n1"), ("fax", "1234567"), ("", "")],
)  # fmt: skip
def test_what_is_no_address_is_not_invited(bo, channel, address):
    assert invite(bo, people.a_released(), channel=channel, address=address).status_code == 422
    assert not Invitation.objects.exists()


def test_somebody_of_another_consent_is_not_invited(bo):
    other = people.a_released()
    assert invite(bo, people.a_released(), party=other.decision_maker.pk).status_code == 422


def test_an_invitation_of_another_consent_is_not_revoked_here(bo):
    ours, other = people.a_released(), people.invite(people.a_released()).invitation
    assert bo.post(reverse("desk:revoke", args=[ours.pk, other.pk])).status_code == 404
    assert Invitation.objects.get().ended_at is None


def test_a_new_one_goes_where_the_last_one_went(bo):
    episode = people.a_released()
    invite(bo, episode)
    assert 'value="maria@example.org"' in shown(bo, episode, "invite")


def went_astray():
    """Whoever opened the last link has said that this is not them."""
    episode = people.a_released()
    made = people.invite(episode, "email", "wrong@example.org")
    token = people.path_of(made).strip("/").rpartition("/")[2]
    hand = inviting.redeem(token=token, code=made.code, born=episode.patient.born)
    inviting.not_me(hand_over=hand, by=people.party_of(episode))
    return Episode.objects.get(pk=episode.pk)


def test_nobody_is_invited_before_a_wrong_person_is_settled(bo):
    episode = went_astray()
    page = bo.get(reverse("desk:invite", args=[episode.pk]))
    assert page.status_code == 409
    assert "Settle first" in page.content.decode()
    assert invite(bo, episode).status_code == 409
    assert Invitation.objects.count() == 1


def test_a_link_opens_nothing_while_a_tablet_in_the_wrong_hands_is_not_settled(client):
    episode = people.a_released()
    made = people.invite(episode)
    handover.not_me(hand_over=people.hand_over(episode), by=people.party_of(episode))
    assert client.post(people.path_of(made), people.opening(made)).status_code == 302
    handover.settle(episode=Episode.objects.get(), by=people.actor("ada"))
    assert client.post(people.path_of(made), people.opening(made)).status_code == 303


def test_the_address_of_a_wrong_person_is_not_offered_again(bo):
    episode = went_astray()
    handover.settle(episode=episode, by=people.actor("ada"))
    html = shown(bo, episode, "invite")
    assert 'value="wrong@example.org"' not in html
    assert "The last link reached the wrong person" in html


@pytest.mark.parametrize(
    "missing",
    [{"known": ""}, {"known": "other"}, {"source": ""}, {"known": "guess"}],
    ids=["known", "words", "source", "strange"],
)
def test_nobody_is_invited_without_saying_how_they_are_known(bo, missing):
    assert invite(bo, people.a_released(), **missing).status_code == 422
    assert not Invitation.objects.exists()


def test_paper_asks_for_no_source_of_an_address(bo):
    assert invite(bo, people.a_released(), channel="paper", source="").status_code == 302


def test_the_record_and_the_trail_say_how_they_were_known(bo):
    episode = people.an_episode("sign")
    invite(bo, episode, known="other", known_words="Her daughter is with me", source="file")
    assert "Her daughter is with me. From our file" in shown(bo, episode, "trail")
    people.sign(Episode.objects.get())
    record = episode.records.get().body.decode()
    assert "known in another way: “Her daughter is with me”; address from the hospital’s file" in record


@pytest.mark.parametrize(
    ("now", "says"),
    [({}, "Waits to be sent"), ({"sent_at": timezone.now()}, "Sent, not opened yet"), ({"opened_at": timezone.now()}, "Opened on"),
     ({"tries": 2}, "2 wrong tries"), ({"tries": 5}, "Dead after five wrong tries"), ({"expires_at": timezone.now() - timedelta(hours=1)}, "Ran out")],
    ids=["waiting", "sent", "opened", "tried", "locked", "expired"],
)  # fmt: skip
def test_staff_see_what_has_become_of_the_link(bo, now, says):
    episode = people.a_released()
    people.invite(episode, "email", "maria@example.org")
    Invitation.objects.update(**now)
    assert says in shown(bo, episode)


def test_wrong_tries_are_not_counted_before_staff_when_the_link_is_over(bo):
    episode = people.an_episode("sign")
    people.invite(episode)
    Invitation.objects.update(tries=2)
    assert "2 wrong tries" in shown(bo, episode)
    people.sign(Episode.objects.get())
    assert "wrong tries" not in shown(bo, episode)


def test_a_dead_link_is_the_next_thing_to_do(bo):
    episode = people.a_released()
    people.invite(episode)
    assert standing.next_of(episode).missing == "Invited to read at home"
    Invitation.objects.update(tries=5)
    assert standing.next_of(episode).name == "invite"
    people.walk_to(Episode.objects.get(), "why")
    assert standing.next_of(Episode.objects.get()).name == "invite"


def test_an_open_device_is_seen_at_the_desk_and_ended_there(bo):
    episode = people.a_released()
    device = people.at_home(bo.__class__(), episode)
    assert "Own device" in shown(bo, episode)
    bo.post(reverse("desk:take-tablet-back", args=[episode.pk, episode.handovers.get().pk]))
    assert device.get(reverse("walk:go-on")).status_code == 403


def test_the_trail_tells_it_in_words(bo):
    episode = people.a_released()
    people.at_home(bo.__class__(), episode)
    html = shown(bo, episode, "trail")
    assert "Invited to read at home: On paper" in html
    assert "Opened on an own device, by link, code and birth date" in html
