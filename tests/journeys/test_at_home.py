"""From the desk's invitation to the sealed record, on a phone at home."""

import pytest
from django.core import mail

from consent.models import Episode, Invitation, Status
from tests import people
from tests.journeys.steps import read_on, tap_main

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("browse", [{"width": 390, "height": 844}], indirect=True, ids=["phone"])]  # fmt: skip
DESK = {"width": 1280, "height": 800}


def invited(browse, episode):
    """Bo invites by mail, and reads the code off the page."""
    desk = browse(viewport=DESK)
    desk.sign_in("bo")
    desk.go(f"/desk/episodes/{episode.pk}/")
    desk.press("Invite", role="link")
    desk.page.locator(f"label[for='{desk.page.locator('input[value=email]').get_attribute('id')}']").tap()
    desk.write("E-mail address or mobile number", "maria@example.org")
    desk.choose("They gave it to me")
    desk.choose("They are here, and said name and birth date")
    desk.press("Make the invitation")
    code = desk.page.locator(".one-time").inner_text()
    desk.go(desk.path)
    assert desk.page.locator(".one-time").count() == 0
    return code


def open_link(phone, link, code, year="1961"):
    phone.page.fill("[name=code]", code)
    phone.page.fill("[name=born_day]", "14")
    phone.page.select_option("[name=born_month]", "3")
    phone.page.fill("[name=born_year]", year)
    return phone.press("Open it")


@pytest.mark.parametrize("scripted", [True, False], ids=["scripted", "bare"])
def test_mail_link_code_walk_signature_and_sealed_record(browse, sealed, scripted):
    episode = people.a_released()
    code = invited(browse, episode)
    sealed()
    assert code.replace(" ", "") not in mail.outbox[0].body
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    phone = browse(javascript=scripted)
    phone.episode, told = episode, []
    phone.page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    phone.go(link.removeprefix(phone.url))
    open_link(phone, link, code, year="1962")
    assert phone.says("This does not open")
    open_link(phone, link, code)
    assert phone.path == "/p/step/welcome/"
    read_on(phone)
    if scripted:
        phone.draw()
    else:
        phone.choose("Type my name")
        phone.page.fill("[name=typed]", "Maria Sample")
    tap_main(phone)
    assert phone.heading() == "Thank you, Maria"
    phone.press("Finish")
    assert phone.heading() == "You can close this page"
    phone.page.go_back()
    assert not phone.says("Maria")
    assert Episode.objects.get(pk=episode.pk).status == Status.SIGNED
    sealed()
    record = episode.records.get()
    assert record.is_sealed
    assert "no member of staff saw who signed" in record.body.decode()
    token = link.split("/c/")[1].strip("/")
    assert not [each for each in told if token in each]


def test_five_wrong_codes_and_the_desk_sends_a_new_one(browse, sealed):
    episode = people.a_released()
    code = invited(browse, episode)
    sealed()
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    phone = browse()
    phone.go(link.removeprefix(phone.url))
    for _wrong in range(5):
        open_link(phone, link, "000000" if code != "000 000" else "111111")
    open_link(phone, link, code)
    assert phone.says("This does not open")
    assert Invitation.objects.get().is_locked
    new = invited_anew(browse, episode)
    sealed()
    second = next(line for line in mail.outbox[1].body.splitlines() if line.startswith("http"))
    phone.go(second.removeprefix(phone.url))
    assert open_link(phone, second, new).path == "/p/step/welcome/"


def invited_anew(browse, episode):
    desk = browse(viewport=DESK)
    desk.sign_in("bo")
    desk.go(f"/desk/episodes/{episode.pk}/")
    desk.press("Send a new one", role="link")
    desk.choose("From our file")
    desk.choose("I rang the number in our file")
    desk.press("Make the invitation")
    return desk.page.locator(".one-time").inner_text()
