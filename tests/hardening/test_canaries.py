"""A patient of unmistakable words goes through whole stories: no log, address, error mail, header or file beside the record tells of them."""

import logging
import tempfile
from pathlib import Path

import pytest
from django.core import mail
from django.db import IntegrityError
from django.urls import reverse

from consent import work
from consent.models import Access, Episode, EventPayload, HandOver, Work
from tests import people
from tests.desk import scenes
from tests.hardening.canary import BORN, FAMILY, GIVEN, NUMBER, WORDS, a_canary, found_in
from tests.hardening.uploads import paper, saved
from tests.hostile.browser import form
from tests.paper.conftest import fields

pytestmark = pytest.mark.django_db


@pytest.fixture
def lookout(lookout):
    """The look-out of all tests (tests/conftest.py), here at the lowest level of the log."""
    loggers = [logging.getLogger(name) for name in ("", "django", "django.request", "consent", "procedures")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
    yield lookout
    for each, level in zip(loggers, before, strict=True):
        each.setLevel(level)
    assert lookout.seen > 0


@pytest.fixture
def browser(client, settings):
    settings.ADMINS = [("", "it@hospital.example")]
    client.raise_request_exception = False
    return client


def desk(name, episode, *args):
    return reverse(f"desk:{name}", args=[episode.pk, *args])


def born():
    return {"born_day": BORN.day, "born_month": BORN.month, "born_year": BORN.year}


def prepared(browser):
    """Bo types the patient in; a slip of the pen first, and the same number for another name afterwards."""
    people.signed_in(browser, "bo")
    url = reverse("desk:prepare-one", args=[people.SLUG])
    said = scenes.patient_and_plan(
        given_name=GIVEN, family_name=FAMILY, number=NUMBER, reason=WORDS, room=WORDS, **born()
    )
    assert browser.post(url, {**said, "born_year": "31x"}).status_code == 422
    assert browser.post(url, said).status_code == 302
    assert browser.post(url, {**said, "given_name": f"{GIVEN}a"}).status_code in (409, 422)
    return Episode.objects.get(patient__family_name=FAMILY)


def planned(browser, episode):
    assert browser.post(desk("tailor", episode), {"risk": "", "words": WORDS}).status_code == 302
    assert browser.get(desk("preview", episode)).status_code == 200
    assert browser.post(reverse("desk:find"), {"words": f"{GIVEN} {FAMILY}"}).status_code in (200, 302)
    people.signed_in(browser, "ada")
    assert browser.post(desk("release", episode), scenes.released(episode)).status_code == 302
    people.signed_in(browser, "bo")
    assert browser.post(desk("hand-over", episode), scenes.handing(episode)).status_code == 302


def answers(browser, episode, key):
    """What the form of this step sends: the good answer, and canary words wherever there is room for words."""
    walk = people.walk_of(episode)
    page = browser.get(reverse("walk:step", args=[key]))
    said = {"side": {"side": "left"}, "welcome": {"language": "en", "text_size": "100"}}.get(key) or people.good_answer(
        walk, key
    )
    return {**form(page), **said, "own": WORDS, **({"who": "me"} if key == "identity" else {})}


def walked(browser, episode):
    for _ in range(25):
        step = people.walk_of(episode).next_step
        if step.key == "sign":
            return
        url = reverse("walk:step", args=[step.key])
        response = browser.post(url, answers(browser, episode, step.key))
        assert response.status_code == 303, step.key
        if step.key == "matters":
            asked(browser, episode)


def asked(browser, episode):
    """A question in canary words, drafted first, answered at the bedside, and accepted."""
    browser.post(reverse("walk:draft") + "?step=ask", {"field": "text", "text": WORDS})
    page = browser.get(reverse("walk:ask"))
    browser.post(reverse("walk:ask"), {**form(page), "text": f"Am I {WORDS}?"})
    people.answer(episode.questions.get(), f"{GIVEN}, you are {WORDS}.")
    people.accept(episode.questions.get())


def signed(browser):
    page = browser.get(reverse("walk:sign"))
    said = {**form(page), "way": "typed", "typed": f"{GIVEN} {FAMILY}", "strokes": ""}
    assert browser.post(reverse("walk:sign"), {**said, "typed": ""}).status_code == 422
    assert browser.post(reverse("walk:sign"), said).status_code == 303
    assert browser.get(reverse("walk:done")).status_code == 200


def finished(browser, episode):
    """The tablet comes back; the talk, the second signature, the sealed file, and a check of it."""
    browser.get(reverse("walk:back-to-staff"))
    assert browser.post(reverse("walk:back-to-staff"), {"username": "bo", "pin": people.PIN}).status_code == 302
    people.signed_in(browser, "ada")
    assert (
        browser.post(desk("discussion", episode), scenes.talked_now(episode, present=WORDS, note=WORDS)).status_code
        == 302
    )
    assert browser.post(desk("countersign", episode), scenes.countersigned(episode)).status_code == 302
    while work.run_once():
        pass
    people.signed_in(browser, "rae")
    response = browser.get(reverse("desk:download", args=[episode.records.order_by("-id").first().pk]))
    pdf = b"".join(response.streaming_content)
    assert pdf.startswith(b"%PDF-")
    browser.get(desk("trail", episode))


def test_a_whole_story_leaves_no_trace_beside_the_record(browser, lookout):
    before = set(Path(tempfile.gettempdir()).iterdir())
    episode = prepared(browser)
    planned(browser, episode)
    walked(browser, episode)
    signed(browser)
    finished(browser, episode)
    assert episode.records.count() == 2
    assert lookout.leaks == []
    assert mail.outbox == []
    assert told_by_rows() == []
    assert [each.name for each in set(Path(tempfile.gettempdir()).iterdir()) - before if holds_a_canary(each)] == []


def told_by_rows():
    """What staff looked at and what happened is told by ids and digests, and so is work that waits."""
    rows = [*Access.objects.values_list("what", "detail"), *Work.objects.values_list("kind", "trouble")]
    payloads = [bytes(each).decode() for each in EventPayload.objects.values_list("body", flat=True)]
    devices = HandOver.objects.values_list("device", flat=True)
    return [each for each in [*map(str, rows), *payloads, *devices] if found_in(each)]


def holds_a_canary(path):
    files = [path] if path.is_file() else [each for each in path.rglob("*") if each.is_file()] if path.is_dir() else []
    return any(FAMILY.encode() in each.read_bytes() for each in files if each.stat().st_size < 20_000_000)


# --- when things go wrong --------------------------------------------------------------------------------------------


def raising(error, inside=None):
    """A view's helper that breaks with canaries in its words, its cause and its locals."""

    def broken(*args, **kwargs):
        local = f"{GIVEN} {FAMILY} {NUMBER}"  # noqa: F841 (is what must not be told)
        try:
            raise ValueError(f"cause: {WORDS}")
        except ValueError as cause:
            raise error from cause

    return broken


ERRORS = [
    RuntimeError(f"{GIVEN} {FAMILY} has said {WORDS}"),
    IntegrityError(f"DETAIL: Key (family_name)=({FAMILY}) already exists."),
    UnicodeEncodeError("ascii", f"{FAMILY} é", 11, 12, WORDS),
    KeyError(NUMBER),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_a_page_that_breaks_tells_the_place_and_no_word(browser, lookout, monkeypatch, error):
    episode = people.an_episode("matters", patient=people.a_patient(GIVEN, FAMILY, BORN, NUMBER))
    people.a_tablet(browser, episode)
    monkeypatch.setattr("consent.walkthrough.views.asking.ask", raising(error))
    browser.cookies["note"] = WORDS
    page = browser.get(reverse("walk:ask"))
    response = browser.post(reverse("walk:ask"), {**form(page), "text": f"Am I {WORDS}?"})
    assert response.status_code == 500
    assert found_in(response.content.decode()) == []
    assert lookout.leaks == []
    (sent,) = mail.outbox
    assert "test_canaries.py" in sent.body
    assert type(error).__name__ in sent.body
    assert found_in(f"{sent.subject} {sent.body} {sent.message().as_string()}") == []


def test_work_that_breaks_tells_the_place_and_no_word(browser, lookout, monkeypatch):
    people.a_signed(patient=people.a_patient(GIVEN, FAMILY, BORN, NUMBER))
    monkeypatch.setitem(work.HANDLERS, "seal", raising(ERRORS[0]))
    assert work.run_once()
    assert lookout.leaks == []
    assert found_in(mail.outbox[0].body + mail.outbox[0].subject) == []
    assert told_by_rows() == []


@pytest.mark.parametrize(
    "path", ["/nowhere/", "/p/step/nowhere/", "/desk/episodes/{0}/countersign/", "/desk/episodes/{0}/edit/"]
)
def test_pages_that_refuse_tell_nothing_either(browser, lookout, path):
    episode = a_canary()
    for who in ("chidi", "rae", "ada"):
        people.signed_in(browser, who)
        browser.get(path.format(episode.pk))
        browser.post(path.format(episode.pk), {"reason": WORDS, "words": FAMILY})
        browser.put(path.format(episode.pk))
    assert lookout.leaks == []
    assert mail.outbox == []


def test_a_hostile_file_is_told_of_without_its_name(browser, lookout):
    from django.core.files.uploadedfile import SimpleUploadedFile

    episode = people.a_released(patient=people.a_patient(GIVEN, FAMILY, BORN, NUMBER))
    people.signed_in(browser, "bo")
    for data in (b"<html>", saved(paper(), "PNG")[:-300], b"%PDF-1.7"):
        said = {**fields(), "note": WORDS, "file": SimpleUploadedFile(f"{GIVEN} {FAMILY}.pdf", data)}
        assert browser.post(desk("paper", episode), said).status_code == 422
    assert lookout.leaks == []


# --- the look-out itself ---------------------------------------------------------------------------------------------


def test_the_token_of_a_link_is_never_written(lookout):
    logging.getLogger("django.request").warning("Not Found: %s", f"/c/{WORDS}/")
    logging.getLogger("django.request").warning("Bad: 'https://consent.example/c/%s/?again'", WORDS)
    assert lookout.leaks == []


def test_the_look_out_sees_what_it_should(browser, lookout):
    logging.getLogger("consent.anything").debug("prepared %s", FAMILY)
    browser.get("/desk/find/", {"words": FAMILY})
    browser.get("/desk/", headers={"referer": f"https://consent.example/?{FAMILY}"})
    browser.get(f"/desk/prepare/{FAMILY}/")
    assert len(lookout.leaks) >= 4
    assert any(each.startswith("Location") for each in lookout.leaks)
    lookout.leaks.clear()
