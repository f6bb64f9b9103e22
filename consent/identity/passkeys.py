"""Whose passkey is this? One question for the sign-in page, the tablet that comes back, and whoever asks again before a signature."""

from allauth.mfa.webauthn.internal import auth

from consent.identity.forms import PasskeySignInForm


class NotThatPasskey(Exception):
    """No passkey of an open account answered what this browser was asked."""


def options():
    """What the browser must be asked, as JSON. The challenge in it is kept in this browser's session and answered once."""
    return auth.begin_authentication(user=None)


def user_of(answer):
    """The member of staff whose passkey gave `answer`, the browser's JSON, to the last options(). Raises NotThatPasskey."""
    form = PasskeySignInForm({"credential": answer})
    if not form.is_valid():
        raise NotThatPasskey
    passkey = form.cleaned_data["credential"]
    if not passkey.user.is_active:
        raise NotThatPasskey
    passkey.record_usage()
    return passkey.user
