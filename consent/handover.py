"""Verbs of the tablet changing hands: hand over, take back, step in."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from consent import access, events, lifecycle
from consent.disclosure import is_recalled
from consent.models import Episode, HandOver, Status
from consent.preparing import ContentNotApproved
from consent.staff.models import User

OPEN_TO_READ = (Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE)


class NothingHeld(Exception):
    """There is nothing to settle: the walk is not stopped."""


class Recalled(Exception):
    """The text of this consent has been recalled: nobody may be given it, and nothing may be signed on it."""


class WrongPin(Exception):
    """No such name with such a PIN, or one that is locked: it never says which."""


class NotInFullToday(Exception):
    """The PIN is right, and its owner has not signed in in full for longer than a working day."""


@transaction.atomic
def hand_over(*, episode, party, by, said_name_and_birth_date):
    """Bind this tablet to one episode and party. Other tablets on the same party are taken back at once."""
    lifecycle.lock(episode)
    lifecycle.require(episode, *OPEN_TO_READ)
    refuse_unapproved(episode)
    refuse_recalled(episode.release)
    made = HandOver(
        episode=episode,
        party=party,
        by=by.user,
        device=by.device,
        at=timezone.now(),
        said_name_and_birth_date=said_name_and_birth_date,
    )
    begin(made, by=by)
    events.write(
        "handed_over",
        by=by,
        episode=episode,
        at=made.at,
        party=party.pk,
        hand_over=str(made.pk),
        said=said_name_and_birth_date,
    )
    return made


def begin(hand_over, *, by):
    """Keep a new hand-over, with the episode locked. Whatever else this party held is closed: one device at a time."""
    because = "own_device" if hand_over.is_remote else "replaced"
    for each in HandOver.objects.filter(party=hand_over.party, taken_back_at=None):
        close(each, because, by=by, at=hand_over.at)
    hand_over.save(force_insert=True)
    episode = hand_over.episode
    if episode.given_at is None:
        episode.given_at = hand_over.at
        episode.save(update_fields=["given_at"])


def refuse_unapproved(episode):
    """Demonstrations may show content that nobody has approved, and say so; a running hospital may not."""
    unapproved = any(not item["approved"] for item in episode.release.content["items"])
    if unapproved and not (settings.DEMO or settings.DEBUG):
        raise ContentNotApproved


def refuse_recalled(release):
    if is_recalled(release):
        raise Recalled


def close(hand_over, because, *, by, at):
    hand_over.taken_back_at, hand_over.taken_back_by, hand_over.closed_because = at, by.user, because
    hand_over.save(update_fields=["taken_back_at", "taken_back_by", "closed_because"])
    kind = "own_device_closed" if hand_over.is_remote else "taken_back"
    events.write(kind, by=by, episode=hand_over.episode, at=at, hand_over=str(hand_over.pk), why=because)


@transaction.atomic
def take_back(*, hand_over, by, because="returned"):
    """It opens nothing any more; without another reason, staff have the tablet in their hands. Done twice it changes nothing."""
    lifecycle.lock(hand_over.episode)
    hand_over.refresh_from_db(fields=["taken_back_at"])
    if hand_over.is_open:
        close(hand_over, because, by=by, at=timezone.now())


@transaction.atomic
def finish(*, hand_over, by):
    """The person is done with the tablet for now: the screen shows nothing about them."""
    lifecycle.lock(hand_over.episode)
    access.require_open(hand_over)
    if hand_over.finished_at is None:
        hand_over.finished_at = timezone.now()
        hand_over.save(update_fields=["finished_at"])
        events.write(
            "tablet_put_down", by=by, episode=hand_over.episode, at=hand_over.finished_at, hand_over=str(hand_over.pk)
        )


@transaction.atomic
def resume(*, hand_over, by):
    """The same person goes on, after staff have unlocked the screen for them."""
    lifecycle.lock(hand_over.episode)
    access.require_open(hand_over)
    hand_over.finished_at = None
    hand_over.save(update_fields=["finished_at"])
    events.write("tablet_taken_up", by=by, episode=hand_over.episode, hand_over=str(hand_over.pk))


@transaction.atomic
def not_me(*, hand_over, by):
    """The person says that this is not them: the walk stops until staff have looked."""
    episode = lifecycle.lock(hand_over.episode)
    access.require_open(hand_over)
    hold(episode, "not_me", by=by)
    hand_over.finished_at = timezone.now()
    hand_over.save(update_fields=["finished_at"])


def hold(episode, reason, *, by):
    Episode.objects.filter(pk=episode.pk).update(held_because=reason)
    episode.held_because = reason
    events.write("held", by=by, episode=episode, reason=reason)


@transaction.atomic
def settle(*, episode, by):
    """Staff have looked and the walk may go on: the person is asked again where it stopped."""
    lifecycle.lock(episode)
    if not episode.held_because:
        raise NothingHeld
    reason, episode.held_because = episode.held_because, ""
    episode.save(update_fields=["held_because"])
    events.write("settled", by=by, episode=episode, reason=reason)


def staff_by_pin(*, username, pin, hand_over):
    """The member of staff with this sign-in name and PIN, at this tablet. Raises WrongPin, NotInFullToday.

    Wrong tries count for the tablet and for the account, whatever name they were meant for, in a transaction of its own
    so that none is lost: neither another tablet nor cleared cookies give a sixth. On a device of somebody's own no PIN
    is looked at: it could be tried through there, and locked for whoever needs it on the ward.
    """
    if hand_over.is_remote:
        raise WrongPin
    with transaction.atomic():
        hand = HandOver.objects.select_for_update().get(pk=hand_over.pk)
        user = User.objects.select_for_update().filter(username__iexact=username, is_active=True).first()
        # An unknown name is looked at for as long as a known one.
        right = (user or User()).pin_is(pin) and not hand.pin_is_locked and not user.pin_is_locked
        if right:
            forget_wrong_pins(hand, user)
        elif not hand.pin_is_locked:
            count_wrong_pin(hand, user)
    if not right:
        raise WrongPin
    if user.came_at is None:
        raise NotInFullToday
    return user


def forget_wrong_pins(hand, user):
    hand.wrong_pins, user.pin_tries = 0, 0
    hand.save(update_fields=["wrong_pins"])
    user.save(update_fields=["pin_tries"])


def count_wrong_pin(hand, user):
    hand.wrong_pins += 1
    hand.save(update_fields=["wrong_pins"])
    if user and not user.pin_is_locked:
        user.pin_tries += 1
        user.save(update_fields=["pin_tries"])
    # Who tried is not known: only at whose tablet.
    by = events.party(hand.party, hand.device)
    events.write("wrong_pin", by=by, episode=hand.episode, hand_over=str(hand.pk), account=user.pk if user else None)
