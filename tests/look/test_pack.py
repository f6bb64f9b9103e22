"""What the pack and the style sheets promise to every page."""

import gzip
import re
from pathlib import Path

import pytest
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Fieldset, Layout, Submit
from crispy_forms.utils import render_crispy_form
from django.conf import settings
from django.template.loader import get_template

from tests.look.forms import EveryKind

TEMPLATES = Path(settings.BASE_DIR) / "templates"
CSS = Path(settings.BASE_DIR) / "static" / "css"
OURS = sorted([*TEMPLATES.glob("clear/**/*.html"), *TEMPLATES.glob("components/**/*.html"), *TEMPLATES.glob("*.html")])
FORMS = "betterform display_form errors field inputs multifield uni_form whole_uni_form"
FORMSETS = "errors_formset table_inline_formset uni_formset whole_uni_formset accordion accordion-group"


@pytest.mark.parametrize("name", f"{FORMS} {FORMSETS}".split())
def test_the_pack_is_whole(name):
    assert get_template(f"clear/{name}.html")


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_template_trusts_nothing_and_styles_nothing_inline(path):
    text = path.read_text()
    assert not re.search(r"\|\s*safe\b|autoescape off|\sstyle=|\son[a-z]+=|<style|<script(?! src)", text)


def test_a_layout_of_crispy_keeps_to_our_classes():
    form = EveryKind()
    form.helper = FormHelper()
    form.helper.layout = Layout(Fieldset("<b>About you</b>", "text"), Submit("go", "Save"))
    html = render_crispy_form(form)
    assert "<legend>&lt;b&gt;About you&lt;/b&gt;</legend>" in html
    assert 'class="btn btn-main' in html
    assert "novalidate" in html


def test_what_a_patient_loads_of_css_is_light():
    sheets = b"".join((CSS / name).read_bytes() for name in ("tokens.css", "forms.css", "patient.css"))
    assert len(gzip.compress(sheets, 9)) <= 12 * 1024


def test_both_lists_of_dark_colours_are_the_same():
    text = (CSS / "tokens.css").read_text()
    chosen, asked = re.findall(r"\{\s+color-scheme: dark;(.*?)\}", text, re.DOTALL)
    assert chosen.split() == asked.split()


@pytest.mark.parametrize("name", ["forms.css", "patient.css", "desk.css"])
def test_a_sheet_names_no_token_that_is_not_there(name):
    every = "".join(path.read_text() for path in CSS.glob("*.css"))
    used = set(re.findall(r"var\((--[\w-]+)[),]", (CSS / name).read_text()))
    assert used <= set(re.findall(r"(--[\w-]+):", every)) | {"--pill"}
