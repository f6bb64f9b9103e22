"""The only writer of the audit chain: who did what, when, in an order that cannot be changed unnoticed."""

import secrets
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent.models import Access, Episode, Event, EventPayload
from consent.staff.models import Organisation
from procedures import canonical


@dataclass(frozen=True)
class Actor:
    """Who acts: a member of staff, a party with a tablet, or the system itself."""

    kind: str
    id: str
    name: str
    role: str
    device: str = ""
    user: object = None
    party: object = None

    def __str__(self):
        return f"{self.kind}:{self.id} {self.name}, {self.role}"


def staff(user, device=""):
    return Actor("staff", str(user.pk), user.full_name, user.title, device, user=user)


def party(someone, device="", tapped_by=""):
    """Somebody with a tablet; `tapped_by` names staff who read aloud and touch the screen at that person's word."""
    name = (
        _("%(name)s (tapped by %(staff)s)") % {"name": someone.name, "staff": tapped_by} if tapped_by else someone.name
    )
    return Actor("party", str(someone.pk), name, someone.get_role_display(), device, party=someone)


SYSTEM = Actor("system", "worker", "Plain Consent", "system")


class MustBeAtomic(Exception):
    """An event was written outside a transaction, where it could outlive the change that it tells of."""


def write(kind, *, by, episode=None, organisation=None, at=None, **says):
    """Append one event in the caller's transaction. `says` is its payload: ids, keys and digests, never what a patient said."""
    if not transaction.get_connection().in_atomic_block:
        raise MustBeAtomic(kind)
    at = at or timezone.now()
    head = locked_head(episode, organisation)
    salt, body = secrets.token_hex(16), canonical.dumps(says)
    event = Event(
        organisation=episode.organisation if episode else head,
        episode=episode,
        chain=f"episode:{episode.pk}" if episode else f"organisation:{head.pk}",
        seq=head.head_seq + 1,
        prev=head.head_hash,
        kind=kind,
        actor=str(by)[:260],
        device=by.device[:80],
        payload_digest=canonical.digest(salt.encode() + body),
        at=at,
    )
    event.hash = hash_of(event)
    event.save(force_insert=True)
    EventPayload.objects.create(event=event, salt=salt, body=body)
    advance(head, event, episode)
    return event


def locked_head(episode, organisation):
    """The row that carries the chain's head, locked and fresh."""
    if episode is not None:
        return Episode.objects.select_for_update().only("head_seq", "head_hash").get(pk=episode.pk)
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def advance(head, event, episode):
    head.head_seq, head.head_hash = event.seq, event.hash
    head.save(update_fields=["head_seq", "head_hash"])
    if episode is not None:
        episode.head_seq, episode.head_hash = event.seq, event.hash


def hash_of(event):
    """The hash that this row must have."""
    return canonical.digest_of(
        {
            "chain": event.chain,
            "seq": event.seq,
            "prev": event.prev,
            "at": event.at.isoformat(),
            "kind": event.kind,
            "actor": event.actor,
            "device": event.device,
            "payload_digest": event.payload_digest,
        }
    )


def read(user, what, *, episode=None, detail=""):
    """Write down that staff looked."""
    Access.objects.create(user=user, episode=episode, what=what, detail=detail[:120], at=timezone.now())


@dataclass(frozen=True)
class ChainVerdict:
    """`whole` or not; `events` counted; `reason` names the first event that is wrong."""

    chain: str
    whole: bool
    events: int
    reason: str = ""


def verify_chain(chain, head_seq, head_hash):
    """Recompute one chain from its first event to the head that its row carries."""
    prev, seq = "", 0
    for event in Event.objects.filter(chain=chain).select_related("payload").order_by("seq").iterator(chunk_size=500):
        seq += 1
        reason = wrong(event, seq, prev)
        if reason:
            return ChainVerdict(chain, False, seq, f"event {event.seq}: {reason}")
        prev = event.hash
    if (seq, prev) != (head_seq, head_hash):
        return ChainVerdict(chain, False, seq, f"the chain ends at event {seq}, its head says {head_seq}")
    return ChainVerdict(chain, True, seq)


def wrong(event, seq, prev):
    if event.seq != seq:
        return f"expected event {seq}"
    if event.prev != prev:
        return "does not follow the one before"
    if event.hash != hash_of(event):
        return "was changed"
    payload = getattr(event, "payload", None)
    # A purge may have removed the payload; one that is there must be the one that was written.
    if payload and canonical.digest(payload.salt.encode() + bytes(payload.body)) != event.payload_digest:
        return "its payload was changed"
    return ""


def verify_all():
    """Yield a ChainVerdict for every chain, and one for events that hang on no head."""
    heads = {}
    for organisation in Organisation.objects.all():
        heads[f"organisation:{organisation.pk}"] = organisation
    for episode in Episode.objects.only("head_seq", "head_hash").iterator():
        heads[f"episode:{episode.pk}"] = episode
    for chain, head in heads.items():
        yield verify_chain(chain, head.head_seq, head.head_hash)
    for chain in Event.objects.values_list("chain", flat=True).distinct():
        if chain not in heads:
            yield ChainVerdict(chain, False, 0, "belongs to no episode and no organisation")
