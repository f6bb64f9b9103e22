"""Verbs of who decides and what: a clinician's finding, a representative, more time."""

from django.db import transaction
from django.utils import timezone

from consent import access, events, handover, lifecycle, policy
from consent.models import Assessment, Party, Role, Status
from procedures import canonical

BEFORE_SIGNING = (Status.DRAFT, Status.READY, Status.UNDERWAY)


class MayDecideAlone(Exception):
    """Nobody may decide for this patient: no clinician has found minority or lack of capacity for this decision."""


class NotAChild(Exception):
    """The patient is of age: nobody decides for them as for a child."""


class NotAnAuthority(Exception):
    """The policy does not let such a person decide for this patient."""


@transaction.atomic
def assess(*, episode, kind, findings, by):
    """A clinician's finding, for this decision only: "minor", or "capacity" (cannot decide this now). `findings` are the reasons."""
    lifecycle.lock(episode)
    lifecycle.require(episode, *BEFORE_SIGNING)
    if kind == "minor" and episode.patient.age_on(timezone.localdate()) >= policy.current().decides.adult_from:
        raise NotAChild
    made = Assessment.objects.create(
        episode=episode,
        kind=kind,
        body=canonical.dumps(findings),
        by=by.user,
        by_name=by.name,
        by_title=by.role,
        at=timezone.now(),
    )
    events.write("assessed", by=by, episode=episode, at=made.at, assessment=made.pk, finding=kind)
    return made


def findings(episode):
    """Kinds of finding that count now: those made after the patient last decided for themselves again."""
    again = episode.events.filter(kind="patient_decides_again").order_by("-seq").first()
    made = episode.assessments.filter(at__gt=again.at) if again else episode.assessments.all()
    return set(made.values_list("kind", flat=True))


@transaction.atomic
def appoint(*, episode, name, relationship, authority, evidence, by):
    """Somebody speaks for the patient from now on. Opens only after a finding of the kind that the authority is for."""
    lifecycle.lock(episode)
    lifecycle.require(episode, *BEFORE_SIGNING)
    rule = policy.current().authority(authority)
    if rule is None:
        raise NotAnAuthority(authority)
    if rule.for_ not in findings(episode):
        raise MayDecideAlone
    replace_decision_maker(
        episode,
        by,
        name=name,
        relationship=relationship,
        authority=authority,
        evidence=evidence,
        evidence_seen_by=f"{by.name}, {by.role}",
    )
    if episode.status != Status.DRAFT:
        # Who decides is part of what was released: it must be released again.
        lifecycle.move(episode, Status.DRAFT, by=by, reason="another decision-maker")


@transaction.atomic
def patient_decides(*, episode, by):
    """The patient decides for themselves after all; a representative's authority ends here."""
    lifecycle.lock(episode)
    lifecycle.require(episode, *BEFORE_SIGNING)
    if episode.decision_maker.is_patient:
        return
    replace_decision_maker(episode, by, name=episode.patient.name, is_patient=True)
    events.write("patient_decides_again", by=by, episode=episode)
    if episode.status != Status.DRAFT:
        lifecycle.move(episode, Status.DRAFT, by=by, reason="another decision-maker")


def replace_decision_maker(episode, by, **who):
    episode.parties.filter(role=Role.DECISION_MAKER, active=True).update(active=False)
    for tablet in episode.handovers.filter(taken_back_at=None):
        # A tablet still in the hands of somebody who no longer decides opens nothing from now on.
        handover.close(tablet, "decider", by=by, at=timezone.now())
    made = Party.objects.create(episode=episode, role=Role.DECISION_MAKER, **who)
    events.write("decision_maker", by=by, episode=episode, party=made.pk, authority=made.authority or "patient")
    return made


@transaction.atomic
def wants_time(*, episode, by, until=None, hand_over=None):
    """ "More time" is a decision: the status stays, the wish stands on the worklist."""
    lifecycle.lock(episode)
    access.require_open(hand_over)
    lifecycle.require(episode, Status.READY, Status.UNDERWAY)
    episode.wants_time, episode.wants_time_until = True, until
    episode.save(update_fields=["wants_time", "wants_time_until"])
    events.write("wants_time", by=by, episode=episode, until=until.isoformat() if until else "")
