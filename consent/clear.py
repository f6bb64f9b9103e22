"""Widgets and choices for forms drawn by the `clear` pack: a field's look is chosen by its widget.

    class TellUs(ClearForm):
        thinner = forms.ChoiceField(label=…, choices=…, widget=Radios(columns=3))
        which = forms.CharField(label=…, required=False)

Any of Django's own widgets works too: text, textarea, number, select, file, radios, check boxes. These say more:

    Radios, Ticks   rows to touch; columns=2 or 3 for short words; heading=True when the page is this one question
    Chips           short choices in a line, for the desk (LEFT, RIGHT); ChipTicks for several (C4 to C8)
    Seg             yes / no / not sure / talk first: the first is spruce, all others are the person's own heather
    Pick            radios with a picture, seen from behind so that left is left
    Tick            one sentence to confirm
    Mine            "This matters to me", described by the heading of its risk
    Pin             a short secret of digits
    DayMonthYear    a date in three parts, the month as a word, so that 03/04 cannot be turned round

A choice may carry a second, smaller line and a picture: Choice(_("Everything"), small=_("All facts")).
"""

import re
from datetime import date

from django import forms
from django.forms.utils import pretty_name
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

TURNS_ROUND = re.compile("[\u202a-\u202e\u2066-\u2069]")


class ClearForm(forms.Form):
    """A form whose own words say what is missing: the browser neither stops it nor marks it."""

    use_required_attribute = False

    def clean(self):
        """Signs that turn the reading direction round could turn LEFT and its number about, on page and paper."""
        cleaned = super().clean()
        for name, value in list(cleaned.items()):
            if isinstance(value, str) and TURNS_ROUND.search(value):
                self.add_error(name, _("Please write this without hidden signs"))
        return cleaned

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.error_messages.get("required") is forms.Field.default_error_messages["required"]:
                field.error_messages["required"] = _missing(field, field.label or pretty_name(name))


def _missing(field, label):
    """What to do, in place of Django's "This field is required."; a page with better words gives them itself."""
    if hasattr(field, "choices"):
        return _("Choose an answer: %(label)s") % {"label": label}
    if isinstance(field.widget, forms.CheckboxInput):
        return _("Tick this line: %(label)s") % {"label": label}
    return _("Fill this in: %(label)s") % {"label": label}


class Choice:
    """A choice's label with a second line or a picture (a template's name). Read late: lazy translations stay lazy."""

    def __init__(self, text, small="", picture=""):
        self.text, self.small, self.picture = text, small, picture

    def __str__(self):
        return str(self.text)


class Rows:
    """How a group of choices is laid out; the pack's templates read these."""

    rows_class = "rows"
    row_class = "row"
    field_class = "field"
    heading = False

    def __init__(self, *args, columns=1, heading=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows_class = f"{self.rows_class} {('', 'two', 'three')[columns - 1]}".strip()
        if heading:
            self.heading, self.field_class = True, "whole"


class Radios(Rows, forms.RadioSelect):
    pass


class Ticks(Rows, forms.CheckboxSelectMultiple):
    pass


class Chips(Rows, forms.RadioSelect):
    rows_class = "rows chips"


class ChipTicks(Rows, forms.CheckboxSelectMultiple):
    rows_class = "rows chips"


class Seg(Rows, forms.RadioSelect):
    rows_class = "rows seg"
    field_class = "item"


class Pick(Rows, forms.RadioSelect):
    rows_class = "rows two"
    row_class = "row pick"


class Tick(forms.CheckboxInput):
    row_class = "row tick"


class Mine(forms.CheckboxInput):
    """Stands in the risk's own corner, so it brings no field round it."""

    row_class = "row mine"
    field_class = ""

    def __init__(self, *args, describedby="", **kwargs):
        super().__init__(*args, **kwargs)
        if describedby:
            self.attrs["aria-describedby"] = describedby


class Pin(forms.PasswordInput):
    def __init__(self, attrs=None, **kwargs):
        digits = {"inputmode": "numeric", "autocomplete": "off", "class": "box-short"}
        super().__init__({**digits, **(attrs or {})}, **kwargs)


class DayMonthYear(forms.MultiWidget):
    """Three controls for a DateField. What was typed comes back as it was typed, even when it is no date."""

    use_fieldset = True
    captions = (_("Day"), _("Month"), _("Year"))

    def __init__(self, attrs=None):
        digits = {"inputmode": "numeric", "autocomplete": "off"}
        months = forms.Select(choices=[("", "–"), *MONTHS.items()])
        day, year = forms.TextInput({**digits, "maxlength": 2}), forms.TextInput({**digits, "maxlength": 4})
        super().__init__({"day": day, "month": months, "year": year}, attrs)

    def decompress(self, value):
        if isinstance(value, date):
            return [value.day, value.month, value.year]
        if not value:
            return [None, None, None]
        year, month, day = str(value).split("-", 2)
        return [day, month, year]

    def value_from_datadict(self, data, files, name):
        day, month, year = ((part or "").strip() for part in super().value_from_datadict(data, files, name))
        return f"{year}-{month}-{day}" if day or month or year else None


class FourDigitYear(forms.DateField):
    """A date in three parts that says so when the year has two digits: nobody guesses at the century."""

    widget = DayMonthYear

    def to_python(self, value):
        if isinstance(value, str) and len(value.partition("-")[0]) == 2 and value[:2].isdecimal():
            raise forms.ValidationError(_("Write the year with four digits"), code="year")
        return super().to_python(value)
