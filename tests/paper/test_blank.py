"""The form on paper holds everything that the tablet tells, and says which form it is."""

import io
import re

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from consent import answering, disclosure, lifecycle, papering
from consent.staff.models import SiteValue
from procedures import publishing
from tests import people
from tests.paper.conftest import squeezed, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture
def episode():
    return people.a_released()


def form_of(episode, folder, language="en"):
    return text_of(papering.blank_for_episode(episode=episode, language=language, by=people.actor("bo")), folder)


def bare(folder, **more):
    said = {"version": people.version(), "language": "en", "site": people.clinic().site, **more}
    return text_of(papering.blank_for_version(**said), folder)


def test_everything_that_is_told_stands_on_the_paper(episode, tmp_path):
    text = squeezed(form_of(episode, tmp_path))
    sections = disclosure.compose(episode.release, "en")["sections"]
    risks = [*sections["serious"]["risks"], *sections["common"]["risks"], *sections["common"]["depends"]]
    said = [words for each in risks for words in (each["name"], each["number"])]
    said += [words for each in sections["serious"]["grave"] for words in (each["name"], *each["danger_signs"])]
    said += [words for each in sections["compare"]["rows"] for words in (each["name"], each["good"], each["harm"])]
    said += [*sections["after"]["emergency"], *sections["checklist"]["statements"].values()]
    said += [*(each["question"] for each in sections["permissions"]["rows"]), sections["sign"]["vow"]]
    assert [words for words in said if squeezed(words) not in text and not broken_over_columns(words, text)] == []


def broken_over_columns(words, text):
    """In a table a sentence is broken by its neighbours; each of its words is there all the same."""
    return all(squeezed(word) in text for word in words.split())


def test_the_form_names_the_person_the_place_and_itself(episode, tmp_path):
    text = form_of(episode, tmp_path)
    digest = episode.disclosures.get().digest
    for words in (
        "SAMPLE, Maria",
        "14 March 1961",
        "LEFT C6 nerve root",
        f"{episode.number}, version 1",
        "NOT FOR CLINICAL USE",
    ):
        assert words in text
    assert squeezed(digest) in squeezed(text)


def test_yes_stands_before_no(episode, tmp_path):
    text = form_of(episode, tmp_path)
    assert text.index("Yes, I want") < text.index("No, I do not")
    assert re.search(r"Yes\s+No\s+Not sure\s+Talk first", text)


def test_nothing_private_is_asked_on_paper(episode, tmp_path):
    assert "pushing you" not in form_of(episode, tmp_path)


def test_printing_freezes_what_the_paper_says_once(episode, tmp_path):
    form_of(episode, tmp_path)
    form_of(episode, tmp_path)
    assert [each.language for each in episode.disclosures.all()] == ["en"]


def test_the_same_form_is_the_same_file(episode):
    first, second = (papering.blank_for_episode(episode=episode, language="en", by=people.actor("bo")) for _ in "12")
    assert first == second


def test_the_form_is_printed_in_spanish(episode, tmp_path):
    assert squeezed("SAMPLE, Maria") in squeezed(form_of(episode, tmp_path, "es"))


def test_a_language_without_approved_text_is_refused(episode):
    with pytest.raises(disclosure.LanguageNotOffered):
        papering.blank_for_episode(episode=episode, language="fr", by=people.actor("bo"))


def test_a_draft_is_not_printed():
    with pytest.raises(lifecycle.WrongMove):
        papering.blank_for_episode(episode=people.a_draft(), language="en", by=people.actor("bo"))


def test_a_doubtful_side_is_not_printed():
    episode = people.an_episode("side")
    people.answer_step(people.walk_of(episode), "side", {"side": "right"})
    episode.refresh_from_db()
    with pytest.raises(answering.Held):
        papering.blank_for_episode(episode=episode, language="en", by=people.actor("bo"))


def test_a_representative_signs_by_name_and_right(tmp_path):
    episode = people.a_represented()
    people.preparing.release(episode=episode, by=people.actor("ada"))
    text = squeezed(form_of(episode, tmp_path))
    for words in ("Jo Sample", "mother", "parent with parental responsibility"):
        assert squeezed(words) in text


def test_of_two_items_each_is_agreed_or_refused(tmp_path):
    planned = [
        people.preparing.Planned(people.version(), side, ["C6"], "dexamethasone", "") for side in ("left", "right")
    ]
    text = form_of(people.a_released(items=planned), tmp_path)
    assert text.count("Do you agree to this one?") == 2


def test_a_bare_form_has_boxes_for_side_level_and_medicine(tmp_path):
    text = bare(tmp_path)
    for words in ("LEFT", "RIGHT", "C3", "C8", "Numbing medicine only", "Version 1 of", "my ____________ side"):
        assert words in text
    assert "SAMPLE" not in text


def test_a_recalled_version_is_not_printed():
    version = people.version()
    publishing.recall(version=version, by=people.user("ada"), by_name="Dr Ada Example", reason="A wrong figure")
    with pytest.raises(papering.NotPrintable, match="recalled"):
        bare(None, version=version)


def test_a_version_with_an_unset_local_value_is_not_printed():
    site, version = people.clinic().site, people.version()
    SiteValue.objects.create(
        site=site, procedure=version.procedure.slug, key="ward_phone", value="", set_at=timezone.now()
    )
    with pytest.raises(papering.NotPrintable, match="ward_phone"):
        bare(None)


def test_an_unapproved_text_is_not_printed_by_a_running_hospital(settings, monkeypatch):
    settings.DEMO = settings.DEBUG = False
    monkeypatch.setattr(type(people.version()), "is_approved", False)
    with pytest.raises(papering.NotPrintable, match="approved"):
        bare(None)


def test_the_command_writes_the_bare_form(tmp_path):
    call_command("print_blank", people.SLUG, "--version", "1", "-o", str(tmp_path / "form.pdf"))
    with pikepdf.open(io.BytesIO((tmp_path / "form.pdf").read_bytes())) as pdf:
        assert len(pdf.pages) > 5


@pytest.mark.parametrize(
    "asked",
    [
        ["nothing-such"],
        [people.SLUG, "--version", "99"],
        [people.SLUG, "--site", "Nowhere"],
        [people.SLUG, "--language", "fr"],
    ],
)
def test_the_command_says_what_it_lacks(asked, tmp_path):
    with pytest.raises(CommandError):
        call_command("print_blank", *asked, "-o", str(tmp_path / "form.pdf"))
    assert not (tmp_path / "form.pdf").exists()
