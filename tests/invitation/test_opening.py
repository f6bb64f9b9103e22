"""A link is opened by its token, a code and the patient's birth date, and by nothing less; what is wrong is never said."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from consent import inviting, lifecycle, preparing, signing
from consent.models import Episode, HandOver, Invitation, Status
from consent.staff.models import Session
from procedures.models import VersionState
from tests import people

pytestmark = pytest.mark.django_db
WRONG = {"code": "000000"}


@pytest.fixture
def made():
    return made_for(people.a_released())


def made_for(episode):
    """An invitation whose code is not the one that the tests get wrong."""
    one = people.invite(episode)
    return one if one.code != WRONG["code"] else made_for(episode)


def send(client, made, **more):
    return client.post(people.path_of(made), people.opening(made, **more))


def body(response):
    """The page without what is drawn by lot for each."""
    html = response.content.decode()
    for secret in {each.split('"')[0] for each in html.split('name="csrfmiddlewaretoken" value="')[1:]}:
        html = html.replace(secret, "")
    return html


def fresh(made):
    return Invitation.objects.get(pk=made.invitation.pk)


# --- what opens ------------------------------------------------------------------------------------------------------


def test_link_code_and_birth_date_open_the_walk(client, made):
    response = send(client, made)
    assert (response.status_code, response.headers["Location"]) == (303, reverse("walk:go-on"))
    assert client.get(reverse("walk:step", args=["welcome"])).status_code == 200
    hand = HandOver.objects.get()
    assert (hand.invitation_id, hand.by, hand.said_name_and_birth_date) == (made.invitation.pk, None, False)
    assert fresh(made).opened_at == hand.at


@pytest.mark.parametrize("code", ["{0} {1}", "{0}-{1}", " {0}{1} "])
def test_a_code_may_be_typed_with_spaces(client, made, code):
    assert send(client, made, code=code.format(made.code[:3], made.code[3:])).status_code == 303


def test_a_code_may_be_typed_in_the_digits_of_another_script(client, made):
    assert send(client, made, code="".join(chr(0x660 + int(each)) for each in made.code)).status_code == 303


def test_a_representative_gives_the_patients_birth_date(client):
    episode = people.a_represented()
    preparing.release(episode=episode, by=people.actor("ada"))
    made = made_for(Episode.objects.get(pk=episode.pk))
    assert "The patient’s date of birth" in client.get(people.path_of(made)).content.decode()
    assert send(client, made).status_code == 303
    assert HandOver.objects.get().party.name == "Jo Sample"


def test_the_first_opening_is_when_the_text_was_given(client, made):
    send(client, made)
    assert Episode.objects.get().given_at == HandOver.objects.get().at


def test_the_link_opens_again_while_it_lives_and_ends_what_it_opened_before(made):
    first, second = Client(), Client()
    assert send(first, made).status_code == 303
    assert send(second, made).status_code == 303
    assert second.get(reverse("walk:step", args=["welcome"])).status_code == 200
    assert first.get(reverse("walk:step", args=["welcome"])).status_code == 403
    assert HandOver.objects.filter(taken_back_at=None).count() == 1


def test_opening_it_on_ten_evenings_is_no_guessing(made):
    assert [send(Client(), made).status_code for _evening in range(10)] == [303] * 10
    assert fresh(made).tries == 0


def test_a_right_try_does_not_give_the_wrong_ones_back(made):
    for _wrong in range(3):
        send(Client(), made, **WRONG)
    assert send(Client(), made).status_code == 303
    assert fresh(made).tries == 3


def test_a_tablet_handed_over_meanwhile_is_closed_and_the_other_way_round(client, made):
    tablet = people.a_tablet(Client(), Episode.objects.get())
    send(client, made)
    assert tablet.get(reverse("walk:go-on")).status_code == 403
    people.hand_over(Episode.objects.get())
    assert client.get(reverse("walk:go-on")).status_code == 403


# --- what does not ---------------------------------------------------------------------------------------------------


def unknown(made):
    made.invitation.token_digest = inviting.digest_of("another")
    made.invitation.save()


def expired(made):
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def locked(made):
    Invitation.objects.update(tries=5)


def revoked(made):
    inviting.revoke(invitation=made.invitation, by=people.actor("bo"))


def replaced(made):
    people.invite(Episode.objects.get())


def signed(made):
    episode = people.walk_to(Episode.objects.get(), "sign")
    people.sign(episode)


def withdrawn(made):
    signed(made)
    signing.withdraw(episode=Episode.objects.get(), by=people.actor("bo"))


def refused(made):
    signing.refuse(walk=people.walk_of(Episode.objects.get()), by=people.actor("bo"))


def superseded(made):
    Episode.objects.update(status=Status.SUPERSEDED)


def taken_back(made):
    preparing.take_back(episode=Episode.objects.get(), by=people.actor("bo"), reason="wrong level")


def released_anew(made):
    taken_back(made)
    preparing.release(episode=Episode.objects.get(), by=people.actor("ada"))


def recalled(made):
    version = people.version()
    VersionState.objects.create(version=version, state="recalled", by_name="Dr Rev Example", at=timezone.now())


def nobodys(made):
    """Somebody else decides now."""
    made.invitation.party.active = False
    made.invitation.party.save()


ENDS = [unknown, expired, locked, revoked, replaced, signed, withdrawn, refused, superseded, taken_back, released_anew, recalled, nobodys]  # fmt: skip
ended = pytest.mark.parametrize("end", ENDS, ids=lambda each: each.__name__)


@ended
def test_a_link_that_has_ended_opens_nothing(client, made, end):
    end(made)
    before = HandOver.objects.filter(invitation=made.invitation).count()
    response = send(client, made)
    assert (response.status_code, response.headers["Location"]) == (302, "?wrong=1")
    assert HandOver.objects.filter(invitation=made.invitation).count() == before
    assert "hand_over" not in client.session


@pytest.mark.parametrize("more", [WRONG, {"born_year": "1962"}, {"born_day": "15"}], ids=["code", "year", "day"])
def test_a_wrong_code_or_a_wrong_birth_date_opens_nothing_and_counts(client, made, more):
    assert send(client, made, **more).status_code == 302
    assert fresh(made).tries == 1
    assert not HandOver.objects.exists()


def test_after_a_wrong_try_back_and_reload_send_nothing_twice(client, made):
    response = client.post(people.path_of(made) + "?in=es", people.opening(made, **WRONG))
    assert response.headers["Location"] == "?in=es&wrong=1"
    for _reload in range(3):
        assert "No se abre" in client.get(people.path_of(made) + "?in=es&wrong=1").content.decode()
    assert fresh(made).tries == 1


def test_after_five_wrong_tries_the_right_one_opens_nothing(client, made):
    for _wrong in range(5):
        send(client, made, **WRONG)
    assert send(client, made).status_code == 302
    assert fresh(made).is_locked


@pytest.mark.parametrize("end", [signed, refused, taken_back, released_anew], ids=lambda each: each.__name__)
def test_opening_a_link_that_is_over_is_no_wrong_try(client, made, end):
    end(made)
    send(client, made)
    assert fresh(made).tries == 0


def test_a_year_of_two_digits_is_named(client, made):
    assert "Write the year with four digits" in send(client, made, born_year="61").content.decode()
    assert fresh(made).tries == 0


def test_what_is_no_code_and_no_date_is_not_counted(client, made):
    assert send(client, made, code="12345").status_code == 422
    assert send(client, made, born_month="13").status_code == 422
    assert fresh(made).tries == 0


# --- one path for all of them ----------------------------------------------------------------------------------------


def seen(made):
    """What a stranger can see of one wrong try: status, page, and the statements that the database was asked."""
    path, given = people.path_of(made), people.opening(made, **WRONG)
    with CaptureQueriesContext(connection) as queries:
        response = Client().post(path, given)
    shapes = [re.sub("'[^']*'|\"s[0-9]+_x[0-9]+\"", "?", each["sql"]) for each in queries]
    return response.status_code, body(response), sorted(response.headers.items()), shapes


@ended
def test_unknown_expired_locked_and_ended_look_the_same(made, end, monkeypatch):
    hashed = []
    check = inviting.check_password
    monkeypatch.setattr(inviting, "check_password", lambda *said: hashed.append(said) or check(*said))
    living = seen(made)
    end(made)
    hashed.clear()
    assert seen(made) == living
    assert len(hashed) == 1
    assert hashed[0][1].split("$")[0] == made.invitation.code.split("$")[0]


@ended
def test_the_page_before_looks_the_same_too(made, end):
    before = Client().get(people.path_of(made))
    end(made)
    after = Client().get(people.path_of(made))
    assert body(before) == body(after)
    assert len(before.content) == len(after.content)


# --- scanners, sessions, addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "head"])
def test_whoever_only_looks_uses_nothing_up(client, made, method):
    kept = Invitation.objects.values().get()
    with CaptureQueriesContext(connection) as queries:
        for _scanner in range(10):
            assert getattr(client, method)(people.path_of(made)).status_code == 200
    assert len(queries) == 0
    assert Invitation.objects.values().get() == kept
    assert not Session.objects.exists()
    assert settings.SESSION_COOKIE_NAME not in client.cookies


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_other_method_is_taken(client, made, method):
    assert getattr(client, method)(people.path_of(made)).status_code == 405


def test_whoever_is_locked_out_reads_whom_to_phone(client, made, settings):
    settings.PHONE = "01632 960 007"
    for path in (people.path_of(made), "/c/unknown/", reverse("closed")):
        assert "Phone us: 01632 960 007." in client.get(path).content.decode()


def test_the_page_names_nobody_and_nothing(client, made):
    html = client.get(people.path_of(made)).content.decode()
    for word in ("Maria", "Sample", "Example General", "Imaging", "nerve", "LEFT", "C6"):
        assert word not in html


def test_a_session_set_before_is_not_taken_on(client, made):
    """Fixation: whoever knows the session from before does not know the one that reads."""
    people.signed_in(client, "bo")
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = planted = client.cookies[settings.SESSION_COOKIE_NAME].value
    csrf = client.get(people.path_of(made)) and client.cookies[settings.CSRF_COOKIE_NAME].value
    send(client, made)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted
    assert client.cookies[settings.CSRF_COOKIE_NAME].value != csrf
    assert old.get(reverse("walk:go-on")).status_code == 403
    assert old.get(reverse("desk:today")).status_code == 302


def test_a_form_without_its_secret_opens_nothing(made):
    forged = Client(enforce_csrf_checks=True)
    assert send(forged, made).status_code == 403
    assert fresh(made).tries == 0


def test_no_error_page_leads_somebody_at_home_to_the_desk(client, made):
    for answer in (Client(enforce_csrf_checks=True).post(people.path_of(made), {}), client.get("/closed/none/")):
        assert answer.status_code in (403, 404)
        assert reverse("desk:today") not in answer.content.decode()


def test_no_page_is_told_the_address(client, made):
    for answer in (
        client.get(people.path_of(made), headers={"host": "localhost"}),
        client.get(people.path_of(made), secure=True),
    ):
        assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_a_hospitals_tablet_opens_no_link(client, made):
    people.a_tablet(client, people.an_episode("before"))
    for response in (client.get(people.path_of(made)), send(client, made)):
        assert response.headers["Location"] == reverse("walk:back-to-staff")
    assert fresh(made).tries == 0


def test_the_page_speaks_the_language_of_the_link_or_of_the_browser(client, made):
    assert "Open your page" in client.get(people.path_of(made)).content.decode()
    spanish = "Abrir su página"
    assert spanish in client.get(people.path_of(made) + "?in=es").content.decode()
    assert spanish in client.get(people.path_of(made), headers={"accept-language": "es-MX,es;q=0.9"}).content.decode()
    assert "Open your page" in client.get(people.path_of(made) + "?in=xx").content.decode()


@pytest.mark.parametrize("token", ["", "x", "%00", "é", "a" * 5000, "../../desk", "closed", "%2e%2e/"])
def test_a_strange_token_is_an_unknown_one(client, token):
    client.raise_request_exception = False
    path = f"{reverse('link')}{token}/"
    assert client.get(path).status_code == 200
    given = {"code": "123456", "born_day": "1", "born_month": "1", "born_year": "1961"}
    assert client.post(path, given).status_code == 302


def test_a_language_chosen_on_the_links_page_is_kept(client, made):
    assert client.post(people.path_of(made) + "?in=es", people.opening(made)).status_code == 303
    html = client.get(reverse("walk:step", args=["welcome"])).content.decode()
    assert '<html lang="es"' in html
    assert re.search(r'value="es"[^>]* checked', html)


def test_what_was_picked_on_the_walk_counts_more_than_the_link(client):
    made = made_for(people.an_episode("before"))
    client.post(people.path_of(made) + "?in=es", people.opening(made))
    assert '<html lang="en"' in client.get(reverse("walk:step", args=["before"])).content.decode()


def test_on_the_links_pages_the_address_wins_over_the_session(client, made):
    send(client, made)
    for path in (people.path_of(made), reverse("closed")):
        assert '<html lang="es"' in client.get(f"{path}?in=es").content.decode()


def test_only_one_invitation_lives_for_a_party(made):
    second = people.invite(Episode.objects.get())
    assert [each.ended_because for each in Invitation.objects.order_by("id")] == ["replaced", ""]
    assert second.invitation.party == made.invitation.party


def test_the_database_itself_keeps_a_second_one_out(made):
    from django.db import IntegrityError

    made.invitation.pk, made.invitation.token_digest = None, "0" * 64
    with pytest.raises(IntegrityError):
        made.invitation.save(force_insert=True)


def test_neither_token_nor_code_is_kept(made):
    token = people.path_of(made).strip("/").rpartition("/")[2]
    kept = Invitation.objects.values().get()
    assert token not in str(kept)
    assert made.code not in str(kept)
    assert token not in repr(made)
    assert made.code not in repr(made)


def test_every_change_of_an_invitation_is_in_the_chain(client, made):
    send(client, made)
    revoked(made)
    kinds = list(Episode.objects.get().events.order_by("seq").values_list("kind", flat=True))
    assert kinds[-4:] == ["invited", "own_device_opened", "invitation_ended", "own_device_closed"]


def test_nobody_is_invited_before_the_release(made):
    taken_back(made)
    with pytest.raises(lifecycle.WrongMove):
        people.invite(Episode.objects.get())
