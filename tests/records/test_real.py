"""Real records, end to end: walked, signed, composed, sealed by the worker, read by strangers' programs, and attacked."""

import io
import re
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

from consent import work
from consent.records import archive, keys, shape
from consent.steps import Walk
from tests import people
from tests.records import episodes
from tests.records.reading import squeezed, told
from tests.vera import vera

pytestmark = [pytest.mark.pdf, pytest.mark.django_db]
NAMES = list(episodes.EPISODES)
SOUND = "This is a record sealed by this hospital. Nothing in it has changed since."


@dataclass(frozen=True)
class Real:
    """An episode whose newest record has been sealed, and where the sealed file lies."""

    walk: Walk
    record: object
    path: object

    @property
    def shape(self):
        return shape.parse(bytes(self.record.body))

    def raw(self, *options):
        # -raw: in the order in which it was written, so that a name of two lines is not torn by its neighbour.
        command = ["pdftotext", "-raw", *options, str(self.path), "-"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def text(self, *options):
        return squeezed(self.raw(*options))


@dataclass(frozen=True)
class House:
    """A hospital's authority, the records it has sealed, and one whose sealing certificate has run out since."""

    authority: keys.Authority
    real: dict
    outlived: Real


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory):
    """Everything slow happens once: the episodes are walked, and the worker seals their records."""
    folder = tmp_path_factory.mktemp("house")
    now = datetime.now(UTC)
    authority = keys.make_authority(now)
    with django_db_blocker.unblock(), transaction.atomic():
        with a_house(folder, authority.issue(now)):
            walked = {name: make() for name, make in episodes.EPISODES.items()}
            while work.run_once():
                pass
            real = {name: real_of(episode) for name, episode in walked.items()}
        yield House(authority, real, outlived(folder, authority))
        transaction.set_rollback(True)


def a_house(folder, key):
    """The settings of a house that seals with `key`."""
    home = folder / f"keys-{key.fingerprint[:8]}"
    home.mkdir()
    keys.write_files(home, key)
    return override_settings(RECORDS_DIR=folder / "records", UPLOADS_DIR=folder / "uploads", KEYS_DIR=home)


def real_of(episode):
    record = episode.records.order_by("-id").first()
    return Real(people.walk_of(episode), record, archive.place(record.newest_file.sha256))


def outlived(folder, authority):
    """Sealed with a certificate of two seconds, and looked at when those are over."""
    now = timezone.now()
    until = now + timedelta(seconds=2)
    with a_house(folder, authority.issue(now, until=until)):
        episode = people.a_signed()
        archive.seal_record(episode.records.get(), now)
        found = real_of(episode)
    time.sleep(max((until - timezone.now()).total_seconds(), 0))
    return found


def verified(path):
    """(exit code, what was said) of the command that a records officer runs."""
    out = io.StringIO()
    try:
        call_command("verify_record", str(path), stdout=out)
    except SystemExit as left:
        return left.code, out.getvalue()
    return 0, out.getvalue()


# --- page 1 ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_theatre_door_is_exactly_one_page(house, name):
    real = house.real[name]
    first, second = (real.text("-f", page, "-l", page) for page in ("1", "2"))
    assert squeezed("".join(run.text for run in real.shape.door_note)) in first
    assert squeezed(real.shape.parts[0].heading) in second


@pytest.mark.parametrize("name", NAMES)
def test_what_will_be_done_and_where_is_on_page_1(house, name):
    real = house.real[name]
    page = real.text("-l", "1")
    for item in real.walk.items:
        wanted = [item["where"], item["plain"], item["medical"], item["side_word"], *item["levels"], item["gap"]]
        assert [words for words in wanted if squeezed(words) not in page] == []


def test_a_complete_record_has_eight_pages_at_most(house):
    assert house.real["plain"].record.newest_file.pages <= 8


def test_a_no_on_paper_shows_no_empty_table_of_signatures(house):
    page = house.real["refusal"].text("-l", "1")
    assert "REFUSED" in page
    assert squeezed("What this signature means") not in page


# --- what was told, asked and kept to oneself -------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_lost_between_the_bytes_and_the_paper(house, name):
    real = house.real[name]
    said = Counter(re.findall(r"\w+", " ".join(told(real.shape))))
    read = Counter(re.findall(r"\w+", real.raw()))
    assert said - read == Counter()


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_printed_twice(house, name):
    """What a page's end tears may come out on both sides of it: one sentence more than was said is one too many."""
    real = house.real[name]
    text, said = real.text("-f", "2"), squeezed(" ".join(told(real.shape)))
    sentences = {squeezed(each) for each in told(real.shape) if len(each) > 40}
    assert len(sentences) > 100
    assert [each for each in sentences if text.count(each) > said.count(each)] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_harm_can_be_read(house, name):
    real = house.real[name]
    text, walk = real.text(), real.walk
    serious, common = walk.section("serious"), walk.section("common")
    harms = [*serious["grave"], *serious["risks"], *common["risks"], *common["depends"]]
    assert len(harms) > 30
    assert [each["name"] for each in harms if squeezed(each["name"]) not in text] == []


def test_every_question_stands_with_its_answer(house):
    text = house.real["complete"].text()
    for question, answer in (episodes.VIOLIN, episodes.DRIVE):
        assert 0 < text.find(squeezed(question)) < text.find(squeezed(answer))


def test_what_was_explained_again_and_who_helped_with_signing_can_be_read(house):
    text = house.real["complete"].text()
    for words in ("1 time, by the page", "“Yes, please go ahead.”", "Why: A tremor", "Witness of the signature"):
        assert squeezed(words) in text


def test_what_was_told_in_private_is_nowhere(house):
    real = house.real["complete"]
    section = real.walk.section("tell_us")
    text, data = real.text(), inside(real.path).decode()
    pressed = section["items"][-1]
    private = [episodes.SECRET, section["title"], section["lead"], pressed["question"], pressed["flag"]]
    assert real.walk.said("tell_us")
    assert [words for words in private if squeezed(words) in text or words in data] == []


def inside(path):
    with pikepdf.open(path) as pdf:
        return pdf.attachments["record.json"].get_file().read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_bytes_that_were_filed_travel_inside(house, name):
    assert inside(house.real[name].path) == bytes(house.real[name].record.body)


def test_a_clinicians_password_is_not_made_to_look_like_a_hand(house):
    real = house.real["plain"]
    own, clinician = real.shape.signatures.rows
    assert (own.method, clinician.method, clinician.shown) == ("drawn", "password", "Dr Ada Example")
    assert squeezed("Signed with password") in real.text("-l", "1")


# --- the elements of the Yale/CMS measure of consent documents -------------------------------------------------------


def what(walk, record):
    return "why", walk.section("why")["what"]["lead"]


def how_it_is_done(walk, record):
    return "why", walk.section("during")["stages"][0]["text"]


def rationale(walk, record):
    return "why", walk.section("why")["lead"]


def benefit(walk, record):
    return "good", walk.section("benefits")["benefits"][0]["name"]


def a_number_for_a_risk(walk, record):
    return "harm", next(each["number"] for each in walk.section("common")["risks"] if each["n"])


def words_for_a_risk(walk, record):
    return "harm", next(each["number"] for each in walk.section("common")["risks"] if each["number"].isalpha())


def an_alternative(walk, record):
    return "choices", walk.section("compare")["rows"][0]["name"]


def date_given(walk, record):
    return "given", timezone.localtime(walk.episode.given_at).strftime("%-d %B %Y")


MEASURE = [what, how_it_is_done, rationale, benefit, a_number_for_a_risk, words_for_a_risk, an_alternative, date_given]


@pytest.mark.parametrize("element", MEASURE)
def test_a_document_that_is_measured_has_this_element(house, element):
    real = house.real["plain"]
    where, words = element(real.walk, real.shape)
    places = {each.code: each for each in real.shape.parts} | {each.about: each for each in real.shape.facts}
    assert words
    assert words in places[where].model_dump_json()
    assert squeezed(words) in real.text()


# --- other programs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_another_program_calls_the_seal_valid_and_the_document_whole(house, name):
    said = subprocess.run(["pdfsig", str(house.real[name].path)], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said


@pytest.mark.parametrize("name", NAMES)
def test_the_syntax_is_sound(house, name):
    done = subprocess.run(["qpdf", "--check", str(house.real[name].path)], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.fixture(scope="module")
def referee(house):
    found = vera.check([each.path for each in house.real.values()])
    return {name: found[str(each.path)] for name, each in house.real.items()}


@pytest.mark.parametrize("name", NAMES)
def test_it_keeps_to_both_standards(referee, name):
    assert referee[name] == {"3a": [], "ua1": []}


# --- ten years on ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_an_untouched_file_passes(house, name):
    code, said = verified(house.real[name].path)
    assert code == 0
    assert SOUND in said
    assert house.real[name].record.digest in said


def test_an_untouched_file_passes_when_its_certificate_has_run_out(house):
    assert house.outlived.record.newest_file.key.valid_to < timezone.now()
    code, said = verified(house.outlived.path)
    assert code == 0
    assert SOUND in said


def flipped_byte(real, house):
    data = bytearray(real.path.read_bytes())
    data[len(data) // 3] ^= 1
    return bytes(data)


def appended_byte(real, house):
    return real.path.read_bytes() + b"\n"


def changed_title(real, house):
    def change(pdf):
        pdf.docinfo["/Title"] = "Consent record, LEFT C7 nerve root"

    return saved_again(real, change)


def stripped_seal(real, house):
    def change(pdf):
        del pdf.Root.AcroForm
        del pdf.Root.Perms
        del pdf.pages[0].Annots

    return saved_again(real, change)


def saved_again(real, change):
    out = io.BytesIO()
    with pikepdf.open(real.path) as pdf:
        change(pdf)
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return out.getvalue()


def sealed_by_a_sister_key(real, house):
    """A certificate of the same authority, over the very same pages: genuine in every way, and not ours."""
    from consent.records import render, seal

    unsealed = render.render(bytes(real.record.body))
    sister = seal.Sealer.of(house.authority.issue(datetime.now(UTC)))
    return sister.seal(unsealed, reason="Record", name="Example General Hospital", location="Imaging")


ATTACKS = {
    flipped_byte: "",
    appended_byte: "A part of the file lies outside the seal.",
    changed_title: "",
    stripped_seal: "The file carries no seal.",
    sealed_by_a_sister_key: "It was not sealed with a key of this hospital.",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_file_that_was_tampered_with_is_refused_in_a_sentence(house, tmp_path, attack):
    path = tmp_path / "record.pdf"
    path.write_bytes(attack(house.real["complete"], house))
    code, said = verified(path)
    assert code == 1
    assert "Do not rely on this file. " in said
    assert ATTACKS[attack] in said
    assert SOUND not in said
