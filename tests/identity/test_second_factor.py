"""The second factor: who must set one up, codes that work once, and what helps whoever has lost the telephone."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from consent import accounts
from consent.identity import vault
from consent.models import Event
from consent.staff.models import Session
from tests import people
from tests.identity.ways import SECRET, code, factors, give_code, is_in, sign_in, with_app

pytestmark = pytest.mark.django_db
ACCOUNT, TODAY = "/account/", "/desk/"


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = True


# --- setting one up --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/desk/", "/desk/prepare/", "/desk/pin/", "/back-office/", "/"])
def test_a_password_alone_opens_nothing_but_ones_own_account(client, required, page):
    sign_in(client)
    assert client.get(page).url == ACCOUNT
    assert "First, a second factor" in client.get(ACCOUNT).content.decode()


def test_a_password_alone_changes_nothing(client, required):
    episode = people.a_draft()
    sign_in(client, "ada")
    assert client.post(reverse("desk:release", args=[episode.pk])).url == ACCOUNT
    episode.refresh_from_db()
    assert episode.status == "draft"


def test_the_demonstration_asks_for_none(client):
    sign_in(client)
    assert client.get(TODAY).status_code == 200


def set_up(client, given=None):
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    return client.post(reverse("mfa_activate_totp"), {"code": given or code(secret)})


def test_with_an_app_set_up_the_desk_is_open(client, required, django_capture_on_commit_callbacks):
    sign_in(client)
    with django_capture_on_commit_callbacks(execute=True):
        response = set_up(client)
    assert response.url == reverse("mfa_view_recovery_codes")
    assert client.get(TODAY).status_code == 200
    assert factors() == {"totp", "recovery_codes"}
    assert Event.objects.filter(kind="second_factor_set", episode=None).count() == 2


def test_a_wrong_code_sets_nothing_up(client, required):
    sign_in(client)
    assert set_up(client, "000000").status_code == 200
    assert factors() == set()
    assert client.get(TODAY).url == ACCOUNT


def test_an_hour_after_signing_in_one_is_asked_again_before_the_account_is_changed(client):
    sign_in(client)
    session = client.session
    for record in (records := session["account_authentication_methods"]):
        record["at"] -= 3600
    session["account_authentication_methods"] = records
    session.save()
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked.url.startswith(reverse("account_reauthenticate"))
    assert client.post(asked.url, {"password": "wrong"}).status_code == 200
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    assert client.post(asked.url, {"password": people.PASSWORD}).url == reverse("mfa_activate_totp")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_who_came_back_by_pin_is_asked_again_too(client):
    people.signed_in(client, "bo")
    assert client.get(reverse("mfa_activate_totp")).url.startswith(reverse("account_reauthenticate"))


def test_recovery_codes_are_shown_once(client):
    sign_in(client)
    set_up(client)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().generate_codes()
    first, second = (client.get(reverse("mfa_view_recovery_codes")).content.decode() for _ in range(2))
    assert all(each in first for each in codes)
    assert not any(each in second for each in codes)


def test_the_last_one_stays_where_it_is_required(client, required):
    with_app()
    people.signed_in(client, "bo")
    fresh(client)
    client.post(reverse("mfa_deactivate_totp"))
    assert "totp" in factors()


def test_where_it_is_not_required_it_goes_and_its_codes_with_it(client):
    with_app()
    people.signed_in(client, "bo")
    fresh(client)
    assert client.post(reverse("mfa_deactivate_totp")).url == ACCOUNT
    assert factors() == set()
    assert Event.objects.filter(kind="second_factor_removed").count() == 2


def fresh(client):
    """They have just been asked again."""
    return client.post(reverse("account_reauthenticate"), {"password": people.PASSWORD})


# --- signing in with it ----------------------------------------------------------------------------------------------


@pytest.fixture
def half_way(client):
    """Bo has an app, and has given name and password."""
    client.codes = with_app()
    assert sign_in(client).url == reverse("mfa_authenticate")
    return client


def test_after_the_password_nobody_is_in_yet(half_way):
    assert not is_in(half_way)
    assert half_way.get(TODAY).url.startswith(reverse("sign-in"))
    assert half_way.get(ACCOUNT).url.startswith(reverse("sign-in"))


def test_one_may_start_again(half_way):
    assert "Sign-in name" in half_way.get(reverse("sign-in")).content.decode()
    assert sign_in(half_way, "ada").url == TODAY
    assert is_in(half_way, "ada")


def test_the_right_code_opens(half_way):
    assert give_code(half_way, code()).url == TODAY
    assert is_in(half_way)


@pytest.mark.parametrize("later", [-1, 1])
def test_a_telephone_may_be_half_a_minute_off(half_way, later):
    assert give_code(half_way, code(later=later)).url == TODAY


@pytest.mark.parametrize("given", ["", "12345", "abcdef", "０００００１", "x" * 10_000])
def test_a_wrong_code_does_not(half_way, given):
    assert give_code(half_way, given).status_code == 200
    assert not is_in(half_way)


def test_a_code_works_once(half_way):
    given = code()
    give_code(half_way, given)
    other = Client()
    sign_in(other)
    assert give_code(other, given).status_code == 200
    assert not is_in(other)


def test_a_recovery_code_works_once(half_way):
    given = half_way.codes[0]
    assert give_code(half_way, given).url == TODAY
    other = Client()
    sign_in(other)
    assert give_code(other, given).status_code == 200
    assert give_code(other, half_way.codes[1]).url == TODAY


def test_after_five_wrong_codes_the_right_one_waits_too(half_way):
    for number in range(5):
        give_code(half_way, f"00000{number}")
    page = give_code(half_way, code())
    assert "Wait a quarter of an hour" in page.content.decode()
    assert not is_in(half_way)


def test_five_wrong_codes_count_from_any_browser_and_address(half_way):
    for number in range(5):
        other = Client(REMOTE_ADDR=f"198.51.100.{number}")
        sign_in(other, address=f"198.51.100.{number}")
        give_code(other, f"00000{number}")
    assert give_code(half_way, code()).status_code == 200
    assert not is_in(half_way)


def test_a_closed_account_does_not_finish_signing_in(half_way):
    accounts.disable(user=people.user("bo"), by=people.actor("ada"))
    give_code(half_way, code())
    assert half_way.get(TODAY).url.startswith(reverse("sign-in"))


@pytest.mark.parametrize("by", ["bo", "ada"])
def test_a_new_password_ends_a_sign_in_that_waits_for_its_code(half_way, by):
    """Whoever knew the old one, and holds the telephone or has read a code, gets no further."""
    accounts.set_password(user=people.user("bo"), password="three-quiet-otters", by=people.actor(by))
    page = give_code(half_way, code())
    assert page.status_code == 403
    assert "There is a new password" in page.content.decode()
    assert not is_in(half_way)
    assert give_code(half_way, half_way.codes[0]).url.startswith(reverse("sign-in"))
    sign_in(half_way, "bo", "three-quiet-otters")
    assert give_code(half_way, half_way.codes[1]).status_code == 302
    assert is_in(half_way)


def test_wrong_passwords_do_not_touch_the_count_of_codes(half_way):
    for number in range(4):
        sign_in(Client(), "bo", f"wrong-{number}")
    assert give_code(half_way, code()).url == TODAY


# --- kept ------------------------------------------------------------------------------------------------------------


def test_secrets_are_encrypted_where_they_are_kept():
    codes = with_app()
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in kept
    assert not any(each in kept for each in codes)


def test_after_a_change_of_keys_old_secrets_are_still_read(client, settings):
    with_app()
    settings.ENCRYPTION_KEYS = ["a-new-key-that-an-administrator-made", *settings.ENCRYPTION_KEYS]
    sign_in(client)
    assert give_code(client, code()).url == TODAY


def test_what_is_written_now_is_read_by_the_new_key_alone(settings):
    old = vault.lock("seed")
    settings.ENCRYPTION_KEYS = ["a-new-key-that-an-administrator-made", *settings.ENCRYPTION_KEYS]
    new, again = vault.lock("seed"), vault.lock_again(old)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert [vault.unlock(new), vault.unlock(again)] == ["seed", "seed"]
    with pytest.raises(vault.InvalidToken):
        vault.unlock(old)


# --- lost ------------------------------------------------------------------------------------------------------------


def test_whoever_has_lost_everything_starts_anew_by_an_administrators_hand(client, required):
    with_app()
    people.signed_in(client, "bo")
    accounts.forget_second_factor(user=people.user("bo"), by=people.actor("ada"))
    assert factors() == set()
    assert not Session.objects.filter(user=people.user("bo")).exists()
    assert "Dr Ada Example" in Event.objects.get(kind="second_factor_forgotten").actor
    sign_in(client)
    assert client.get(TODAY).url == ACCOUNT


# --- sessions and password -------------------------------------------------------------------------------------------

IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Version/18.0 Safari/604.1"
DESK = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0"


@pytest.fixture
def two_browsers():
    browsers = Client(headers={"user-agent": DESK}), Client(headers={"user-agent": IPAD})
    for browser in browsers:
        sign_in(browser)
    return browsers


def test_ones_own_sessions_are_listed_in_words(two_browsers):
    page = two_browsers[0].get(ACCOUNT).content.decode()
    assert "Edge on Windows" in page
    assert "Safari on iPad" in page
    assert page.count("This one") == 1
    assert not any(browser.session.session_key in page for browser in two_browsers)


def test_one_of_them_is_ended(two_browsers):
    here, there = two_browsers
    other = next(each for each in here.get(ACCOUNT).context["sessions"] if not each["is_this"])
    assert here.post(reverse("end-session", args=[other["id"]])).url == ACCOUNT
    assert there.get(TODAY).url.startswith(reverse("sign-in"))
    assert here.get(TODAY).status_code == 200
    assert Event.objects.filter(kind="session_ended").count() == 1


def test_all_others_are_ended(two_browsers):
    here, there = two_browsers
    here.post(reverse("end-other-sessions"))
    assert there.get(TODAY).url.startswith(reverse("sign-in"))
    assert here.get(TODAY).status_code == 200


def test_nobody_ends_a_colleagues_session(client, two_browsers):
    theirs = two_browsers[0].get(ACCOUNT).context["sessions"][0]["id"]
    people.signed_in(client, "ada")
    assert client.post(reverse("end-session", args=[theirs])).status_code == 404
    assert two_browsers[0].get(TODAY).status_code == 200


def change(client, old=people.PASSWORD, new="three-quiet-otters", again=None):
    data = {"oldpassword": old, "password1": new, "password2": again or new}
    return client.post(reverse("account_change_password"), data)


def test_a_new_password_ends_every_other_session(two_browsers):
    here, there = two_browsers
    assert change(here).url == ACCOUNT
    assert here.get(TODAY).status_code == 200
    assert there.get(TODAY).url.startswith(reverse("sign-in"))
    assert people.user("bo").check_password("three-quiet-otters")
    assert Event.objects.filter(kind="password_set").count() == 1


@pytest.mark.parametrize(
    "wrong", [{"old": "x"}, {"new": "short"}, {"new": "password1234"}, {"again": "other-words-42"}]
)
def test_a_password_that_will_not_do_changes_nothing(client, wrong):
    sign_in(client)
    assert change(client, **wrong).status_code == 200
    assert people.user("bo").check_password(people.PASSWORD)


def test_the_old_password_cannot_be_guessed_there(client):
    sign_in(client)
    answers = [change(client, old=f"wrong-{number}").status_code for number in range(5)]
    assert answers[-1] == 403
    assert not is_in(client)


def test_after_locking_again_the_old_key_may_go(client, settings):
    with_app()
    settings.ENCRYPTION_KEYS = ["a-new-key-that-an-administrator-made", *settings.ENCRYPTION_KEYS]
    call_command("lock_again", stdout=io.StringIO())
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    sign_in(client)
    assert give_code(client, code()).url == TODAY


def test_an_administrator_forgets_a_second_factor(client, required):
    with_app("bo")
    with_app("mel")
    people.signed_in(client, "mel")
    client.post(reverse("desk:staff-second-factor", args=[people.user("bo").pk]))
    assert (factors("bo"), factors("mel")) == (set(), {"totp", "recovery_codes"})
