"""Forms of preparing a consent: the patient, the plan, what is added for this person, the release."""

from copy import deepcopy
from datetime import timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from consent import policy, wording
from consent.clear import Chips, ChipTicks, ClearForm, Tick
from consent.desk.forms import clock, day, line, words
from consent.desk.person import content_of
from consent.preparing import Planned
from consent.staff.models import User
from consent.steps import LANGUAGES

OLDEST = timedelta(days=366 * 125)


class PlanForm(ClearForm):
    """What is planned, made from the facts of one version: a procedure without sides asks for none."""

    def __init__(self, *args, version, clinics, **kwargs):
        super().__init__(*args, **kwargs)
        self.version, self.facts = version, version.facts
        self.texts = content_of(version)[1]
        self.clinics = clinics
        self.add_people()
        self.add_item()
        self.add_item("_2")
        self.add_words()
        self.add_arrangements()

    def add_people(self):
        staff = (
            User.objects.filter(is_active=True, groups__name="clinician", clinics__in=self.clinics)
            .distinct()
            .order_by("full_name")
        )
        self.fields["responsible"] = forms.ModelChoiceField(
            staff,
            label=_("Responsible clinician"),
            empty_label="–",
            error_messages={"required": _("Choose the responsible clinician")},
        )

    def add_item(self, end=""):
        """Side and levels of one item; those of the second are never required by themselves."""
        if self.facts.laterality == "required":
            self.fields[f"side{end}"] = forms.ChoiceField(
                label=_("Side, the patient’s own"), required=not end, widget=Chips(),
                choices=[(side, wording.side_capitals(side)) for side in ("left", "right")],
                error_messages={"required": _("Choose LEFT or RIGHT")},
            )  # fmt: skip
        if self.facts.levels:
            self.fields[f"levels{end}"] = forms.MultipleChoiceField(
                label=_("Level, one or more"), required=not end, widget=ChipTicks(),
                choices=[(level.code, level.code) for level in self.facts.levels],
                error_messages={"required": _("Choose at least one level")},
            )  # fmt: skip

    def add_words(self):
        if self.facts.medicines:
            self.fields["medicine"] = forms.ChoiceField(
                label=_("Medicine"), choices=[("", "–"), *((each.key, self.medicine(each)) for each in self.facts.medicines)],
                error_messages={"required": _("Choose the medicine")},
            )  # fmt: skip
        self.fields["reason"] = words(
            _("Why, for this person"), required=False, most=500, rows=2,
            help_text=_("In plain words. They read it, in the language you write it in."),
        )  # fmt: skip
        known = [(code, LANGUAGES.get(code, code)) for code in self.version.approved_languages()]
        self.fields["language"] = forms.ChoiceField(label=_("Language expected"), choices=known)

    def medicine(self, medicine):
        name = wording.capital(self.texts.medicines[medicine.key].name)
        return _("%(name)s (off label)") % {"name": name} if medicine.off_label else name

    def add_arrangements(self):
        self.fields |= deepcopy(ArrangeForm.base_fields)

    def clean(self):
        cleaned = super().clean()
        if self.second_is_asked(cleaned):
            self.check_second(cleaned)
        return cleaned

    def second_is_asked(self, cleaned):
        return bool(cleaned.get("side_2") or cleaned.get("levels_2"))

    def check_second(self, cleaned):
        if "side_2" in self.fields and not cleaned.get("side_2"):
            self.add_error("side_2", _("Choose LEFT or RIGHT for the second item"))
        if "levels_2" in self.fields and not cleaned.get("levels_2"):
            self.add_error("levels_2", _("Choose at least one level for the second item"))
        doubled = set(cleaned.get("levels") or []) & set(cleaned.get("levels_2") or [])
        if cleaned.get("side") == cleaned.get("side_2") and (doubled or "levels_2" not in self.fields):
            self.add_error("side_2", _("This stands in the first item already"))

    def items(self):
        """The planned items, for preparing.prepare and revise."""
        ends = ["", "_2"] if self.second_is_asked(self.cleaned_data) else [""]
        return [self.item(end) for end in ends]

    def item(self, end):
        said = self.cleaned_data
        chosen = said.get(f"levels{end}", [])
        return Planned(
            version=self.version, side=said.get(f"side{end}", ""), levels=[each.code for each in self.facts.levels if each.code in chosen],
            medicine=said.get("medicine", ""), reason=said["reason"],
        )  # fmt: skip

    def arrangements(self):
        return {name: self.cleaned_data[name] for name in ArrangeForm.base_fields}

    def plan(self):
        """Arguments that preparing.prepare and revise share."""
        said = self.cleaned_data
        return {
            "responsible": said["responsible"],
            "items": self.items(),
            "language": said["language"],
            "arrangements": self.arrangements(),
        }


class ArrangeForm(ClearForm):
    """Date, time, room, performer: they may change without a new disclosure."""

    planned_on = day(_("Day of the procedure"), required=False)
    planned_time = clock(_("Time"), required=False)
    room = line(_("Room"), required=False, most=60)
    performer = line(_("Who does it, if known"), required=False)


class PrepareForm(PlanForm):
    """Patient and plan on one page."""

    given_name = line(_("Given name"), most=120, missing=_("Enter the given name"))
    family_name = line(_("Family name"), most=120, missing=_("Enter the family name"))
    born = day(_("Born"), missing=_("Enter the birth date"))
    number = line(_("Number"), most=60, missing=_("Enter the number, as on the wrist band"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        known = [(each.system, policy.words(each.name, get_language())) for each in policy.current().identifiers]
        self.fields["system"] = forms.ChoiceField(label=_("Whose number is it?"), choices=known)
        self.fields["clinic"] = forms.ModelChoiceField(
            self.clinics, label=_("Clinic"), empty_label=None, error_messages={"required": _("Choose the clinic")}
        )
        if len(known) == 1:
            self.fields["number"].label, self.fields["number"].help_text = known[0][1], known[0][0]
            self.hide("system", known[0][0])
        if len(self.clinics) == 1:
            self.hide("clinic", self.clinics[0].pk)

    def hide(self, name, value):
        self.fields[name].widget, self.fields[name].initial = forms.HiddenInput(), value

    def clean_number(self):
        return " ".join(self.cleaned_data["number"].split())

    def clean_born(self):
        born, today = self.cleaned_data["born"], timezone.localdate()
        if born > today:
            raise forms.ValidationError(_("That day has not come yet. Check the birth date"))
        if today - born > OLDEST:
            raise forms.ValidationError(_("That is very long ago. Check the year of birth"))
        return born

    def clean(self):
        cleaned = super().clean()
        clinic, responsible = cleaned.get("clinic"), cleaned.get("responsible")
        if clinic and responsible and not responsible.clinics.filter(pk=clinic.pk).exists():
            self.add_error("responsible", _("This clinician does not work in that clinic"))
        return cleaned

    def patient(self):
        said = self.cleaned_data
        named = {name: said[name] for name in ("given_name", "family_name", "born", "system")}
        return {**named, "value": said["number"], "organisation": said["clinic"].site.organisation}


class TailorForm(ClearForm):
    risk = forms.ChoiceField(label=_("What is it about?"), required=False)
    words = words(_("What they should read"), most=500, rows=2, missing=_("Write what they should read"),
                  help_text=_("Why it matters more to them, or what else they should know. In plain words."))  # fmt: skip

    def __init__(self, *args, version, **kwargs):
        super().__init__(*args, **kwargs)
        texts = content_of(version)[1].risks
        named = [(each.key, texts[each.key].name) for each in version.facts.risks if each.key in texts]
        self.fields["risk"].choices = [("", _("A note of its own")), *named]


class ReleaseForm(ClearForm):
    """`plan` is the digest of what the page shows, so that nothing else is vouched for."""

    plan = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    right = forms.BooleanField(
        label=_("Procedure, side, level, medicine and what is added for this person are right."), widget=Tick(),
        error_messages={"required": _("Tick that all of it is right, or correct it first")},
    )  # fmt: skip
    second = forms.BooleanField(
        label=_("Yes, a second consent is meant."), widget=Tick(),
        error_messages={"required": _("Tick that a second consent is meant, or go on with the other one")},
    )  # fmt: skip

    def __init__(self, *args, beside=False, **kwargs):
        super().__init__(*args, **kwargs)
        if not beside:
            del self.fields["second"]

    def act(self):
        return {"plan": self.cleaned_data["plan"], "second": self.cleaned_data.get("second", False)}


class ReasonForm(ClearForm):
    reason = line(_("Why?"), most=300, missing=_("Say why, in a few words"))
