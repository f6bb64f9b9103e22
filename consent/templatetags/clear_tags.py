"""What the `clear` pack's templates ask about a field, and the small figures pages share."""

from dataclasses import dataclass

from django import forms, template

from consent.clear import DayMonthYear
from consent.dots import dots as dots_of

register = template.Library()


@dataclass(frozen=True)
class Option:
    input: str
    id: str
    label: object

    @property
    def small(self):
        return getattr(self.label, "small", "")

    @property
    def picture(self):
        return getattr(self.label, "picture", "")


@dataclass(frozen=True)
class Problem:
    text: str
    target: str


@register.filter
def kind(field):
    """Which of the pack's four patterns draws this field."""
    widget = field.field.widget
    if isinstance(widget, DayMonthYear):
        return "trio"
    if isinstance(widget, forms.RadioSelect):  # check boxes in a list are Django's kind of radios
        return "choices"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "box"


@register.filter
def is_radio(field):
    return getattr(field.field.widget, "input_type", "") == "radio"


@register.filter
def laid(field, name):
    """A trait of the widget's layout (see consent.clear.Rows); Django's own widgets get the usual."""
    usual = {"field_class": "field", "rows_class": "rows", "row_class": "row", "heading": False}
    return getattr(field.field.widget, name, usual[name])


@register.filter
def options(field):
    """The rows of a group of choices. The layout's class stays on the group and off each input."""
    return [Option(_bare(field, bound), bound.id_for_label, bound.choice_label) for bound in field.subwidgets]


def _bare(field, bound):
    # ARIA takes aria-invalid on a radio group, not on one radio; the group says it.
    unwanted = {"class", "aria-invalid"} if is_radio(field) else {"class"}
    bound.data["attrs"] = {name: value for name, value in bound.data["attrs"].items() if name not in unwanted}
    return bound.tag()


@register.filter
def parts(field):
    """The three controls of a date, each with its own label."""
    widget = field.field.widget
    attrs = {**field.build_widget_attrs({"id": field.auto_id}), "class": "box"}
    drawn = widget.get_context(field.html_name, field.value(), attrs)["widget"]["subwidgets"]
    bound = [forms.boundfield.BoundWidget(widget, part, field.form.renderer) for part in drawn]
    return [Option(one.tag(), one.id_for_label, label) for one, label in zip(bound, widget.captions, strict=True)]


@register.simple_tag
def control(field):
    """The box itself, with the pack's class before the caller's own."""
    own = field.field.widget.attrs
    attrs = {"class": f"box {own.get('class', '')}".strip()}
    if own.get("rows") == "10":  # Django's own default, too tall for a tablet
        attrs["rows"] = "3"
    return field.as_widget(attrs=attrs)


@register.simple_tag
def tick_box(field):
    return field.as_widget()


@register.filter
def problems(form):
    """Every error of a form or formset in the order of its fields, with the control each one is about."""
    forms_here = getattr(form, "forms", None)
    if forms_here is None:
        return _problems_of(form)
    whole = [Problem(text, "") for text in form.non_form_errors()]
    return whole + [problem for one in forms_here for problem in _problems_of(one)]


def _problems_of(form):
    if not form.errors:
        return []
    whole = [Problem(text, "") for text in form.non_field_errors()]
    shown = [field for field in form if field.errors]
    return whole + [Problem(text, _first_control(field)) for field in shown for text in field.errors]


def _first_control(field):
    """Groups have no id of their own to jump to: their first control has. A hidden field is no place to go."""
    if field.is_hidden:
        return ""
    return f"{field.auto_id}_0" if kind(field) in ("choices", "trio") else field.id_for_label


@register.inclusion_tag("components/icon.html")
def icon(name, extra=""):
    return {"name": name, "extra": extra}


@register.inclusion_tag("components/dots.html", name="dots")
def dots_figure(n, of, id, title):  # noqa: A002  the word a page author writes
    return {"figure": dots_of(n, of), "id": id, "title": title}
