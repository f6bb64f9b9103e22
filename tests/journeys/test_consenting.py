"""Whole stories on a tablet, from the nurse's list to the sealed file in the hands of staff."""

from pathlib import Path

import pytest
from django.utils import timezone

from consent.models import Episode, Status
from tests import people
from tests.journeys.steps import answer_checklist, choose_side, decide, read_on, tap_main

pytestmark = pytest.mark.browser


def status(episode):
    return Episode.objects.get(pk=episode.pk).status


def test_a_patient_reads_agrees_and_signs_and_staff_download_the_record(browse, sealed):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet)
    assert tablet.says("LEFT C6")
    tablet.draw()
    tap_main(tablet)
    assert tablet.heading() == "Thank you, Maria"
    assert status(tablet.episode) == Status.SIGNED
    tablet.press("Finish")
    assert not tablet.says("Maria")
    tablet.unlock("bo")
    assert tablet.path == f"/desk/episodes/{tablet.episode.pk}/"
    people.discuss(tablet.episode)
    people.countersign(tablet.episode)
    sealed()
    desk = browse(viewport={"width": 1280, "height": 800})
    desk.sign_in("rae")
    desk.go(f"/desk/episodes/{tablet.episode.pk}/")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("link", name="Download PDF").first.click()
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"


def test_a_patient_says_no_in_two_taps(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="why")
    tablet.follow("I do not want this")
    tap_main(tablet)
    assert status(tablet.episode) == Status.REFUSED
    assert tablet.episode.records.get().kind == "refusal"


def test_a_question_is_answered_on_the_same_tablet_and_the_place_is_kept(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="checklist")
    answer_checklist(tablet, unsure=[0])
    tap_main(tablet)
    tablet.follow("I have a question")
    tablet.write("What would you like to ask?", "Can I drive home?")
    tap_main(tablet)
    tablet.follow("For staff")
    tablet.unlock("ada")
    tablet.page.locator("textarea[name=text]").first.fill("No, please bring somebody.")
    tablet.press("Save the answer")
    tablet.press("We talked about it")
    tablet.touch(tablet.page.locator("form[action*='give-back'] button"))
    tablet.go("/p/step/checklist/")
    assert tablet.says("No, please bring somebody.")
    tablet.press("That answers it")
    answer_checklist(tablet)
    tap_main(tablet)
    read_on(tablet)
    tablet.draw()
    tap_main(tablet)
    assert status(tablet.episode) == Status.SIGNED


def test_a_patient_stops_and_goes_on_where_they_were(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="during")
    tablet.follow("Save and stop")
    tablet.press("Save and stop")
    tablet.page.go_back()
    tablet.settle()
    assert not tablet.says("Maria")
    assert not tablet.says("needle")
    tablet.go("/p/back/")
    tablet.unlock("bo")
    tablet.hand_over_again()
    assert tablet.path == "/p/step/during/"


def test_a_side_that_does_not_match_stops_everything(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="side")
    assert not tablet.says("LEFT")
    choose_side(tablet, "right")
    tap_main(tablet)
    assert tablet.path == "/p/held/"
    tablet.go("/p/sign/")
    assert tablet.path == "/p/held/"
    tablet.follow("For staff")
    tablet.unlock("ada")
    tablet.press("Let Maria pick again")
    tablet.touch(tablet.page.locator("form[action*='give-back'] button"))
    choose_side(tablet, "left")
    tap_main(tablet)
    assert tablet.says("LEFT")


def test_a_mother_decides_for_her_child(browse, sealed):
    from consent import preparing

    episode = people.a_represented()
    preparing.release(episode=episode, by=people.actor("ada"))
    tablet = browse()
    tablet.hand_over(episode)
    read_on(tablet, until="why")
    assert tablet.says("You are reading for Kim")
    read_on(tablet)
    assert tablet.says("I, Jo Sample:")
    tablet.draw()
    tap_main(tablet)
    people.discuss(episode)
    people.countersign(episode)
    sealed()
    assert status(episode) == Status.COMPLETE
    page = str(episode.records.last().content)
    assert "Jo Sample" in page
    assert "parental responsibility" in page


HELP = {
    "somebody writes": ("Somebody writes my name for me", "Who writes?", "Theo Sample, my husband"),
    "spoken": ("I say it aloud", "What was said, word for word?", "Yes, I want it on the left."),
}


@pytest.mark.parametrize("way", HELP)
def test_a_patient_who_decides_is_helped_to_sign_before_a_witness(browse, way):
    how, label, words = HELP[way]
    tablet = browse()
    tablet.hand_over(people.walk_to(people.a_released(), "sign"))
    tablet.follow("I need help with signing")
    tablet.page.locator("label", has_text=how).first.tap()
    tablet.write("Why is help needed?", "A tremor.")
    tablet.write(label, words)
    tablet.page.fill("[name=witness_1]", "bo")
    tablet.page.fill("[name=pin_1]", people.PIN)
    tap_main(tablet)
    assert status(tablet.episode) == Status.SIGNED
    assert set(tablet.episode.signatures.values_list("meaning", flat=True)) == {"consent", "witness_signature"}


def test_more_time_keeps_everything(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="decision")
    decide(tablet, "more_time")
    tap_main(tablet)
    tap_main(tablet)
    episode = Episode.objects.get(pk=tablet.episode.pk)
    assert (episode.status, episode.wants_time) == (Status.UNDERWAY, True)
    assert not tablet.says("Maria")


def test_a_change_of_mind_after_signing(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet)
    tablet.draw()
    tap_main(tablet)
    tablet.follow("I have changed my mind")
    tablet.touch(tablet.page.locator("main form button"))
    assert status(tablet.episode) == Status.WITHDRAWN


def test_history_and_typed_addresses_reach_nothing_of_staff(browse):
    tablet = browse()
    tablet.hand_over(people.a_released())
    for path in ("/desk/", f"/desk/episodes/{tablet.episode.pk}/", "/back-office/", "/sign-in/", "/"):
        tablet.page.goto(tablet.url + path)
        tablet.settle()
        assert tablet.path.startswith("/p/"), path


def test_a_patient_would_rather_have_paper(browse, sealed, tmp_path):
    """Asked for on the tablet, printed at the desk, signed by hand, scanned in."""
    from PIL import Image

    tablet = browse()
    tablet.hand_over(people.a_released())
    read_on(tablet, until="why")
    tablet.follow("Save and stop")
    tablet.follow("I would rather have paper")
    tap_main(tablet)
    tablet.unlock("bo")
    with tablet.page.expect_download() as download:
        tablet.page.get_by_role("link", name="Print the form").first.click()
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    tablet.follow("Signed on paper: attach the scan")
    scan = tmp_path / "scan.png"
    Image.new("RGB", (800, 1100), "white").save(scan)
    tablet.page.set_input_files("input[type=file]", str(scan))
    fill_the_paper_form(tablet)
    tap_main(tablet)
    assert status(tablet.episode) == Status.SIGNED
    record = tablet.episode.records.get()
    assert record.kind == "paper"
    sealed()
    assert record.files.count() == 1


def fill_the_paper_form(tablet):
    now = timezone.localtime()
    page = tablet.page
    page.fill("[name=on_day]", str(now.day))
    page.select_option("[name=on_month]", str(now.month))
    page.fill("[name=on_year]", str(now.year))
    page.fill("[name=at]", now.strftime("%H:%M"))
    box = page.locator("input[type=checkbox][name=right]").get_attribute("id")
    page.locator(f"label[for='{box}']").first.tap()


def test_a_nurse_prepares_and_a_clinician_releases(browse):
    """The whole preparing by hand, from nothing to a tablet that can be handed over."""
    nurse = browse(viewport={"width": 1280, "height": 800})
    nurse.sign_in("bo")
    nurse.follow("Prepare a consent")
    if nurse.path == "/desk/prepare/":
        nurse.follow("Cervical nerve root injection")
    page = nurse.page
    page.fill("[name=given_name]", "Lena")
    page.fill("[name=family_name]", "Sample")
    page.fill("[name=born_day]", "2")
    page.select_option("[name=born_month]", "6")
    page.fill("[name=born_year]", "1951")
    page.fill("[name=number]", "000 555 123")
    for name, value in (("side", "left"), ("levels", "C6")):
        box = page.locator(f"input[name={name}][value={value}]").first
        page.locator(f"label[for='{box.get_attribute('id')}']").tap()
    page.select_option("[name=medicine]", "dexamethasone")
    page.select_option("[name=responsible]", label="Dr Ada Example")
    tap_main(nurse)
    episode = Episode.objects.get(patient__given_name="Lena")
    assert episode.status == Status.DRAFT
    clinician = browse(viewport={"width": 1280, "height": 800})
    clinician.sign_in("ada")
    clinician.go(f"/desk/episodes/{episode.pk}/release/")
    assert clinician.says("LEFT C6")
    for box in page_boxes(clinician):
        clinician.page.locator(f"label[for='{box}']").tap()
    tap_main(clinician)
    assert status(episode) == Status.READY


def page_boxes(journey):
    return [box.get_attribute("id") for box in journey.page.locator("main input[type=checkbox]").all()]
