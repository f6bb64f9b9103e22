"""From bytes to paper: the same bytes give the same file, and everything that was told can be read in it."""

import hashlib
import io
import os
import re
import subprocess
import sys

import pikepdf
import pytest
from django.utils import translation

from consent.records import NotReady, render, shape
from tests.records import samples

pytestmark = pytest.mark.pdf


def pages(pdf):
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return len(document.pages)


def squeezed(text):
    """Without spaces, line breaks and the hyphens of a broken line, which are the layout's."""
    return re.sub(r"\s+", "", text)


def test_a_second_run_gives_the_same_bytes(laid):
    assert render.render(laid["consent"].data) == laid["consent"].unsealed


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_gives_the_same_bytes(laid, tmp_path, seed):
    (tmp_path / "record.json").write_bytes(laid["representative"].data)
    code = (
        "import hashlib, pathlib, sys; from consent.records import render; "
        "print(hashlib.sha256(render.render(pathlib.Path(sys.argv[1]).read_bytes())).hexdigest())"
    )
    surroundings = os.environ | {"PYTHONHASHSEED": seed, "TZ": "Asia/Kathmandu", "LANG": "de_DE.UTF-8"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "record.json")],
        env=surroundings,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == hashlib.sha256(laid["representative"].unsealed).hexdigest()


def test_the_language_of_this_process_changes_nothing(laid):
    with translation.override("es"):
        assert render.render(laid["arabic"].data) == laid["arabic"].unsealed


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_bytes_travel_inside_the_file(laid, name):
    with pikepdf.open(io.BytesIO(laid[name].sealed)) as pdf:
        assert pdf.attachments["record.json"].get_file().read_bytes() == laid[name].data
        assert len(pdf.Root.AF) == 1


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_the_theatre_door_is_one_page(laid, name):
    record = shape.parse(laid[name].data)
    first, second = (squeezed(laid[name].text("-f", page, "-l", page)) for page in ("1", "2"))
    if record.direction == "ltr":
        assert squeezed("".join(run.text for run in record.door_note)) in first
        assert squeezed(record.parts[0].heading) in second


def test_what_will_be_done_and_where_is_on_page_1(laid):
    page = squeezed(laid["consent"].text("-l", "1"))
    item = samples.consent().items[0]
    for words in (item.site, item.gap, item.plain, item.medical, item.medicine, item.word, "VALID", "000 481 516"):
        assert squeezed(words) in page


def test_every_risk_is_in_the_text(laid):
    text = squeezed(laid["consent"].text())
    for plain, term, figure, _, _ in (*samples.SERIOUS, *samples.COMMON):
        assert squeezed(plain) in text
        assert squeezed(term) in text
        assert squeezed(figure) in text


def test_every_question_and_its_answer_is_in_the_text(laid):
    text = squeezed(laid["consent"].text())
    for question in (samples.VIOLIN, samples.STROKE):
        assert squeezed(question.text) in text
        assert squeezed(question.replies[0].text) in text


@pytest.mark.parametrize("name", ["consent", "not-complete", "refusal", "representative", "spanish"])
def test_the_record_digest_is_on_every_page(laid, name):
    digest = hashlib.sha256(laid[name].data).hexdigest()
    text = squeezed(laid[name].text())
    assert text.count(digest[:24]) >= pages(laid[name].sealed)
    assert digest in text


def test_an_incomplete_record_says_so_and_shows_the_empty_box(laid):
    page = laid["not-complete"].text("-l", "1")
    assert "NOT COMPLETE" in page
    assert "NOT SIGNED" in page
    assert "VALID" not in page


def test_an_agreed_item_of_an_incomplete_record_bears_no_tick():
    agreed, tick = samples.not_complete(), "M13 25l8 8 15-17"
    assert tick not in render.page(agreed, "0" * 64, samples_made_at())
    assert tick in render.page(samples.consent(), "0" * 64, samples_made_at())


def samples_made_at():
    from tests.records.conftest import SEALED_AT

    return SEALED_AT


def test_a_refused_item_beside_an_agreed_one_is_told_apart(laid):
    page = squeezed(laid["representative"].text("-l", "1"))
    assert "AGREED" in page
    assert "NOTAGREED" in page
    assert squeezed("VALID for 1 of 2 items") in page


def test_mark_up_in_somebodys_words_is_only_words(laid):
    assert "<b>&amp; nothing</b>" in laid["odd-letters"].text()


def test_an_override_of_direction_does_not_turn_the_paper(laid):
    assert "TFEL" in laid["odd-letters"].text()
    assert "\u202e" not in laid["odd-letters"].text()
    assert "\u202e".encode() in laid["odd-letters"].data


def test_a_letter_that_no_font_has_is_replaced_on_paper_and_kept_in_the_bytes(laid):
    assert "\ufffd" in laid["odd-letters"].text()
    assert "\U0010fffd".encode() in laid["odd-letters"].data


@pytest.mark.parametrize("address", ["file:///etc/hostname", "http://127.0.0.1:9/x.png", "ftp://example.org/x"])
def test_nothing_from_outside_is_fetched(address):
    with pytest.raises(ValueError, match="disallowed protocol"):
        render.ONLY_DATA.fetch(address)


def test_long_names_and_many_signers_are_laid_out_whole():
    name = "SAMPLE-EXAMPLE, Maximiliana Wolfeschlegelsteinhausenbergerdorff-" + "Long" * 12
    patient = samples.MARIA.model_copy(update={"name": name})
    row = samples.drawn(name, "Parent", "I agree. " * 40, samples.moment("10:42:07"))
    signatures = samples.Signatures(heads=samples.SIGNATURE_HEADS, rows=[row] * 6)
    record = samples.consent(patient=patient, signatures=signatures)
    assert pages(render.render(shape.dump(record))) > pages(render.render(shape.dump(samples.consent())))


def test_a_ready_machine_is_ready():
    render.check_ready()


def test_a_missing_font_is_named(monkeypatch):
    monkeypatch.setitem(render.FONTS, "Noto Sans Klingon", "a")
    with pytest.raises(NotReady, match="Noto Sans Klingon"):
        render.check_ready()


def test_the_versions_behind_a_layout_can_be_kept():
    assert render.versions()["weasyprint"].startswith("70")
