"""The second factor: who has one, who must set one up first, and what is written down when it changes."""

from datetime import UTC, datetime

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import transaction
from django.dispatch import receiver
from django.utils import timezone

from consent import accounts, events
from consent.staff.models import Session

KEPT = "second_factor"
ASKED = "asked_by_single_sign_on"


def of(user):
    """What counts as one: an app with codes, or a passkey. Recovery codes only stand in for it."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES)


def others(authenticator):
    return of(authenticator.user).exclude(pk=authenticator.pk)


def is_from_elsewhere(user):
    """Somebody whom the hospital's own single sign-on vouches for; their second factor is asked for there."""
    return SocialAccount.objects.filter(user=user, provider=settings.OIDC_ISSUER).exists()


def came_from_elsewhere(session):
    """Did this session, with this key, begin by single sign-on that asked who it is? One that began by a PIN at a tablet did not."""
    row = Session.objects.filter(session_key=session).first()
    said = row.get_decoded() if row else {}
    records = said.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    return bool(said.get(ASKED)) and any(each["method"] == "socialaccount" for each in records)


def was_just_asked(request):
    """Has this person shown within these five minutes who they are, in whatever way they sign in?"""
    records = get_authentication_records(request, request.user)
    # One whom single sign-on let in silently was asked nothing.
    asked = [each for each in records if each["method"] != "socialaccount" or request.session.get(ASKED)]
    asked_at = max((each["at"] for each in asked), default=0)
    return timezone.now().timestamp() - asked_at <= settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def comes_first(request):
    """The name of the page that this person has to deal with before anything else, or ""."""
    if request.user.is_authenticated and request.user.password_is_lent:
        return "account_change_password"
    return "account" if is_missing(request) else ""


def is_missing(request):
    """Must this person set up a second factor before anything else? Remembered in the session once it is there."""
    user = request.user
    if not settings.SECOND_FACTOR or not user.is_authenticated or request.session.get(KEPT) == user.pk:
        return False
    if of(user).exists() or is_from_elsewhere(user):
        request.session[KEPT] = user.pk
        return False
    return True


@receiver(user_logged_in)
def came_in_in_full(sender, user, **kwargs):
    """By password and second factor, passkey or single sign-on. Coming back by PIN at a tablet is none of them."""
    accounts.forget_wrong_passwords(user=user)


@receiver([user_logged_in, authenticator_added, password_changed])
def keep_when(sender, request, user, **kwargs):
    """When somebody came in in full. Who first had to set a password or a second factor has done so only with that."""
    # Being asked again is less: a session that a PIN opened at a tablet knows no more than that.
    came = [each["at"] for each in get_authentication_records(request, user) if not each.get("reauthenticated")]
    if came and not comes_first(request):
        accounts.signed_in(user=user, at=datetime.fromtimestamp(came[-1], UTC))


@receiver([authenticator_added, authenticator_removed, authenticator_reset])
@transaction.atomic
def write(sender, signal, user, authenticator, **kwargs):
    kind = "second_factor_removed" if signal is authenticator_removed else "second_factor_set"
    accounts.written(kind, user, by=events.staff(user), factor=authenticator.type)
