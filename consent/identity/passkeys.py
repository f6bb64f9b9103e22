"""Whose passkey is this? One question for the sign-in page, the tablet that comes back, and whoever asks again before a signature."""

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.utils import timezone
from fido2.webauthn import AuthenticationResponse

from consent import accounts
from consent.identity.forms import PasskeyField, PasskeySignInForm

LONGEST = PasskeyField.MOST


class NotThatPasskey(Exception):
    """No passkey of an open account answered what this browser was asked."""


def options(user=None):
    """What the browser must be asked, as JSON: for anybody's passkey, or only for those of this user.

    The challenge in it is kept in this browser's session and answered once.
    """
    return auth.begin_authentication(user=user)


def has(user):
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def is_of(user, answer):
    """Is `answer`, the browser's JSON, that of a passkey of this user to the last options()? Asked once: a wrong one uses it up too."""
    try:
        passkey = auth.complete_authentication(user, PasskeyField(AuthenticationResponse).clean(answer))
    except forms.ValidationError:
        return False
    finally:
        auth.clear_state()
    passkey.record_usage()
    return True


def user_of(answer):
    """The member of staff whose passkey gave `answer`, the browser's JSON, to the last options(). Raises NotThatPasskey."""
    form = PasskeySignInForm({"credential": answer})
    if not form.is_valid():
        raise NotThatPasskey
    passkey = form.cleaned_data["credential"]
    if not passkey.user.is_active:
        raise NotThatPasskey
    passkey.record_usage()
    accounts.signed_in(user=passkey.user, at=timezone.now())
    return passkey.user
