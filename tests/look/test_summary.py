"""The summary of errors stands once, and each line leads to a control that is there."""

import re

from crispy_forms.templatetags.crispy_forms_filters import as_crispy_errors, as_crispy_form
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template import Context, Template

from tests.look.forms import EveryKind

PAGE = Template("{% load crispy_forms_tags %}{{ form|as_crispy_errors }}<h1>Page</h1>{% crispy form %}")


def test_each_line_of_the_summary_leads_to_a_control():
    form = EveryKind({})
    targets = re.findall(r'href="#([^"]+)"', as_crispy_errors(form))
    assert len(targets) == sum(len(field.errors) for field in form.visible_fields())
    ids = re.findall(r'<(?:input|select|textarea)[^>]* id="([^"]+)"', as_crispy_form(form))
    assert set(targets) <= set(ids)


def test_the_summary_uses_the_same_words_as_the_field():
    form = EveryKind({})
    summary, fields = as_crispy_errors(form), as_crispy_form(form)
    for words in re.findall(r'href="#[^"]+">([^<]+)<', summary):
        assert words in fields


def test_the_form_itself_brings_no_second_summary():
    html = PAGE.render(Context({"form": EveryKind({})}))
    assert html.count('role="alert"') == 1
    assert html.index('role="alert"') < html.index("<h1>")


def test_no_id_stands_twice():
    html = PAGE.render(Context({"form": EveryKind({})}))
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_everything_described_is_there():
    html = as_crispy_form(EveryKind({}))
    ids = set(re.findall(r'\sid="([^"]+)"', html))
    described = {one for line in re.findall(r'aria-describedby="([^"]*)"', html) for one in line.split()}
    assert described - ids == {"risk-1-h"}  # the heading of a risk, which stands on its page


def test_a_page_without_errors_has_no_summary():
    assert as_crispy_errors(EveryKind()).strip() == ""


def test_an_error_of_the_whole_form_is_in_the_summary():
    form = EveryKind({})
    form.add_error(None, "These do not go together")
    assert "<li>These do not go together</li>" in as_crispy_errors(form)


def test_a_formset_has_one_summary():
    class One(forms.Form):
        name = forms.CharField()

    rows = forms.formset_factory(One, extra=0)
    posted = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-name": "", "form-1-name": ""}
    html = as_crispy_errors(rows(posted)) + render_crispy_form(rows(posted))
    assert html.count('role="alert"') == 1
    assert 'href="#id_form-1-name"' in html
