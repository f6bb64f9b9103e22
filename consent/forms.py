"""The forms of the walkthrough's steps: each is made from one section of the disclosure, checks and converts, never saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from consent.clear import Choice, ClearForm, Mine, Pick, Radios, Seg, Ticks

OWN_WORDS = 2000
TEXT_SIZES = [("100", _("This size")), ("125", _("Larger")), ("150", _("Largest"))]


class StepForm(ClearForm):
    """`section` is the page's part of the disclosure; `walk` the whole of what is known so far.

    What is typed or ticked is kept as a draft before Continue, so that a flat battery loses nothing; not where `drafts`
    is False: nobody who takes the tablet up again finds a language or a decision chosen.
    """

    drafts = True

    def __init__(self, *args, section=None, walk=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.section, self.walk = section or {}, walk
        self.build()
        for field in self.fields.values() if self.drafts else []:
            field.widget.attrs["data-draft"] = ""

    def build(self):
        """Add the fields that this section asks for."""

    def answer(self):
        """What is kept of this page, as plain values for canonical bytes."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}


def pairs(options):
    """Choices from a section: {key: text} or {key: [text, small text]}."""
    return [(key, text if isinstance(text, str) else Choice(text[0], small=text[1])) for key, text in options.items()]


class Reading(StepForm):
    """A page that is only read: Continue says that it was shown."""

    def answer(self):
        return {"read": True}


class Welcome(StepForm):
    drafts = False

    def build(self):
        languages = self.walk.languages
        if len(languages) > 1:
            self.fields["language"] = forms.ChoiceField(
                label=_("Which language is best for you?"),
                choices=languages,
                widget=Radios(columns=3),
                error_messages={"required": _("Choose a language")},
            )
        self.fields["text_size"] = forms.ChoiceField(
            label=_("How big should the words be?"), choices=TEXT_SIZES, required=False, widget=Radios(columns=3)
        )

    def answer(self):
        return {"text_size": "100", "language": self.walk.languages[0][0], **super().answer()}


class Amount(StepForm):
    def build(self):
        self.fields["amount"] = forms.ChoiceField(
            label=self.section["title"],
            choices=pairs(self.section["options"]),
            widget=Radios(heading=True),
            help_text=self.section["lead"],
            error_messages={"required": _("Choose how much you want to know")},
        )


class Matters(StepForm):
    def build(self):
        self.fields["matters"] = forms.MultipleChoiceField(
            label=self.section["title"],
            help_text=self.section["lead"],
            required=False,
            choices=pairs(self.section["options"]),
            widget=Ticks(columns=2, heading=True),
        )
        self.fields["own"] = own_words(self.section["own_label"], self.section["own_hint"])


def own_words(label, hint="", rows=4):
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=OWN_WORDS,
        widget=forms.Textarea({"rows": rows, "autocomplete": "off"}),
        error_messages={"max_length": _("Please make it shorter, or tell us the rest in person")},
    )


class TellUs(StepForm):
    """Private flags to the desk. Nothing here is ever needed to go on."""

    ANSWERS = [("yes", _("Yes")), ("no", _("No")), ("not_sure", _("Not sure"))]

    def build(self):
        for item in self.section["items"]:
            self.fields[item["key"]] = forms.ChoiceField(
                label=item["question"],
                help_text=item["hint"],
                required=False,
                choices=self.ANSWERS,
                widget=Radios(columns=3),
            )
            if item["ask_detail"]:
                self.fields[f"{item['key']}__detail"] = forms.CharField(
                    label=item["detail"],
                    required=False,
                    max_length=300,
                    widget=forms.TextInput({"autocomplete": "off"}),
                )


class Side(StepForm):
    """The person picks before our side is shown. Seen from behind, so that left is left."""

    def build(self):
        options = self.section["options"]
        pictured = [(key, Choice(options[key], picture=f"components/pictures/{key}.html")) for key in ("left", "right")]
        self.fields["side"] = forms.ChoiceField(
            label=self.section["title"],
            help_text=self.section["lead"],
            widget=Pick(heading=True),
            choices=[*pictured, ("both", options["both"]), ("unsure", options["unsure"])],
            error_messages={"required": _("Choose a side, or “I am not sure”")},
        )


class Risks(StepForm):
    """Reading, and "this matters to me" beside each risk."""

    def build(self):
        section = self.section
        for risk in [*section.get("grave", []), *section["risks"], *section.get("depends", [])]:
            self.fields[risk["key"]] = forms.BooleanField(
                label=_("This matters to me"), required=False, widget=Mine(describedby=f"risk-{risk['key']}")
            )

    def answer(self):
        return {"read": True, "matters": sorted(key for key, value in self.cleaned_data.items() if value)}


class Check(StepForm):
    """Up to three questions that check our explaining."""

    def build(self):
        for question in self.walk.checks:
            self.fields[question["key"]] = forms.ChoiceField(
                label=question["question"],
                choices=pairs(question["options"]),
                widget=Radios(columns=3),
                error_messages={"required": _("Choose an answer, or “Not sure”")},
            )


class Checklist(StepForm):
    def build(self):
        for key, statement in self.walk.statements.items():
            self.fields[key] = forms.ChoiceField(
                label=statement,
                choices=pairs(self.section["options"]),
                widget=Seg(),
                error_messages={"required": _("Choose an answer for: %(line)s") % {"line": statement}},
            )


class Permissions(StepForm):
    """Never pre-ticked. Each is asked for, so that a no on the record is one that was said; what never came is no."""

    def build(self):
        for row in self.section["rows"]:
            self.fields[row["key"]] = forms.ChoiceField(
                label=row["question"],
                help_text=row["hint"],
                error_messages={"required": _("Choose yes or no for: %(line)s") % {"line": row["question"]}},
                choices=pairs(self.section["options"]),
                widget=Radios(columns=2),
            )

    def answer(self):
        return {row["key"]: self.cleaned_data.get(row["key"]) or "no" for row in self.section["rows"]}


class Decision(StepForm):
    drafts = False

    def build(self):
        self.fields["decision"] = forms.ChoiceField(
            label=self.section["title"],
            help_text=self.section["lead"],
            choices=pairs(self.section["options"]),
            widget=Radios(heading=True),
            error_messages={"required": _("Choose one of these")},
        )
        items = self.walk.items
        for item in items if len(items) > 1 else []:
            self.fields[f"item_{item['position']}"] = forms.ChoiceField(
                label=f"{item['where']} {item['gap'] and '(' + item['gap'] + ')'}".strip(),
                required=False,
                help_text=self.section["each_title"],
                choices=pairs(self.section["each_options"]),
                widget=Radios(columns=2),
            )

    def clean(self):
        cleaned = super().clean()
        names = [name for name in self.fields if name.startswith("item_")]
        if cleaned.get("decision") == "consent" and names:
            for name in names:
                if not cleaned.get(name):
                    self.add_error(name, _("Choose yes or no for: %(item)s") % {"item": self.fields[name].label})
            if not self.errors and not any(cleaned[name] == "yes" for name in names):
                self.add_error("decision", _("You said no to each one. Choose “No” here, or yes to at least one"))
        return cleaned


class AskForm(ClearForm):
    """A question in the person's own words."""

    text = forms.CharField(
        label=_("What would you like to ask?"),
        help_text=_("Write it here, or say it to us."),
        max_length=OWN_WORDS,
        widget=forms.Textarea({"rows": 4, "autocomplete": "off", "data-draft": ""}),
        error_messages={"required": _("Write your question, or go back"), "max_length": _("Please make it shorter")},
    )
    about = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)


class RefuseForm(ClearForm):
    reason = forms.CharField(
        label=_("Would you like to say why?"),
        help_text=_("You do not have to."),
        required=False,
        max_length=OWN_WORDS,
        widget=forms.Textarea({"rows": 3, "autocomplete": "off", "data-draft": ""}),
    )


class WithdrawForm(ClearForm):
    """A change of mind after signing: words are welcome and never needed."""

    words = forms.CharField(required=False, max_length=OWN_WORDS)


class SignForm(ClearForm):
    """What the sign page sends: the way of signing, and the digests of what it showed."""

    WAYS = ("drawn", "typed", "spoken", "written_by_other", "mark")

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    disclosure = forms.CharField(max_length=64, widget=forms.HiddenInput)
    answers = forms.CharField(max_length=64, widget=forms.HiddenInput)
    way = forms.ChoiceField(
        label=_("How do you want to sign?"),
        widget=Radios(columns=3),
        required=False,
        choices=[("drawn", _("Draw my name")), ("typed", _("Type my name")), ("other", _("Someone writes for me"))],
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    typed = forms.CharField(
        label=_("Type your full name"),
        help_text=_("Your typed name is your signature."),
        required=False,
        max_length=200,
        widget=forms.TextInput({"class": "typed", "autocomplete": "off", "spellcheck": "false"}),
    )

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("way") or cleaned.get("strokes") or cleaned.get("typed")) and not self.errors:
            raise forms.ValidationError(_("Draw or type your name"))
        return cleaned
