"""Each kind of field is drawn as its snapshot says, with and without an error.

A wanted change: delete the snapshot, run once, and read the new file before you commit it.
"""

import re
from pathlib import Path

import pytest
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_field, as_crispy_form
from django import forms

from consent.clear import Choice, ClearForm, DayMonthYear, Radios, Seg
from tests.look.forms import EveryKind

SNAPSHOTS = Path(__file__).parent / "snapshots"


def tidy(html):
    """One tag a line, so that a snapshot can be read and compared."""
    return re.sub(r">\s*<", ">\n<", re.sub(r"\s+", " ", html)).strip() + "\n"


@pytest.mark.parametrize("name", EveryKind.base_fields)
@pytest.mark.parametrize("state", ["fresh", "wrong"])
def test_a_field_looks_as_it_did(name, state):
    html = tidy(as_crispy_field(EveryKind({} if state == "wrong" else None)[name]))
    snapshot = SNAPSHOTS / f"{name}-{state}.html"
    if not snapshot.exists():
        snapshot.write_text(html)
        pytest.fail(f"{snapshot.name} was missing and has been written: read it")
    assert html == snapshot.read_text()


def hostile(text="<script>alert(1)</script>"):
    class Hostile(ClearForm):
        box = forms.CharField(label=text, help_text=text, error_messages={"required": text})
        group = forms.ChoiceField(label=text, help_text=text, choices=[("a", Choice(text, small=text))], widget=Radios)
        line = forms.ChoiceField(label=text, choices=[("a", text)], widget=Seg)
        date = forms.DateField(label=text, help_text=text, widget=DayMonthYear)
        tick = forms.BooleanField(label=text, help_text=text)
        drop = forms.ChoiceField(label=text, choices=[("a", text)])

    return Hostile({"date_day": text, "date_month": "1", "date_year": text})


def test_a_hostile_label_comes_out_as_text():
    form = hostile()
    html = as_crispy_errors(form) + as_crispy_form(form)
    assert "<script>" not in html
    assert html.count("&lt;script&gt;") >= 18


def test_a_date_that_does_not_exist_comes_back_as_it_was_typed():
    form = EveryKind({"born_day": "31", "born_month": "2", "born_year": "1961"})
    assert "born" in form.errors
    html = as_crispy_field(form["born"])
    assert 'value="31"' in html
    assert 'value="1961"' in html
    assert '<option value="2" selected>' in html


def test_a_date_in_three_parts_is_one_date():
    class Born(ClearForm):
        born = forms.DateField(widget=DayMonthYear)

    form = Born({"born_day": "14", "born_month": "3", "born_year": "1961"})
    assert form.is_valid()
    assert form.cleaned_data["born"].isoformat() == "1961-03-14"


def test_a_dash_typed_into_a_date_does_no_harm():
    form = EveryKind({"born_day": "1-2", "born_month": "3", "born_year": "1961-"})
    assert "born" in form.errors
    assert as_crispy_field(form["born"])


def test_every_part_of_a_wrong_date_is_marked():
    assert as_crispy_field(EveryKind({})["born"]).count('aria-invalid="true"') == 3


def test_what_is_missing_is_said_in_words_of_its_own():
    errors = EveryKind({}).errors
    assert errors["text"] == ["Fill this in: What are you allergic to?"]
    assert errors["radios"] == ["Choose an answer: Do you take a blood thinner?"]
    assert errors["tick"] == ["Tick this line: I have read this record and sign it."]
