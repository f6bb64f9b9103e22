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
    # -raw: in the order in which it was written, so that words of two lines are not torn by their neighbours.
    text = squeezed(laid["consent"].text("-raw"))
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


def a_row(label, count, **more):
    return shape.Row(label=label, paragraphs=["A sentence."], points=[f"{label} {n}" for n in range(count)], **more)


def test_columns_hold_every_word_once_and_in_order():
    rows = [a_row("first", 2), a_row("second", 30), a_row("third", 4)]
    left, right = render.columns(rows)
    points = [point for row in [*left, *right] for point in row.points]
    assert points == [point for row in rows for point in row.points]
    assert [row.label for row in [*left, *right]] == ["first", "second", None, "third"]


@pytest.mark.parametrize("row", [a_row("short", 3), a_row("kept", 30, keep=True)])
def test_a_short_or_kept_row_is_not_torn_between_columns(row):
    assert [len(column) for column in render.columns([row, row])] == [1, 1]


def test_arrays_stand_three_or_four_in_a_row():
    across = {count: [sum(map(bool, row)) for row in render.in_rows([object()] * count)] for count in (1, 3, 4, 6, 8)}
    assert across == {1: [1], 3: [3], 4: [4], 6: [3, 3], 8: [4, 4]}


def test_a_record_without_signatures_has_no_table_of_them():
    none = samples.refusal().model_copy(update={"signatures": shape.Signatures(heads=samples.SIGNATURE_HEADS)})
    assert 'class="signs"' not in render.page(none, "0" * 64, samples_made_at())
    assert 'class="signs"' in render.page(samples.refusal(), "0" * 64, samples_made_at())


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
