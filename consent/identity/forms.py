"""Forms of signing in: django-allauth's checks, in our words and our look."""

import struct

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

from consent import accounts
from consent.identity import adapters

NAME = {"autocomplete": "username webauthn", "autocapitalize": "none", "spellcheck": "false"}
DIGITS = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "box-short"}


def labelled(field, label, missing, attrs=None, help_text=""):
    """Our words on a field that django-allauth has made."""
    field.label, field.help_text, field.error_messages["required"] = label, help_text, missing
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs |= attrs or {}


class SignInForm(account.LoginForm):
    """The sign-in page's two boxes."""

    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labelled(self.fields["login"], _("Sign-in name"), _("Enter your sign-in name"), NAME)
        labelled(self.fields["password"], _("Password"), _("Enter your password"))

    def add_prefix(self, field_name):
        """In the page the name's box is called as everywhere, so that browsers and axes know it."""
        return {"login": "username"}.get(field_name, field_name)


class PasswordAgainForm(account.ReauthenticateForm):
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labelled(self.fields["password"], _("Your password"), _("Enter your password"))


class ChangePasswordForm(account.ChangePasswordForm):
    use_required_attribute = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labelled(self.fields["oldpassword"], _("Your password now"), _("Enter your password"))
        labelled(self.fields["password1"], _("New password"), _("Write the new password"),
                 help_text=_("At least ten characters. Several words are easy to remember and hard to guess."))  # fmt: skip
        labelled(self.fields["password2"], _("The same once more"), _("Write it once more"))

    def clean_oldpassword(self):
        """Counted: somebody at an open desk could try here for as long as they like."""
        if not accounts.password_is(user=self.user, given=self.cleaned_data["oldpassword"]):
            raise adapters.AccountAdapter().validation_error("enter_current_password")
        return self.cleaned_data["oldpassword"]

    def clean_password1(self):
        if self.user.check_password(self.cleaned_data["password1"]):
            raise forms.ValidationError(_("That is the one you have. Choose another"))
        return self.cleaned_data["password1"]


# --- codes -----------------------------------------------------------------------------------------------------------


class WithCode:
    use_required_attribute = False
    label, help_text = _("Six digits from your app"), ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labelled(self.fields["code"], self.label, _("Write the code"), DIGITS, self.help_text)


class CodeForm(WithCode, base.AuthenticateForm):
    label, help_text = _("Code"), _("Six digits from your app, or one of your recovery codes.")


class CodeAgainForm(WithCode, base.ReauthenticateForm):
    label, help_text = CodeForm.label, CodeForm.help_text


class FirstCodeForm(WithCode, totp.ActivateTOTPForm):
    pass


# --- passkeys --------------------------------------------------------------------------------------------------------


# All that reading bytes of any kind may end in: what a browser hands in can be anything.
UNREADABLE = (
    AttributeError,
    IndexError,
    KeyError,
    RecursionError,
    TypeError,
    UnicodeError,
    ValueError,
    struct.error,
)


class PasskeyField(forms.JSONField):
    """A credential as the browser hands it in: read whole, and made for this very site, before anything believes it."""

    widget = forms.HiddenInput
    default_error_messages = {"required": adapters.WRONG_CODE, "invalid": adapters.WRONG_CODE}
    MOST = 20_000

    def __init__(self, kind):
        super().__init__()
        self.kind = kind

    def to_python(self, value):
        try:
            credential = super().to_python(value) if len(value or "") <= self.MOST else ""
            if credential:
                self.read(credential)
        except UNREADABLE as problem:
            raise forms.ValidationError(self.error_messages["invalid"]) from problem
        return credential

    def bound_data(self, data, initial):
        """What was handed in never stands in a page again."""
        return ""

    def prepare_value(self, value):
        return ""

    def read(self, credential):
        """Raises one of UNREADABLE."""
        data = self.kind.from_dict(credential).response
        if data.client_data.origin != context.request.build_absolute_uri("/").rstrip("/"):
            raise ValueError("made for another site")
        if self.kind is RegistrationResponse and data.attestation_object.auth_data.credential_data is None:
            raise ValueError("no key in it")


class PasskeySignInForm(webauthn.LoginWebAuthnForm):
    credential = PasskeyField(AuthenticationResponse)


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    credential = PasskeyField(AuthenticationResponse)


class PasskeyAgainForm(webauthn.ReauthenticateWebAuthnForm):
    credential = PasskeyField(AuthenticationResponse)


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    """A passkey signs in alone, so the device must know its owner: by finger, face or its own PIN."""

    use_required_attribute = False
    credential = PasskeyField(RegistrationResponse)
    passwordless = forms.BooleanField(initial=True, required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        labelled(self.fields["name"], _("What you call it"), _("Give it a name"), {"autocomplete": "off", "maxlength": 60},
                 _("For example: my telephone, or the key on my badge."))  # fmt: skip

    def clean_passwordless(self):
        return True

    def clean_name(self):
        return super().clean_name()[:60]
