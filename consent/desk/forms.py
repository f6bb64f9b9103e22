"""Forms of the desk: they check and convert, and never save."""

from datetime import datetime

from django import forms
from django.core.validators import RegexValidator, validate_email
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent import placing, policy, wording
from consent.clear import Chips, ClearForm, FourDigitYear, Pin, Radios, Tick, Ticks
from consent.desk.person import content_of
from consent.identity import single
from consent.models import Discussion, Invitation, Status

OFF = {"autocomplete": "off"}
MOBILE = RegexValidator(r"^\+?[0-9][0-9 ()./-]{6,24}\Z", _("Write a mobile number, such as +44 7700 900123"))
LARGEST = 20 * 1024 * 1024


def line(label, *, required=True, most=200, missing="", **more):
    """A single line of text."""
    errors = {"required": missing} if missing else None
    return forms.CharField(
        label=label, required=required, max_length=most, widget=forms.TextInput(OFF), error_messages=errors, **more
    )


def words(label, *, required=True, most=2000, rows=3, missing="", **more):
    """A few lines of text. What is too short is as good as missing."""
    errors = {"required": missing, "min_length": missing} if missing else None
    box = forms.Textarea({"rows": rows, **OFF})
    return forms.CharField(label=label, required=required, max_length=most, widget=box, error_messages=errors, **more)


def day(label, *, required=True, missing="", **more):
    errors = {
        "required": missing or _("Give day, month and year"),
        "invalid": _("There is no such day. Check day, month and year"),
    }
    return FourDigitYear(label=label, required=required, error_messages=errors, **more)


def clock(label, *, required=True):
    box = forms.TimeInput({"class": "box-short", "inputmode": "numeric", **OFF}, format="%H:%M")
    errors = {
        "required": _("Give the time, such as 09:40"),
        "invalid": _("Write the time with four digits, such as 09:40"),
    }
    return forms.TimeField(
        label=label, required=required, widget=box, input_formats=["%H:%M", "%H.%M", "%H%M"], error_messages=errors
    )


def password(label):
    box = forms.PasswordInput({"autocomplete": "current-password"})
    return forms.CharField(label=label, strip=False, widget=box, error_messages={"required": _("Enter your password")})


# --- at the bedside --------------------------------------------------------------------------------------------------


class HandOverForm(ClearForm):
    """What staff have seen and heard before the tablet leaves their hands."""

    said = forms.ChoiceField(label=_("How do you know who this is?"), widget=Radios(),
                             error_messages={"required": _("Say how you know who this is")})  # fmt: skip
    free = forms.BooleanField(
        label=_("Nobody is hurrying or pressing them, as far as I can see."), widget=Tick(),
        error_messages={"required": _("Tick this line, or do not hand over the tablet now")},
    )  # fmt: skip
    party = forms.ModelChoiceField(None, label=_("Who gets the tablet"), widget=Radios(), empty_label=None,
                                   error_messages={"required": _("Choose who gets the tablet")})  # fmt: skip
    device = line(
        _("Name of this tablet"),
        required=False,
        most=80,
        help_text=_("For example: tablet 4. This browser remembers it."),
    )

    def __init__(self, *args, parties, patient, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties
        self.fields["party"].label_from_instance = party_words
        if len(parties) == 1:
            self.fields["party"].widget, self.fields["party"].initial = forms.HiddenInput(), parties[0].pk
        said = _("They said “%(name)s” and “%(born)s” without being prompted, and wrist band or letter agree.")
        if not any(party.is_patient for party in parties):
            said = _("They gave their own name, and said the patient is “%(name)s”, born “%(born)s”.")
        self.fields["said"].choices = [
            ("said", said % {"name": patient.name, "born": wording.day(patient.born)}),
            ("known", _("They cannot say it. Somebody who knows them said so, and wrist band or letter agree.")),
        ]

    @property
    def said_name_and_birth_date(self):
        return self.cleaned_data["said"] == "said"


class InviteForm(ClearForm):
    """Who is invited to read at home, and by which way the link goes to them."""

    party = forms.ModelChoiceField(None, label=_("Who is invited"), widget=Radios(), empty_label=None,
                                   error_messages={"required": _("Choose who is invited")})  # fmt: skip
    channel = forms.ChoiceField(label=_("How the link goes to them"), widget=Chips(),
                                error_messages={"required": _("Choose how the link goes to them")})  # fmt: skip
    address = line(
        _("E-mail address or mobile number"),
        required=False,
        most=254,
        help_text=_("Not needed on paper."),
    )
    source = forms.ChoiceField(
        label=_("Where the address or number is from"), choices=Invitation.SOURCES, widget=Chips(), required=False
    )
    known = forms.ChoiceField(label=_("How do you know whom you give link and code to?"), choices=Invitation.KNOWN, widget=Radios(),
                              error_messages={"required": _("Choose how you know them")})  # fmt: skip
    known_words = line(_("Which other way?"), required=False, most=300,
                       help_text=_("Such as: their daughter, whom I know, is with me."))  # fmt: skip

    def __init__(self, *args, parties, channels, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = parties
        self.fields["party"].label_from_instance = party_words
        if len(parties) == 1:
            self.fields["party"].widget, self.fields["party"].initial = forms.HiddenInput(), parties[0].pk
        self.fields["channel"].choices = [(key, name) for key, name in Invitation.CHANNELS if key in channels]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("known") != "other":
            cleaned["known_words"] = ""
        elif not cleaned.get("known_words"):
            self.add_error("known_words", _("Write in a few words how you know them"))
        check = {"email": validate_email, "sms": MOBILE, "paper": None}.get(cleaned.get("channel"))
        if check is None:
            return {**cleaned, "address": "", "source": ""}
        self.check_address(cleaned, check)
        return cleaned

    def check_address(self, cleaned, check):
        if not cleaned.get("source"):
            self.add_error("source", _("Choose where the address or number is from"))
        cleaned["address"] = cleaned.get("address", "").strip()
        try:
            check(cleaned["address"])
        except forms.ValidationError as problem:
            wrong = {"email": _("Write a whole e-mail address"), "sms": MOBILE.message}[cleaned["channel"]]
            self.add_error("address", forms.ValidationError(wrong, code=problem.code))


def party_words(party):
    if party.is_patient:
        return _("%(name)s, the patient") % {"name": party.name}
    return _("%(name)s, %(relationship)s") % {"name": party.name, "relationship": party.relationship}


class AnswerForm(ClearForm):
    text = words(
        _("Your answer, in plain words"), rows=2, missing=_("Write the answer, or say that you talked about it")
    )


class TalkedForm(ClearForm):
    """Words are welcome and never needed."""

    text = words(_("Your answer, in plain words"), rows=2, required=False)


class DiscussionForm(ClearForm):
    release = forms.IntegerField(widget=forms.HiddenInput)
    mode = forms.ChoiceField(label=_("How did you talk?"), choices=Discussion.MODES, widget=Chips(),
                             error_messages={"required": _("Choose how you talked")})  # fmt: skip
    on = day(_("Day"))
    at = clock(_("Time it began"))
    present = line(
        _("Who else was there?"), required=False, most=300, help_text=_("Name and part, such as: Theo Sample, husband.")
    )
    note = words(_("What you talked about, if it should stand on the record"), required=False)

    def act(self):
        """Arguments of discussing.record_discussion."""
        said = self.cleaned_data
        happened = timezone.make_aware(datetime.combine(said["on"], said["at"]))
        return {
            "mode": said["mode"],
            "happened_at": happened,
            "present": said["present"],
            "note": said["note"],
            "release": said["release"],
        }


class WithProof(ClearForm):
    """A form with a box for each of `methods` (proving.Method): one of them is enough. With None it asks for nothing.

    `elsewhere` names what leads away from the form, if one of them does.
    """

    def __init__(self, *args, methods, **kwargs):
        super().__init__(*args, **kwargs)
        self.asks, self.methods = methods is not None, [each for each in methods or [] if each.field]
        self.elsewhere = single.name() if len(self.methods) < len(methods or []) else ""
        for each in self.methods:
            self.fields[each.key] = each.field()
            self.fields[each.key].required = False
        for box in self.boxes[1:]:
            box.field.label = box.label = _("Or: %(label)s") % {"label": box.label}

    @property
    def boxes(self):
        return [self[each.key] for each in self.methods if not self[each.key].is_hidden]

    @property
    def only_elsewhere(self):
        return bool(self.elsewhere) and not self.methods

    @property
    def by_passkey(self):
        """The hidden box that a script fills, when this person has a passkey."""
        return next((self[each.key] for each in self.methods if self[each.key].is_hidden), None)

    def clean(self):
        cleaned = super().clean()
        if not self.asks or self.given() or self.errors.keys() & {each.key for each in self.methods}:
            return cleaned
        if self.boxes:
            first = self.boxes[0]
            self.add_error(first.name, first.field.error_messages["required"])
            return cleaned
        if self.methods or self.elsewhere:
            raise forms.ValidationError(_("Choose how you prove who you are"))
        raise forms.ValidationError(_("You have no password here. Sign out, and sign in again to go on"))

    def given(self):
        """(method, what was given) of the first box that holds something, or None."""
        filled = [(each.key, self.cleaned_data.get(each.key)) for each in self.methods]
        return next((pair for pair in filled if pair[1]), None)


class UnlockForm(WithProof):
    """Whoever is signed in goes on; `next` is where they were."""

    next = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)


class CountersignForm(WithProof):
    """The record that was read, a key against signing twice, and whatever proves again who signs."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    record = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    disclosure = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    read = forms.BooleanField(label=_("I have read this record and sign it."), widget=Tick(),
                              error_messages={"required": _("Tick that you have read the record")})  # fmt: skip


class OwnWordsForm(ClearForm):
    words = words(
        _("In their own words, if they want to say why"), required=False, help_text=_("They need not give a reason.")
    )


class MoreTimeForm(ClearForm):
    until = day(_("Until when, if they said"), required=False)


# --- who decides -----------------------------------------------------------------------------------------------------


class MinorForm(ClearForm):
    """A child who cannot decide this alone."""

    because = words(_("What did you find?"), rows=2, missing=_("Write what you found"),
                    help_text=_("Why this child does not decide this alone, and what the child wants."))  # fmt: skip

    def findings(self):
        return {"because": self.cleaned_data["because"]}


class CapacityForm(ClearForm):
    """For this decision, now: what they could not do, how it was seen, what was tried, and whether it could wait."""

    ABILITIES = [
        ("understand", _("Understand what they are told")),
        ("retain", _("Keep it in mind for long enough")),
        ("weigh", _("Weigh it up")),
        ("communicate", _("Tell us what they decide")),
    ]

    because = line(_("Because of what?"), most=300, missing=_("Name the illness or condition"),
                   help_text=_("The illness or condition of mind or brain."))  # fmt: skip
    cannot = forms.MultipleChoiceField(label=_("What could they not do, for this decision?"), choices=ABILITIES, widget=Ticks(),
                                       error_messages={"required": _("Tick at least one")})  # fmt: skip
    evidence = words(_("What did you see or hear that shows it?"), missing=_("Write what you saw or heard"))
    help_given = words(_("What did you do to help them decide?"), rows=2, missing=_("Write what was tried"))
    could_wait = forms.ChoiceField(
        label=_("May they be able to decide later, and can it wait until then?"), widget=Radios(),
        choices=[("no", _("No, it cannot wait")), ("unlikely", _("They are not likely to be able to")), ("yes", _("Yes, it can wait"))],
        error_messages={"required": _("Choose one")},
    )  # fmt: skip

    def clean_could_wait(self):
        if self.cleaned_data["could_wait"] == "yes":
            raise forms.ValidationError(_("Then wait: nobody else decides what the person may soon decide themselves"))
        return self.cleaned_data["could_wait"]

    def findings(self):
        return dict(self.cleaned_data)


FINDINGS = {"minor": MinorForm, "capacity": CapacityForm}


class RepresentativeForm(ClearForm):
    name = line(_("Full name"), missing=_("Enter the full name"))
    relationship = line(_("What are they to the patient?"), most=60, missing=_("Say what they are to the patient"),
                        help_text=_("Such as mother, or daughter."))  # fmt: skip
    right = forms.ChoiceField(label=_("By what right, and what have you seen?"), widget=Radios(),
                              error_messages={"required": _("Choose the right, and what you have seen")})  # fmt: skip

    def __init__(self, *args, kinds, **kwargs):
        """Only rights that go with what a clinician has found (`kinds`) are offered."""
        super().__init__(*args, **kwargs)
        self.fields["right"].choices = [
            (f"{each.key}:{number}", f"{wording.capital(policy.words(each.name, get_language()))}: {seen}")
            for each in policy.current().decides.representatives
            if each.for_ in kinds
            for number, seen in enumerate(each.evidence)
        ]

    def act(self):
        """Arguments of deciding.appoint."""
        said = self.cleaned_data
        key, _colon, number = said["right"].partition(":")
        evidence = policy.current().authority(key).evidence[int(number)]
        return {"name": said["name"], "relationship": said["relationship"], "authority": key, "evidence": evidence}


# --- in need, and looking at it afterwards ---------------------------------------------------------------------------


class BreakGlassForm(ClearForm):
    number = line(_("Number of the patient, or of the consent"), most=80, missing=_("Enter the number, exactly as it is written"),
                  help_text=_("Exactly as written. A name does not work here."))  # fmt: skip
    born = day(_("The patient’s date of birth"), required=False,
               help_text=_("The number of a consent opens nothing without it. With the patient’s own number it may stay empty."))  # fmt: skip
    reason = words(_("Why do you need it now?"), rows=2, most=500, missing=_("Write why you need it now"), min_length=5,
                   help_text=_("For example: “Brought in by ambulance, in pain after an injection last week.”"))  # fmt: skip


class LookedAtForm(ClearForm):
    words = line(_("What you found, if there is something to say"), required=False, most=500)


class ReadingsForm(ClearForm):
    username = line(_("Sign-in name"), required=False, most=150)
    number = line(_("Number of the consent"), required=False, most=30)
    on = day(_("Day"), required=False)


# --- the list, the house ---------------------------------------------------------------------------------------------


class FindForm(ClearForm):
    WHEN = [("", _("Today and open")), ("today", _("Today")), ("week", _("Next 7 days")), ("all", _("All days"))]

    words = forms.CharField(label=_("Find a person, number or procedure"), required=False, max_length=80, widget=forms.TextInput({"type": "search", **OFF}))  # fmt: skip
    clinic = forms.ModelChoiceField(None, label=_("Clinic"), required=False, empty_label=_("All of mine"))
    status = forms.ChoiceField(label=_("Status"), required=False, choices=[("", _("Any status")), *Status.choices])
    when = forms.ChoiceField(label=_("Day"), required=False, choices=WHEN)

    def __init__(self, *args, clinics, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinic"].queryset = clinics


class PinChangeForm(ClearForm):
    """A new PIN for the tablet; the password, where there is one, proves who sets it."""

    password = password(_("Your password"))
    pin = forms.CharField(
        label=_("New PIN"), max_length=12, widget=Pin({"autocomplete": "new-password"}), help_text=_("Four digits or more. Not 1234, not 0000."),
        validators=[RegexValidator(r"^[0-9]{4,12}\Z", _("Use four to twelve digits and nothing else"))],
        error_messages={"required": _("Enter the new PIN")},
    )  # fmt: skip
    again = forms.CharField(label=_("New PIN, once more"), max_length=12, widget=Pin({"autocomplete": "new-password"}),
                            error_messages={"required": _("Enter the new PIN once more")})  # fmt: skip

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        if not user.has_usable_password():
            del self.fields["password"]

    def given(self):
        """(method, what was given), or None where there is no password to give."""
        return ("password", self.cleaned_data["password"]) if "password" in self.fields else None

    def clean_pin(self):
        if placing.is_easily_guessed(self.cleaned_data["pin"]):
            raise forms.ValidationError(_("That is easily guessed. Choose another"))
        return self.cleaned_data["pin"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", _("The two are not the same"))
        return cleaned


class SiteValuesForm(ClearForm):
    """One control for each local value that a version needs, of the kind that it is."""

    MOST = {"hours": 24 * 14, "minutes": 60 * 24, "days": 365}
    UNITS = {"hours": _("hours"), "minutes": _("minutes"), "days": _("days")}
    PHONE = RegexValidator(r"^\+?[0-9][0-9 ()./-]{1,29}\Z", _("Write a phone number: digits and spaces"))

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        texts = content_of(version)[1].site_values
        for spec in version.facts.site_values:
            text = texts.get(spec.key)
            self.fields[spec.key] = self.control(spec, text.name if text else spec.key, text.choices if text else {})

    def control(self, spec, label, choices):
        if spec.kind == "choice":
            named = [(each, choices.get(each, each)) for each in spec.choices]
            return forms.ChoiceField(label=label, required=False, choices=[*named, ("", _("Not set"))], widget=Radios())
        if spec.kind == "phone":
            return line(label, required=False, most=30, validators=[self.PHONE])
        return forms.IntegerField(label=label, required=False, min_value=0, max_value=self.MOST[spec.kind], help_text=self.UNITS[spec.kind],
                                  widget=forms.TextInput({"inputmode": "numeric", "class": "box-short", **OFF}))  # fmt: skip

    def values(self):
        """{key: text}; an emptied control is no longer set, and stops the next release."""
        return {name: "" if value is None else str(value) for name, value in self.cleaned_data.items()}


class VerifyForm(ClearForm):
    file = forms.FileField(label=_("Record file (PDF, up to 20 MB)"), widget=forms.FileInput({"accept": "application/pdf"}),
                           error_messages={"required": _("Choose a file"), "empty": _("That file is empty")})  # fmt: skip

    def clean_file(self):
        if self.cleaned_data["file"].size > LARGEST:
            raise forms.ValidationError(_("That file is larger than 20 MB: it is not one of our records"))
        return self.cleaned_data["file"]
