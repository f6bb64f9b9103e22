"""Forms of the administrator's pages: accounts and clinics."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.utils.translation import gettext_lazy as _

from consent.clear import ClearForm, Ticks
from consent.desk.forms import OFF, line
from consent.staff.models import Clinic, User
from consent.staff.roles import ROLES


class AccountForm(ClearForm):
    full_name = line(_("Full name, as it is printed on records"), missing=_("Enter the full name"))
    job_title = line(_("Job title, as it is printed on records"), required=False)
    roles = forms.MultipleChoiceField(label=_("Roles"), choices=list(ROLES.items()), widget=Ticks(columns=2),
                                      error_messages={"required": _("Choose at least one role")})  # fmt: skip
    clinics = forms.ModelMultipleChoiceField(
        Clinic.objects.none(), label=_("Clinics"), required=False, widget=Ticks(columns=2),
        help_text=_("They see the patients of these clinics, and of no others."),
    )  # fmt: skip

    def __init__(self, *args, clinics, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clinics"].queryset = clinics
        self.fields["clinics"].label_from_instance = lambda clinic: f"{clinic.name}, {clinic.site.name}"


def shown_password():
    """To be read off and handed over, so that it is not hidden."""
    box = forms.TextInput({"autocapitalize": "none", "spellcheck": "false", **OFF})
    return forms.CharField(label=_("First password"), max_length=128, strip=False, widget=box,
                           help_text=_("Write it down now and hand it over: it is not shown again. They change it under My account."),
                           error_messages={"required": _("Enter a first password")})  # fmt: skip


class PasswordForm(ClearForm):
    password = shown_password()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        validate_password(self.cleaned_data["password"], self.user)
        return self.cleaned_data["password"]


class NewAccountForm(AccountForm):
    username = line(_("Sign-in name"), most=150, missing=_("Enter a sign-in name"), validators=[UnicodeUsernameValidator()])  # fmt: skip
    password = shown_password()
    field_order = ["username", "full_name", "job_title", "roles", "clinics", "password"]

    def clean_username(self):
        if User.objects.filter(username__iexact=self.cleaned_data["username"]).exists():
            raise forms.ValidationError(_("Somebody has this sign-in name. Choose another"))
        return self.cleaned_data["username"]

    def clean_password(self):
        validate_password(self.cleaned_data["password"])
        return self.cleaned_data["password"]


class ClinicForm(ClearForm):
    site = forms.ModelChoiceField(None, label=_("Site"), empty_label=None)
    name = line(_("Name of the clinic"), missing=_("Enter the name of the clinic"))

    def __init__(self, *args, sites, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].queryset = sites

    def clean(self):
        cleaned = super().clean()
        if not self.errors and Clinic.objects.filter(site=cleaned["site"], name__iexact=cleaned["name"]).exists():
            self.add_error("name", _("There is a clinic of this name already"))
        return cleaned
