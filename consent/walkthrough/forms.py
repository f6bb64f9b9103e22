"""Forms on the tablet that staff take part in: the PIN box, answers at the bedside, help with signing."""

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import access, policy
from consent.clear import ClearForm, FourDigitYear, Pin, Radios
from consent.handover import NotInFullToday, WrongPin, staff_by_pin
from consent.models import Discussion


def staff_by(username, pin, hand_over):
    """The member of staff with this sign-in name and PIN. Raises ValidationError: the same whatever was wrong."""
    try:
        return staff_by_pin(username=username, pin=pin, hand_over=hand_over)
    except WrongPin as wrong:
        raise not_opened() from wrong
    except NotInFullToday as late:
        raise forms.ValidationError(
            _("Sign in once in full today: by password, passkey or single sign-on. After that your PIN opens tablets")
        ) from late


def colleague_by(username, pin, hand_over):
    """Likewise, and working in this consent's clinic: nobody else may have been here to see it. The same words again."""
    user = staff_by(username, pin, hand_over)
    try:
        access.episode(user, hand_over.episode_id)
    except (Http404, PermissionDenied) as stranger:
        raise not_opened() from stranger
    return user


def not_opened():
    return forms.ValidationError(
        _("Check the sign-in name and the PIN. After five wrong tries only a full sign-in helps")
    )


class WithPins(ClearForm):
    """A form with PINs in it: `hand_over` is the tablet at which they are given."""

    def __init__(self, *args, hand_over=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.hand_over = hand_over


class PinForm(WithPins):
    """Who unlocks the tablet. `user` after a valid check."""

    username = forms.CharField(
        label=_("Your sign-in name"),
        max_length=150,
        widget=forms.TextInput(
            {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "class": "box-short"}
        ),
        error_messages={"required": _("Enter your sign-in name")},
    )
    pin = forms.CharField(
        label=_("Your PIN"), max_length=12, widget=Pin(), error_messages={"required": _("Enter your PIN")}
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            self.user = staff_by(cleaned["username"], cleaned["pin"], self.hand_over)
        return cleaned


class OpenForm(ClearForm):
    """What opens a link: the code that staff have given, and the patient's birth date."""

    code = forms.CharField(
        label=_("Your code"),
        help_text=_("Six digits. We have given it to you."),
        max_length=40,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "box-short"}),
        error_messages={"required": _("Enter the six digits of your code")},
    )
    born = FourDigitYear(
        label=_("The patient’s date of birth"),
        help_text=_("If you read for somebody else: their date of birth, not yours."),
        error_messages={
            "required": _("Give day, month and year"),
            "invalid": _("There is no such day. Check day, month and year"),
        },
    )

    def clean_code(self):
        """Digits alone, in any script, however they are spaced."""
        digits = "".join(str(int(each)) for each in self.cleaned_data["code"] if each.isdecimal())
        if len(digits) != 6:
            raise forms.ValidationError(_("Enter the six digits of your code"))
        return digits


class AnswerForm(ClearForm):
    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2, "autocomplete": "off"}),
        help_text=_("May stay empty when you talked about it."),
    )


class DiscussionForm(ClearForm):
    release = forms.IntegerField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(
        label=_("How did you talk?"),
        choices=Discussion.MODES,
        initial="here",
        widget=Radios(columns=3),
        error_messages={"required": _("Choose how you talked")},
    )
    present = forms.CharField(label=_("Who else was there?"), required=False, max_length=300)
    note = forms.CharField(
        label=_("What you talked about, if it should be on the record"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    def act(self):
        return {**self.cleaned_data, "happened_at": timezone.now()}


class HelpForm(WithPins):
    """Somebody writes for the person, or the person says it aloud or makes a mark: with the witnesses that the policy asks for."""

    HOW = [
        ("written_by_other", _("Somebody writes my name for me")),
        ("spoken", _("I say it aloud")),
        ("mark", _("I make a mark or a cross")),
    ]

    key = forms.CharField(max_length=60, widget=forms.HiddenInput)
    disclosure = forms.CharField(max_length=64, widget=forms.HiddenInput)
    answers = forms.CharField(max_length=64, widget=forms.HiddenInput)
    how = forms.ChoiceField(
        label=_("How do you want to do it?"),
        choices=HOW,
        widget=Radios(),
        error_messages={"required": _("Choose how you want to sign")},
    )
    why = forms.CharField(
        label=_("Why is help needed?"),
        help_text=_("For example: a tremor, or cannot see the screen."),
        max_length=300,
        error_messages={"required": _("Say why help is needed")},
    )
    helper = forms.CharField(
        label=_("Who writes?"),
        help_text=_("Full name, and how you know each other. Only when somebody writes."),
        required=False,
        max_length=200,
    )
    words = forms.CharField(
        label=_("What was said, word for word?"),
        help_text=_("Only when it was said aloud."),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2}),
    )
    strokes = forms.CharField(required=False, widget=forms.HiddenInput)
    witness_1 = forms.CharField(
        label=_("Witness: sign-in name"),
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("Enter the witness's sign-in name")},
    )
    pin_1 = forms.CharField(
        label=_("Witness: PIN"), max_length=12, widget=Pin(), error_messages={"required": _("Enter the witness's PIN")}
    )
    witness_2 = forms.CharField(
        label=_("Second witness: sign-in name"),
        required=False,
        max_length=150,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    pin_2 = forms.CharField(label=_("Second witness: PIN"), required=False, max_length=12, widget=Pin())

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        if cleaned["how"] == "written_by_other" and not cleaned["helper"]:
            self.add_error("helper", _("Say who writes"))
        if cleaned["how"] == "spoken" and not cleaned["words"]:
            self.add_error("words", _("Write down what was said"))
        if policy.current().witnesses_for(cleaned["how"]) > 1 and not cleaned["witness_2"]:
            self.add_error("witness_2", _("A mark needs a second witness"))
        if not self.errors:
            self.witnesses = list(self.checked_witnesses(cleaned))
        return cleaned

    def checked_witnesses(self, cleaned):
        for number in ("1", "2"):
            if cleaned[f"witness_{number}"]:
                try:
                    yield colleague_by(cleaned[f"witness_{number}"], cleaned[f"pin_{number}"], self.hand_over)
                except forms.ValidationError as problem:
                    self.add_error(f"pin_{number}", problem)

    def act(self):
        """Arguments of signing.sign."""
        said = self.cleaned_data
        return {
            "key": said["key"],
            "disclosure": said["disclosure"],
            "answers": said["answers"],
            "method": said["how"],
            "strokes": said["strokes"] if said["how"] != "spoken" else "",
            "typed": "",
            "helper": said["helper"],
            "words": said["words"],
            "why": said["why"],
            "witnesses": self.witnesses,
        }
