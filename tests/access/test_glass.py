"""Breaking the glass: a consent of another clinic is opened in need, by its exact number, for a while, and never unnoticed."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from consent import accounts, events, glass
from consent.models import Access, BreakGlass, BreakGlassReview, Event
from tests import people

pytestmark = pytest.mark.django_db
PAGE = "/desk/break-glass/"
REASON = "Brought in by ambulance."
NUMBER = "000 777 424"


@pytest.fixture
def theirs():
    """A consent of Imaging; Dr Kofi works in the emergency department."""
    return people.a_complete(patient=people.a_patient("Zacharias", "Quillfeather", number=NUMBER))


def broken(client, number=NUMBER, reason=REASON, who="kofi", born=None):
    parts = {"born_day": born.day, "born_month": born.month, "born_year": born.year} if born else {}
    return people.signed_in(client, who).post(PAGE, {"number": number, "reason": reason, **parts})


def page_of(episode, name="episode"):
    return reverse(f"desk:{name}", args=[episode.pk])


def told(event):
    return bytes(event.payload.body)


# --- opening ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [NUMBER, "000777424", " 000 777 424 "])
def test_the_patients_exact_number_opens_it(client, theirs, number):
    assert broken(client, number).url == page_of(theirs)
    assert client.get(page_of(theirs)).status_code == 200


def test_the_number_of_the_consent_opens_it_with_the_birth_date(client, theirs):
    assert broken(client, theirs.number.lower(), born=theirs.patient.born).url == page_of(theirs)


def test_wrong_pairs_are_answered_and_counted_like_a_number_that_nobody_has(client, theirs):
    """Numbers of consents run in order: alone, or with another date, they say nothing."""
    born, other = theirs.patient.born, theirs.patient.born + timedelta(days=1)
    tries = [(theirs.number, None), (theirs.number, other), (NUMBER, other), ("PC-2026-999999", born)]
    answers = [broken(client, number, born=day) for number, day in tries]
    assert [each.status_code for each in answers] == [422] * 4
    said = {each.context["form"].errors["number"][0].split(". ")[0] for each in answers}
    assert len(said) == 1
    assert Access.objects.filter(what=glass.MISSED).count() == 4
    assert not BreakGlass.objects.exists()


def test_every_consent_of_that_patient_is_opened_and_listed(client, theirs):
    second = people.a_draft(patient=theirs.patient)
    assert broken(client).url == PAGE
    page = client.get(PAGE).content.decode()
    assert theirs.number in page
    assert second.number in page


@pytest.mark.parametrize(
    "number", ["Zacharias", "Quillfeather", "000 777", "000 777 42", "%", "000 777 424 0", "’ OR 1=1"]
)
def test_neither_a_name_nor_half_a_number_opens_anything(client, theirs, number):
    response = broken(client, number)
    assert response.status_code == 422
    assert "Zacharias Quillfeather" not in response.content.decode()
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("reason", ["", "   ", "x"])
def test_without_a_reason_nothing_is_opened(client, theirs, reason):
    answer = broken(client, reason=reason)
    assert answer.status_code == 422
    assert "Write why you need it now" in answer.content.decode()
    assert "at least" not in answer.content.decode()
    assert not BreakGlass.objects.exists()


def test_it_is_written_down_in_the_chain_and_among_the_readings(client, theirs):
    broken(client)
    made = BreakGlass.objects.get()
    assert (made.user, made.reason, made.until - made.at) == (people.user("kofi"), REASON, timedelta(minutes=60))
    event = Event.objects.get(kind="glass_broken", episode=theirs)
    assert "Dr Kofi Example" in event.actor
    assert REASON.encode() not in told(event)
    assert Access.objects.filter(user=made.user, episode=theirs, what="broke glass").count() == 1
    theirs.refresh_from_db()
    assert events.verify_chain(f"episode:{theirs.pk}", theirs.head_seq, theirs.head_hash).whole


def test_a_consent_of_ones_own_clinic_needs_no_glass(client, theirs):
    assert broken(client, who="ada").status_code == 422
    assert not BreakGlass.objects.exists()


def test_another_hospitals_consent_is_not_to_be_had(client, theirs):
    accounts.place(user=people.user("kofi"), roles=["clinician"], clinics=[people.far_away()],
                   organisation=people.far_away().site.organisation, by=people.actor("mel"))  # fmt: skip
    assert broken(client).status_code == 422


# --- what it lets somebody do ----------------------------------------------------------------------------------------


def test_it_lets_them_read_and_download(client, theirs):
    broken(client)
    for name in ("episode", "before", "preview", "trail"):
        page = client.get(page_of(theirs, name))
        assert page.status_code == 200, name
        assert b"Opened in need." in page.content, name
    assert client.get(reverse("desk:download", args=[theirs.records.last().pk])).status_code == 200


def test_it_does_not_let_them_change_or_sign(client, theirs):
    broken(client)
    before = theirs.head_hash = type(theirs).objects.get(pk=theirs.pk).head_hash
    for name in ("countersign", "withdraw", "arrange", "hand-over", "discussion"):
        assert client.post(page_of(theirs, name)).status_code == 403, name
    theirs.refresh_from_db()
    assert theirs.head_hash == before


def test_the_page_offers_nothing_that_it_does_not_let_them_do(client, theirs):
    broken(client)
    page = client.get(page_of(theirs)).content.decode()
    for name in ("countersign", "withdraw", "arrange", "hand-over", "discussion", "paper"):
        assert page_of(theirs, name) not in page


def test_it_opens_this_consent_and_no_other(client, theirs):
    other = people.a_complete(patient=people.a_patient("Olga", "Sample"))
    broken(client)
    assert client.get(page_of(other)).status_code == 404
    assert theirs.number not in client.get(reverse("desk:today")).content.decode()


def test_it_is_theirs_alone(client, theirs):
    broken(client)
    assert people.signed_in(client, "chidi").get(page_of(theirs)).status_code == 404


def test_it_lets_nobody_in_at_a_tablet(client, theirs):
    broken(client)
    people.a_tablet(client, people.an_episode("check"))
    response = client.post(reverse("walk:staff"), {"username": "kofi", "pin": people.PIN})
    assert response.status_code in (403, 404, 422)
    assert "stepped_in" not in client.session


# --- its end ---------------------------------------------------------------------------------------------------------


def test_it_ends_by_itself(client, theirs):
    now = timezone.now()
    BreakGlass.objects.create(user=people.user("kofi"), episode=theirs, reason=REASON, at=now, until=now)
    assert people.signed_in(client, "kofi").get(page_of(theirs)).status_code == 404


def test_it_can_be_ended_at_once_and_only_once(client, theirs):
    broken(client)
    url = reverse("desk:end-glass", args=[BreakGlass.objects.get().pk])
    assert client.post(url).url == PAGE
    assert client.get(page_of(theirs)).status_code == 404
    assert client.post(url).status_code == 404
    assert Event.objects.filter(kind="glass_ended", episode=theirs).count() == 1


def test_nobody_ends_anothers(client, theirs):
    broken(client)
    url = reverse("desk:end-glass", args=[BreakGlass.objects.get().pk])
    assert people.signed_in(client, "chidi").post(url).status_code == 404


def test_whoever_loses_the_role_loses_what_they_opened(client, theirs):
    broken(client)
    people.user("kofi").groups.clear()
    assert client.get(page_of(theirs)).status_code == 404


# --- guessing --------------------------------------------------------------------------------------------------------


def test_after_five_wrong_numbers_the_right_one_is_refused_too(client, theirs):
    answers = [broken(client, f"000 000 00{n}").status_code for n in range(5)]
    assert answers == [422] * 5
    assert broken(client).status_code == 429
    assert not BreakGlass.objects.exists()
    assert Access.objects.filter(user=people.user("kofi"), what=glass.MISSED).count() == 5


def test_what_was_tried_is_not_kept(client, theirs):
    broken(client, "000 481 999")
    assert not Access.objects.filter(detail__contains="481").exists()


def test_an_hour_later_they_may_try_again(client, theirs):
    long_ago = timezone.now() - timedelta(minutes=61)
    for _ in range(5):
        Access.objects.create(user=people.user("kofi"), what=glass.MISSED, at=long_ago)
    assert broken(client).status_code == 302


@pytest.mark.parametrize("who", ["rae", "gus", "ona", "rev", "mel"])
def test_who_may_not_learns_nothing_of_any_number(client, theirs, who):
    right, wrong = broken(client, who=who), broken(client, "000 000 000", who=who)
    assert (right.status_code, wrong.status_code) == (403, 403)
    assert right.content == wrong.content
    assert not Access.objects.filter(what=glass.MISSED).exists()


# --- looking at it afterwards ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["ada", "gus"])
def test_the_clinic_and_the_auditor_see_who_whom_when_and_why(client, theirs, who):
    broken(client)
    page = people.signed_in(client, who).get(reverse("desk:report-glass")).content.decode()
    assert all(each in page for each in ("Dr Kofi Example", theirs.number, REASON))
    assert ("Quillfeather" in page) is (who == "ada")


def test_it_waits_until_somebody_has_looked_at_it(client, theirs):
    broken(client)
    made = BreakGlass.objects.get()
    people.signed_in(client, "ada")
    assert "Opened in need <b>1" in client.get(reverse("desk:today")).content.decode()
    client.post(reverse("desk:looked-at", args=[made.pk]), {"words": "Called them: right."})
    look = BreakGlassReview.objects.get()
    assert (look.glass, look.by, look.words) == (made, people.user("ada"), "Called them: right.")
    assert "Opened in need <b>" not in client.get(reverse("desk:today")).content.decode()
    assert Event.objects.filter(kind="glass_looked_at", episode=theirs).count() == 1


def test_nobody_looks_at_their_own(client, theirs):
    broken(client)
    people.user("kofi").clinics.add(people.clinic())
    people.signed_in(client, "kofi")
    assert client.post(reverse("desk:looked-at", args=[BreakGlass.objects.get().pk])).status_code == 404
    assert REASON not in client.get(reverse("desk:report-glass")).content.decode()


def test_another_clinics_report_is_empty(client, theirs):
    broken(client)
    assert REASON not in people.signed_in(client, "chidi").get(reverse("desk:report-glass")).content.decode()
