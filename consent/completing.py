"""After any act that may fill the set of signatures: move the episode on, and file the record that this makes true."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from consent import events, lifecycle, policy
from consent.disclosure import is_recalled
from consent.models import Record, Role, Status, Work
from consent.records import compose, paper
from consent.steps import Walk
from procedures import canonical


def settle(*, episode, by, at):
    """Call inside the verb's transaction, with the episode locked. Moves to signed and to complete as far as is true now."""
    if episode.status == Status.UNDERWAY and decision_makers_have_signed(episode):
        fix_validity(episode, at)
        lifecycle.move(episode, Status.SIGNED, by=by, at=at)
        file_record(episode=episode, kind="signed", by=by, at=at)
    if episode.status == Status.SIGNED and is_full(episode):
        lifecycle.move(episode, Status.COMPLETE, by=by, at=at)
        file_complete(episode, by, at)


def file_complete(episode, by, at):
    """A consent signed on paper stays one, whatever is signed on a screen to complete it."""
    if not paper.is_on_paper(episode):
        return file_record(episode=episode, kind="complete", by=by, at=at)
    previous = episode.records.order_by("-id").first()
    body = paper.compose_paper(episode=episode, at=at, previous=previous)
    return file_record(episode=episode, kind="paper", by=by, at=at, body=body)


def decision_makers_have_signed(episode):
    deciders = set(episode.parties.filter(role=Role.DECISION_MAKER, active=True).values_list("pk", flat=True))
    return bool(deciders) and deciders <= signers(episode, "consent")


def signers(episode, meaning):
    """Parties who have signed with this meaning under the release that counts now."""
    rows = episode.signatures.filter(meaning=meaning, disclosure__release=episode.release)
    if meaning == "explained":
        # "I explained this" is for the text in the language that the person signed in, not for another one.
        rows = rows.filter(disclosure=episode.decision_maker.disclosure)
    return set(rows.values_list("party_id", flat=True))


def is_full(episode):
    """The policy's set is there, and a discussion by a permitted person is recorded for this release."""
    return not list(missing(episode))


def missing(episode):
    """What still stands between this episode and a complete consent, as keys of words.

    decision_maker, clinician and discussion are still to come; held, recalled, expired and open stand in the way.
    """
    wanted = policy.current().signatures.complete
    if "decision_maker" in wanted and not decision_makers_have_signed(episode):
        yield "decision_maker"
    if "clinician" in wanted and not signers(episode, "explained"):
        yield "clinician"
    if not episode.discussions.filter(release=episode.release).exists():
        yield "discussion"
    yield from in_the_way(episode)


def in_the_way(episode):
    if episode.held_because:
        yield "held"
    if is_recalled(episode.release):
        yield "recalled"
    if episode.is_expired_on(timezone.localdate()):
        yield "expired"
    if not paper.is_on_paper(episode) and Walk(episode, episode.decision_maker, None).open_items:
        yield "open"


def fix_validity(episode, at):
    """Validity is fixed when the decision-maker has signed; it does not move with later signatures."""
    rules = policy.current().validity
    signed_on = at.astimezone(ZoneInfo(episode.organisation.time_zone)).date()
    episode.valid_until = signed_on + timedelta(days=rules.days)
    episode.uses_allowed = rules.uses
    episode.save(update_fields=["valid_until", "uses_allowed"])


def file_record(*, episode, kind, by, at, body=None):
    """Compose the record with the chain head before this event, keep its bytes, say so in the chain, and order its seal."""
    previous = episode.records.order_by("-id").first()
    body = body or compose.compose(episode=episode, kind=kind, at=at, previous=previous)
    record = Record.objects.create(
        episode=episode, kind=kind, body=body, digest=canonical.digest(body), previous=previous, at=at
    )
    events.write("recorded", by=by, episode=episode, at=at, record=record.digest, kind_of_record=kind)
    Work.objects.create(kind="seal", record=record, made_at=at, due_at=at)
    return record
