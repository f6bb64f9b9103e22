"""Verbs on staff accounts: add one, change its roles and clinics, close it, open it again, end its sessions. Accounts are never deleted, because signatures name them."""

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import F, Q

from consent import events
from consent.staff.models import Organisation, Session, User
from consent.staff.roles import ADMINISTRATOR


class OwnAccount(Exception):
    """Somebody wanted to close the account that they are signed in with, or to give it roles: that is for a colleague to do."""


class LastAdministrator(Exception):
    """Without this one nobody could look after accounts any more."""


class TriesUsedUp(Exception):
    """Too many wrong credentials where somebody is signed in: that ends, and only a full sign-in helps."""


@transaction.atomic
def change(*, user, full_name, job_title, roles, clinics, by):
    """Name, job title, roles and clinics as they are from now on. Nobody changes their own."""
    if by.user == user:
        raise OwnAccount
    if ADMINISTRATOR in user.roles and ADMINISTRATOR not in roles:
        require_another_administrator(user)
    if (full_name, job_title) != (user.full_name, user.job_title):
        user.full_name, user.job_title = full_name, job_title
        user.save(update_fields=["full_name", "job_title"])
        written("account_renamed", user, by=by, name=full_name, title=job_title)
    place(user=user, roles=roles, clinics=clinics, by=by)


def require_another_administrator(user):
    """Locked: two administrators who close each other's accounts at the same time must not both succeed."""
    others = User.objects.select_for_update().filter(is_active=True).exclude(pk=user.pk)
    colleagues = User.objects.filter(groups__name=ADMINISTRATOR, organisation=user.organisation)
    if not list(others.filter(Q(is_superuser=True) | Q(pk__in=colleagues))):
        raise LastAdministrator


def signed_in(*, user, at):
    """They have shown all that signing in asks for. An older sign-in, finished late, takes nothing back."""
    if user.signed_in_at is None or user.signed_in_at < at:
        user.signed_in_at = at
        user.save(update_fields=["signed_in_at"])


class Closed(Exception):
    """This account is closed, whoever vouches for its owner."""


class NewPassword(Exception):
    """Since this sign-in began the account has been given another password."""


class Elsewhere(Exception):
    """This person signs in by the hospital's single sign-on, and in no other way."""


@transaction.atomic
def disable(*, user, by):
    """Close the account and end its sessions at once. Closing a closed one changes nothing."""
    if by.user == user:
        raise OwnAccount
    if ADMINISTRATOR in user.roles:
        require_another_administrator(user)
    if set_active(user, False):
        written("account_disabled", user, by=by, sessions=end_sessions(user=user))


@transaction.atomic
def enable(*, user, by):
    """Open a closed account again. Its PIN, clinics and roles are what they were; its sessions are gone."""
    if set_active(user, True):
        written("account_enabled", user, by=by)


def set_active(user, active):
    """True when that was a change. Locked, so that two administrators write one event."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.is_active == active:
        return False
    locked.is_active = user.is_active = active
    locked.save(update_fields=["is_active"])
    return True


def end_sessions(*, user, besides=""):
    """Sign the user out in every browser, but for the session with the key `besides`. Returns how many there were."""
    return Session.objects.filter(user=user).exclude(session_key=besides).delete()[0]


def written(kind, user, *, by, **says):
    """An event about an account stands in the chain of every organisation that they work for."""
    for organisation in chains_of(user):
        events.write(kind, by=by, organisation=organisation, user=user.pk, **says)


def chains_of(user):
    """For writing alone: of a superuser, and of somebody who belongs nowhere, every chain tells."""
    theirs = Q(pk=user.organisation_id) | Q(sites__clinics__staff=user)
    found = Organisation.objects.none() if user.is_superuser else Organisation.objects.filter(theirs).distinct()
    return found or Organisation.objects.all()


def home_of(clinics, by=None):
    """The hospital of an account: that of its clinics; else its maker's; else the only one there is, or None."""
    found = {each.site.organisation for each in clinics}
    if len(found) == 1:
        return found.pop()
    if by and by.user and by.user.organisation:
        return by.user.organisation
    known = list(Organisation.objects.all()[:2])
    return known[0] if len(known) == 1 else None


def password_is(*, user, given):
    """Is this the password of whoever is signed in? Raises TriesUsedUp at the fifth wrong one, and from then on.

    Wrong ones count for the account, whatever page and browser they are given in: neither a new session by PIN nor a
    right PIN gives a sixth. A try is taken before it is looked at: many at once are no more than one after the other.
    """
    if not User.objects.filter(pk=user.pk, password_tries__lt=User.PASSWORD_TRIES).update(
        password_tries=F("password_tries") + 1
    ):
        raise TriesUsedUp
    if user.check_password(given):
        forget_wrong_passwords(user=user)
        return True
    if User.objects.filter(pk=user.pk, password_tries__gte=User.PASSWORD_TRIES).exists():
        use_up(user=user, by=events.staff(user), method="password")
    return False


def use_up(*, user, by, method):
    """Write down that tries are used up, whatever the caller's own transaction becomes of, and say so."""
    with transaction.atomic():
        written("tries_used_up", user, by=by, method=method)
    raise TriesUsedUp


def forget_wrong_passwords(*, user):
    """They have given the right one, or signed in in full."""
    User.objects.filter(pk=user.pk).exclude(password_tries=0).update(password_tries=0)


@transaction.atomic
def set_password(*, user, password, by=None, keep=""):
    """A new password. Every session but the one with the key `keep` ends. One that somebody else sets is only lent."""
    user.set_password(password)
    user.password_is_lent = bool(by) and by.user != user
    user.password_tries = 0
    user.save(update_fields=["password", "password_is_lent", "password_tries"])
    if user.password_is_lent:
        forget_pin(user)
    ended = end_sessions(user=user, besides=keep)
    written("password_set", user, by=by or events.staff(user), sessions=ended)


def forget_pin(user):
    """Whatever was lost or seen may have gone together: the owner sets a new one after signing in anew."""
    user.pin, user.pin_tries = "", 0
    user.save(update_fields=["pin", "pin_tries"])


@transaction.atomic
def end_session(*, user, key, by):
    """Sign the user out in one browser."""
    if Session.objects.filter(user=user, session_key=key).delete()[0]:
        written("session_ended", user, by=by, sessions=1)


@transaction.atomic
def end_other_sessions(*, user, keep, by):
    """Sign the user out everywhere but here."""
    ended = end_sessions(user=user, besides=keep)
    if ended:
        written("session_ended", user, by=by, sessions=ended)


@transaction.atomic
def forget_second_factor(*, user, by):
    """For whoever has lost telephone and codes: their next sign-in is by password alone, and leads to a new second factor."""
    Authenticator.objects.filter(user=user).delete()
    forget_pin(user)
    written("second_factor_forgotten", user, by=by, sessions=end_sessions(user=user))


@transaction.atomic
def add(*, username, full_name, roles, clinics, by, job_title="", password=None):
    """A new account. Without a password nobody signs in to it by one; with one its owner soon sets their own."""
    user = User(username=username, full_name=full_name, job_title=job_title, organisation=home_of(clinics, by),
                password_is_lent=password is not None)  # fmt: skip
    user.set_password(password)
    user.save(force_insert=True)
    place(user=user, roles=roles, clinics=clinics, by=by, kind="account_added")
    return user


@transaction.atomic
def place(*, user, roles, clinics, by, organisation=None, kind="account_placed"):
    """Give an account just these roles (names) and clinics. Nothing is written when it has them already.

    With `organisation` it moves to that hospital; without, it stays in its own, or comes to the one of its first clinics.
    """
    User.objects.select_for_update().get(pk=user.pk)
    groups = Group.objects.filter(name__in=roles)
    home = organisation or user.organisation or home_of(clinics)
    if (set(user.groups.all()), set(user.clinics.all()), user.organisation) == (set(groups), set(clinics), home):
        return
    before = list(chains_of(user))
    user.organisation = home
    user.save(update_fields=["organisation"])
    user.groups.set(groups)
    user.clinics.set(clinics)
    vars(user).pop("_roles", None)
    says = {"roles": sorted(roles), "clinics": sorted(each.pk for each in clinics)}
    for organisation in {*before, *chains_of(user)}:
        events.write(kind, by=by, organisation=organisation, user=user.pk, **says)
