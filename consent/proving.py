"""Who signs proves again who they are: once for a list of documents, each then signed singly, none later than a minute after the last."""

from collections.abc import Callable
from dataclasses import dataclass

from django import forms
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from consent import accounts, policy
from consent.clear import Pin
from consent.identity import passkeys, single
from consent.models import Proof, Sitting, ToSign
from consent.staff.models import User

MOST = 20


class NotYou(Exception):
    """That is not this person's credential. `words` says so to them."""

    def __init__(self, words):
        self.words = words
        super().__init__("wrong credential")


class NotProven(Exception):
    """No proof of this person, in this sitting, for this document."""


class ProofTooOld(Exception):
    """The last act with this proof is more than a minute ago: it asks again."""


# --- ways of proving -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Method:
    """One way to prove who one is. `check` is asked with the user and what the `field` gave.

    One without a field leads away from the form, and what comes back is its answer.
    `begins`: good for the first signing after sign-in or idle lock, where the whole credential is wanted (21 CFR 11.200).
    """

    key: str
    field: Callable[[], forms.Field] | None
    check: Callable[..., bool]
    wrong: str
    begins: bool = False
    has: Callable[..., bool] = lambda user: True


def password_field():
    box = forms.PasswordInput({"autocomplete": "current-password"})
    return forms.CharField(
        label=_("Your password, once more"), strip=False, widget=box, error_messages={"required": _("Enter your password")}
    )  # fmt: skip


def pin_field():
    return forms.CharField(
        label=_("Your PIN"), max_length=12, widget=Pin(), error_messages={"required": _("Enter your PIN")}
    )


def passkey_field():
    """Filled by static/js/passkey.js. What was handed in never stands in a page again."""
    box = forms.PasswordInput()
    box.input_type = "hidden"
    return forms.CharField(max_length=passkeys.LONGEST, widget=box)


def is_password(user, given):
    """Wrong tries count for the account as well: a sitting that began anew by PIN gives no new ones."""
    return accounts.password_is(user=user, given=given)


def is_pin(user, given):
    """Wrong tries count for the account as well, as at the tablet: after five its PIN is locked everywhere."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        right = not locked.pin_is_locked and locked.pin_is(given)
        locked.pin_tries = 0 if right else min(locked.pin_tries + 1, User.PIN_TRIES)
        locked.save(update_fields=["pin_tries"])
    return right


METHODS = {
    each.key: each
    for each in (
        Method(
            key="password", field=password_field, check=is_password, begins=True, has=lambda user: user.has_usable_password(),
            wrong=_("That is not your password. Nothing was stored"),
        ),
        Method(
            key="pin", field=pin_field, check=is_pin, has=lambda user: bool(user.pin),
            wrong=_("That is not your PIN. Nothing was stored"),
        ),
        Method(
            key="passkey", field=passkey_field, check=passkeys.is_of, begins=True, has=passkeys.has,
            wrong=_("That is not your passkey, or it was too late. Nothing was stored"),
        ),
        Method(
            key="single_sign_on", field=None, check=lambda user, given: given == user.pk, begins=True, has=single.vouches_for,
            wrong=_("Somebody else came back from single sign-on. Nothing was stored"),
        ),
    )
}  # fmt: skip


def to_sign_with(user, sitting):
    """Methods that this person may sign with now."""
    known = [METHODS[key] for key in policy.current().signing_again]
    return [each for each in known if each.has(user) and (each.begins or sitting.proved_at)]


def to_unlock_with(user):
    return [each for each in METHODS.values() if each.has(user)]


def check(*, sitting, by, method, given):
    """Raise NotYou unless this is their credential, TriesUsedUp at the fifth wrong one.

    A try is taken before it is looked at: many at once are no more tries than one after the other.
    """
    if not Sitting.objects.filter(pk=sitting.pk, wrong__lt=Sitting.TRIES).update(wrong=F("wrong") + 1):
        raise accounts.TriesUsedUp
    if METHODS[method].check(by.user, given):
        Sitting.objects.filter(pk=sitting.pk).update(wrong=0)
        return
    sitting.refresh_from_db(fields=["wrong"])
    if sitting.wrong < Sitting.TRIES:
        raise NotYou(METHODS[method].wrong)
    accounts.use_up(user=by.user, by=by, method=method)


# --- proofs ----------------------------------------------------------------------------------------------------------


def prove(*, by, sitting, method, given, documents):
    """A proof for exactly these `documents`, [(episode, digest)] as a page listed them. Raises NotYou, TriesUsedUp, NotProven."""
    check_to_sign(by, sitting, method, given)
    made = to_be_proved(sitting=sitting, documents=documents)
    return hold(made, method)


@transaction.atomic
def to_be_proved(*, sitting, documents):
    """The list as a page showed it, good for nothing until renew() is told who it is."""
    made = Proof.objects.create(sitting=sitting)
    for number, (episode, digest) in enumerate(documents[:MOST], start=1):
        ToSign.objects.create(proof=made, number=number, episode=episode, digest=digest)
    return made


def renew(*, proof, by, sitting, method, given):
    """Asked elsewhere, or again after a minute: the same list goes on, as far as it is not signed."""
    if proof.sitting_id != sitting.pk:
        raise NotProven
    check_to_sign(by, sitting, method, given)
    return hold(proof, method)


def hold(proof, method):
    proof.method = method
    proof.made_at = proof.used_at = timezone.now()
    proof.save(update_fields=["method", "made_at", "used_at"])
    return proof


def check_to_sign(by, sitting, method, given):
    if METHODS[method] not in to_sign_with(by.user, sitting):
        raise NotProven
    check(sitting=sitting, by=by, method=method, given=given)
    if METHODS[method].begins:
        Sitting.objects.filter(pk=sitting.pk).update(proved_at=timezone.now())


def spend(*, proof, by, sitting, document, at):
    """Use a proof for one document, in the transaction that signs it. Raises NotProven or ProofTooOld; then nothing is signed."""
    held = Proof.objects.select_for_update(of=("self",)).filter(pk=proof.pk, sitting=sitting)
    held = held.filter(sitting__session__user=by.user).first()
    if held is None:
        raise NotProven
    if not held.holds_at(at):
        raise ProofTooOld
    if not held.documents.filter(digest=document, signed_at=None).update(signed_at=at):
        raise NotProven
    held.used_at = at
    held.save(update_fields=["used_at"])
    return held


def of(*, pk, sitting):
    """The proof with this key, if it was made in this sitting; otherwise it is as if it were not there."""
    found = Proof.objects.filter(pk=pk, sitting=sitting).prefetch_related("documents").first()
    if found is None:
        raise NotProven
    return found
