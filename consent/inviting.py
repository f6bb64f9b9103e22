"""Verbs of reading at home: invite, revoke, redeem, and the worker's sending of the link.

A link is opened by its token, a code that travels another way, and the patient's birth date. Whatever is wrong, one
path is walked and one answer given: nobody learns from it whether there is such a link.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac
from django.views.decorators.debug import sensitive_variables

from consent import events, handover, lifecycle, messages, policy, wording
from consent.disclosure import is_recalled
from consent.identity import vault
from consent.messages import words
from consent.models import Episode, HandOver, Invitation, Role, Status, Work
from procedures import canonical

READING = (Status.READY, Status.UNDERWAY)
# For the database what Invitation.is_for_what_counts asks of the consent, and whether a wrong person is settled.
IS_READ = Q(status__in=READING, released_at__lte=OuterRef("made_at")) & ~Q(held_because="not_me")


class NotInvitable(Exception):
    """Only who decides may be invited, and only in ways that the policy names and this site can send."""


class AlreadyEnded(Exception):
    """This invitation opens nothing any more."""


class NotSettled(Exception):
    """Whoever had the tablet or the link said that this is not them: nobody is invited before staff have looked."""


class NotOpened(Exception):
    """Link, code and birth date do not open anything. Nothing says which of them, or why."""


class LinkLost(Exception):
    """The link was sealed with another secret key and cannot be read: a new invitation is needed."""


# --- making and ending -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Made:
    """A new invitation with what is shown once and kept nowhere."""

    invitation: Invitation
    link: str = field(repr=False)
    code: str = field(repr=False)


@sensitive_variables("token", "code", "link")
@transaction.atomic
def invite(*, episode, party, channel, address, source, known, known_words, site, by):
    """A new link for this party; an earlier one ends. `site` is the address that the link begins with.

    `known` (Invitation.KNOWN) says how `by` knows whom they give it to; `source` (Invitation.SOURCES) whence the address is.
    """
    lifecycle.lock(episode)
    lifecycle.require(episode, *READING)
    refuse_unsettled(episode)
    require_invitable(party, channel)
    handover.refuse_unapproved(episode)
    handover.refuse_recalled(episode.release)
    now = timezone.now()
    for each in party.invitations.filter(ended_at=None):
        end(each, "replaced", by=by, at=now)
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**6):06d}"
    link = link_of(site, token, language_of(party, episode))
    made = Invitation.objects.create(
        episode=episode,
        party=party,
        channel=channel,
        address=address,
        token_digest=digest_of(token),
        code=make_password(peppered(code)),
        sealed_link="" if channel == "paper" else vault.lock(link),
        by=by.user,
        made_at=now,
        expires_at=now + timedelta(hours=policy.current().invitation.hours),
    )
    says = {"invitation": made.pk, "channel": channel, "until": made.expires_at.isoformat()}
    knows = {"known": known, "known_words": known_words, "source": source}
    events.write("invited", by=by, episode=episode, at=now, party=party.pk, **says, **knows)
    if made.sealed_link:
        Work.objects.create(kind="invitation", invitation=made, made_at=now, due_at=now)
    return Made(made, link, code)


def channels():
    """Ways of inviting that the policy names and this site can send."""
    return [each for each in policy.current().invitation.channels if messages.is_set_up(each)]


def require_invitable(party, channel):
    if channel not in channels() or not party.active or party.role != Role.DECISION_MAKER:
        raise NotInvitable(channel)


def refuse_unsettled(episode):
    if episode.held_because == "not_me":
        raise NotSettled


def language_of(party, episode):
    """What the person has picked, or what is expected, if our own pages speak it."""
    code = party.disclosure.language if party.disclosure else episode.language
    return code if code in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def link_of(site, token, language):
    """The language stands in the link, because the page behind it may not know whose it is."""
    spoken = "" if language == settings.LANGUAGE_CODE else f"?in={language}"
    return f"{site}{reverse('link')}{token}/{spoken}"


@transaction.atomic
def revoke(*, invitation, by):
    """The link opens nothing from now on, and what it has opened is closed."""
    lifecycle.lock(invitation.episode)
    invitation.refresh_from_db()
    if invitation.ended_at:
        raise AlreadyEnded
    end(invitation, "revoked", by=by, at=timezone.now())


@transaction.atomic
def not_me(*, hand_over, by):
    """Somebody else has the link, the code and the birth date: the walk stops, and the link ends."""
    handover.not_me(hand_over=hand_over, by=by)
    if hand_over.invitation.ended_at is None:
        end(hand_over.invitation, "not_me", by=by, at=timezone.now())


def end(invitation, because, *, by, at):
    invitation.ended_at, invitation.ended_by, invitation.ended_because = at, by.user, because
    invitation.sealed_link = ""
    invitation.save(update_fields=["ended_at", "ended_by", "ended_because", "sealed_link"])
    events.write("invitation_ended", by=by, episode=invitation.episode, at=at, invitation=invitation.pk, why=because)
    for each in HandOver.objects.filter(invitation=invitation, taken_back_at=None):
        handover.close(each, "invitation", by=by, at=at)


# --- opening ---------------------------------------------------------------------------------------------------------


@sensitive_variables()
def redeem(*, token, code, born):
    """The hand-over of a device of the person's own. Raises NotOpened, whatever is wrong."""
    invitation = judged(digest_of(token), code, born)
    with transaction.atomic():
        return opened(invitation)


@sensitive_variables()
def judged(token_digest, code, born):
    """The invitation of this token, if code and birth date are right. An unknown token costs the same work as a known one."""
    counted = count_try(token_digest)
    found = Invitation.objects.select_related("episode__patient", "party").filter(token_digest=token_digest).first()
    nothing = decoy()
    right_code = check_password(peppered(code), found.code if found else nothing)
    right_born = hmac.compare_digest(
        born.isoformat(), found.episode.patient.born.isoformat() if found else "0001-01-01"
    )
    if not (counted and right_code and right_born and found.is_for_what_counts):
        raise NotOpened
    return found


def count_try(token_digest) -> bool:
    """One try more, before anything is judged, in a transaction of its own: fifty tries at once are judged five times."""
    # No join: on PostgreSQL only conditions on the row itself are looked at again after waiting for its lock.
    with transaction.atomic(durable=True):
        rows = Invitation.objects.filter(token_digest=token_digest, ended_at=None, expires_at__gt=timezone.now())
        # Somebody who opens their link again after signing has guessed at nothing.
        rows = rows.filter(Exists(Episode.objects.filter(IS_READ, pk=OuterRef("episode"))))
        return bool(rows.filter(tries__lt=Invitation.TRIES).update(tries=F("tries") + 1))


def opened(invitation):
    """Bind the person's device. What a device opened earlier by this link, or a tablet held, is closed."""
    episode = lifecycle.lock(invitation.episode)
    invitation = Invitation.objects.select_for_update().select_related("party").get(pk=invitation.pk)
    invitation.episode = episode
    if invitation.ended_at or not invitation.is_for_what_counts or is_recalled(episode.release):
        raise NotOpened
    if episode.held_because == "not_me":
        raise NotOpened
    now, by = timezone.now(), events.party(invitation.party, HandOver.OWN)
    made = HandOver(episode=episode, party=invitation.party, invitation=invitation, device=HandOver.OWN, at=now)
    handover.begin(made, by=by)
    # A right try is given back: opening it again on five evenings is no guessing.
    invitation.tries, invitation.opened_at = F("tries") - 1, invitation.opened_at or now
    invitation.save(update_fields=["tries", "opened_at"])
    events.write(
        "own_device_opened", by=by, episode=episode, at=now, party=made.party_id, invitation=invitation.pk,
        hand_over=str(made.pk), checked=list(HandOver.CHECKED),
    )  # fmt: skip
    return made


def digest_of(token):
    return canonical.digest(token.encode())


def peppered(code):
    """Six digits are soon tried through by whoever has the database; with our secret key in them, not without it."""
    return salted_hmac("consent.inviting.code", code, algorithm="sha256").hexdigest()


@lru_cache(maxsize=4)
def decoy_of(hasher):
    return make_password(secrets.token_hex(16))


def decoy():
    """A hash of nothing, made once, that costs as much to check as a real one."""
    return decoy_of(settings.PASSWORD_HASHERS[0])


# --- sending ---------------------------------------------------------------------------------------------------------


def deliver(work):
    """The worker's part. It may run twice for one invitation: the same link is then sent twice."""
    invitation = Invitation.objects.select_related("episode", "party__disclosure").get(pk=work.invitation_id)
    if not invitation.sealed_link:
        return
    if invitation.is_open_at(timezone.now()):
        messages.send(invitation.channel, invitation.address, words_of(invitation))
        sent(invitation)
    else:
        forget(invitation)


def words_of(invitation):
    episode = invitation.episode
    zone = ZoneInfo(episode.organisation.time_zone)
    with translation.override(language_of(invitation.party, episode)), timezone.override(zone):
        until = wording.moment(invitation.expires_at)
        hospital, link = episode.organisation.name, opened_link(invitation)
        return words.invitation(hospital=hospital, link=link, until=until, phone=settings.PHONE)


@transaction.atomic
def sent(invitation):
    lifecycle.lock(invitation.episode)
    invitation.sent_at = timezone.now()
    forget(invitation)
    events.write("invitation_sent", by=events.SYSTEM, episode=invitation.episode, at=invitation.sent_at,
                 invitation=invitation.pk)  # fmt: skip


def forget(invitation):
    """The link is needed no longer: from now on only its digest is kept."""
    invitation.sealed_link = ""
    invitation.save(update_fields=["sealed_link", "sent_at"])


def opened_link(invitation):
    try:
        return vault.unlock(invitation.sealed_link)
    except vault.InvalidToken as problem:
        raise LinkLost from problem
