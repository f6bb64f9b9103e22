"""What django-allauth asks this house: its words, its keys, where requests come from, and who may do without a second factor."""

import io

import segno
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _

from consent import accounts, client
from consent.identity import second, vault

TOO_MANY = _("Too many tries. Wait a quarter of an hour, then try again")
BEGUN_WITH = "sign_in_begun_with"
WRONG_CODE = _("That did not work. Check it, and try again")


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "That name and password do not belong together. Check both. Capitals count in the password."
        ),
        "incorrect_password": _("That is not your password"),
        "enter_current_password": _("That is not your password"),
        "too_many_login_attempts": TOO_MANY,
        "rate_limited": TOO_MANY,
    }

    def get_client_ip(self, request):
        return client.address(request)

    def pre_authenticate(self, request, **credentials):
        """Wrong passwords are counted by axes, once."""

    def add_message(self, *args, **kwargs):
        """Our pages say themselves what has changed."""

    def pre_login(self, request, user, *, signal_kwargs, **kwargs):
        """Whom single sign-on vouches for comes in by it alone, so that what is taken from them there is gone here."""
        sociallogin = (signal_kwargs or {}).get("sociallogin")
        if second.is_from_elsewhere(user) and not sociallogin:
            raise accounts.Elsewhere
        request.session[second.ASKED] = bool(sociallogin and sociallogin.state.get("anew"))
        request.session[BEGUN_WITH] = user.get_session_auth_hash()
        return super().pre_login(request, user, signal_kwargs=signal_kwargs, **kwargs)

    def login(self, request, user):
        """A new password ends what was begun with the old one, a sign-in that waits for its code as well."""
        if not constant_time_compare(request.session.pop(BEGUN_WITH, ""), user.get_session_auth_hash()):
            request.session.flush()
            raise accounts.NewPassword
        super().login(request, user)

    def respond_user_inactive(self, request, user):
        raise accounts.Closed

    def reauthenticate(self, user, password):
        return accounts.password_is(user=user, given=password)

    def set_password(self, user, password):
        accounts.set_password(user=user, password=password, keep=self.request.session.session_key)

    def is_reauthentication_required(self, *, app, **kwargs):
        """Whoever has just signed in has just been asked."""
        return not second.was_just_asked(self.request)

    def get_login_redirect_url(self, request):
        return reverse(settings.LOGIN_REDIRECT_URL)

    def get_password_change_redirect_url(self, request):
        return reverse("account")


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": _("You need one of them. Add another one first, then take this one away"),
    }

    def encrypt(self, text):
        return vault.lock(text)

    def decrypt(self, encrypted_text):
        return vault.unlock(encrypted_text)

    def get_totp_label(self, user):
        return user.username

    def build_totp_svg(self, url):
        """White behind it, so that a camera reads it in dark colours too."""
        drawn = io.BytesIO()
        segno.make(url, micro=False).save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
        return drawn.getvalue().decode()

    def can_delete_authenticator(self, authenticator):
        return not settings.SECOND_FACTOR or second.others(authenticator).exists()

    def generate_authenticator_name(self, user, type):
        return str(_("Passkey"))

    def get_public_key_credential_rp_entity(self):
        return {**super().get_public_key_credential_rp_entity(), **domain(), "name": "Plain Consent"}

    def get_public_key_credential_user_entity(self, user):
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}


def domain():
    return {"id": settings.PASSKEY_DOMAIN} if settings.PASSKEY_DOMAIN else {}
