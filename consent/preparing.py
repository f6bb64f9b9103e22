"""Verbs of staff before the person sees anything: prepare, revise, tailor, release, take back to correct."""

from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Replace
from django.utils import timezone

from consent import access, events, lifecycle, misses, policy
from consent.models import (
    Access,
    Episode,
    EpisodeItem,
    Party,
    Patient,
    PatientIdentifier,
    Release,
    Role,
    Status,
    Tailoring,
)
from consent.staff.models import Organisation, SiteValue
from procedures import canonical

CONFLICT = Access.CONFLICT


class NotReleasable(Exception):
    """What is still missing before release, as sentences."""

    def __init__(self, gaps):
        self.gaps = list(gaps)
        super().__init__("; ".join(self.gaps))


class PatientConflict(Exception):
    """This number belongs to somebody with another name or birth date: nobody may be guessed."""


class SecondConsent(Exception):
    """The patient has another open consent that could be taken for this one, and nobody has said that two are meant."""


class ContentNotApproved(Exception):
    """Content that this hospital has not approved may not be handed to patients in production."""


@dataclass(frozen=True)
class Planned:
    """One item as planned: `version` of the content, side "left"/"right"/"", level codes, medicine key, reason."""

    version: object
    side: str = ""
    levels: list = field(default_factory=list)
    medicine: str = ""
    reason: str = ""


def find_or_add_patient(*, organisation, family_name, given_name, born, system, value, by):
    """The patient with this number, or a new one. Raises PatientConflict when name or birth date differ, or TooMany.

    Each conflict is written down and counted: else names and birth dates could be tried through here. Whoever has a
    transaction of their own round this lets it end well after PatientConflict.
    """
    with transaction.atomic():
        misses.require_few(by.user, CONFLICT)
        patient = found_or_added(organisation, family_name, given_name, born, system, value, by)
        if patient is None:
            misses.count(by.user, CONFLICT, detail="prepare")
    if patient is None:
        raise PatientConflict
    return patient


def found_or_added(organisation, family_name, given_name, born, system, value, by):
    """None when the number is somebody else's."""
    known = PatientIdentifier.objects.annotate(bare=Replace("value", Value(" "), Value("")))
    known = known.filter(organisation=organisation, system=system, bare="".join(value.split()))
    identifier = known.select_related("patient").first()
    if identifier is None:
        patient = Patient.objects.create(
            organisation=organisation, family_name=family_name, given_name=given_name, born=born
        )
        PatientIdentifier.objects.create(patient=patient, organisation=organisation, system=system, value=value)
        events.write("patient_added", by=by, organisation=organisation, patient=patient.pk)
        return patient
    patient = identifier.patient
    same_name = (patient.family_name.casefold(), patient.given_name.casefold()) == (
        family_name.casefold(),
        given_name.casefold(),
    )
    return patient if same_name and patient.born == born else None


@transaction.atomic
def prepare(*, patient, clinic, responsible, items, language, by, arrangements=None):
    """A new episode in draft with its items and the patient as decision-maker."""
    now = timezone.now()
    episode = Episode.objects.create(
        number=next_number(clinic.site.organisation, now),
        patient=patient,
        clinic=clinic,
        responsible=responsible,
        language=language,
        made_at=now,
        **(arrangements or {}),
    )
    put_items(episode, items)
    Party.objects.create(episode=episode, role=Role.DECISION_MAKER, name=patient.name, is_patient=True)
    events.write("prepared", by=by, episode=episode, at=now, patient=patient.pk, responsible=responsible.pk)
    return episode


def next_number(organisation, now):
    locked = Organisation.objects.select_for_update().get(pk=organisation.pk)
    number, locked.next_number = locked.next_number, locked.next_number + 1
    locked.save(update_fields=["next_number"])
    return f"{locked.prefix}-{now.year}-{number:06d}"


def put_items(episode, items):
    episode.items.all().delete()
    for position, item in enumerate(items, start=1):
        EpisodeItem.objects.create(
            episode=episode,
            position=position,
            version=item.version,
            side=item.side,
            levels=list(item.levels),
            medicine=item.medicine,
            reason=item.reason,
        )


@transaction.atomic
def revise(*, episode, responsible, items, language, by, arrangements=None):
    """Change what is planned while it is a draft."""
    lifecycle.lock(episode)
    lifecycle.require(episode, Status.DRAFT)
    episode.responsible, episode.language = responsible, language
    for name, value in (arrangements or {}).items():
        setattr(episode, name, value)
    episode.save()
    put_items(episode, items)
    events.write("revised", by=by, episode=episode)


@transaction.atomic
def arrange(*, episode, by, **arrangements):
    """Change date, time, room or performer: no new disclosure, but an event."""
    lifecycle.lock(episode)
    for name, value in arrangements.items():
        setattr(episode, name, value)
    episode.save(update_fields=list(arrangements))
    events.write("arranged", by=by, episode=episode, changed=sorted(arrangements))


@transaction.atomic
def tailor(*, episode, by, words, risk=""):
    """Add a note for this person, or say that a risk matters more to them and why."""
    lifecycle.lock(episode)
    lifecycle.require(episode, Status.DRAFT)
    added = Tailoring.objects.create(episode=episode, risk=risk, words=words, by=by.user)
    events.write("tailored", by=by, episode=episode, tailoring=added.pk, risk=risk)
    return added


@transaction.atomic
def untailor(*, tailoring, by):
    lifecycle.lock(tailoring.episode)
    lifecycle.require(tailoring.episode, Status.DRAFT)
    events.write("untailored", by=by, episode=tailoring.episode, tailoring=tailoring.pk)
    tailoring.delete()


def gaps(episode):
    """Sentences on what is missing before release; empty when it may be released."""
    items = list(episode.items.select_related("version__procedure"))
    if not items:
        yield "There is no procedure yet."
    for item in items:
        facts = item.version.facts
        if facts.laterality == "required" and not item.side:
            yield "The side is not set."
        if facts.levels and not item.levels:
            yield "No level is chosen."
        if facts.medicines and not item.medicine:
            yield "The medicine is not chosen."
        if not item.version.is_published:
            yield "This version of the text has been recalled or retired. Choose the current one."
    yield from nobody_decided_on(episode)
    yield from unset_site_values(episode, items)


def nobody_decided_on(episode):
    """A child who would decide alone, without a clinician having looked at that."""
    age = episode.patient.age_on(timezone.localdate())
    alone = episode.decision_maker.is_patient and age < policy.current().decides.adult_from
    if alone and not episode.assessments.filter(kind="minor").exists():
        yield f"{episode.patient.first_name} is {age}. Record first that the patient is a child, and who decides."


def unset_site_values(episode, items):
    for version in {item.version for item in items}:
        known = SiteValue.current(episode.site, version.procedure.slug)
        names = version.texts(version.facts.source_language).site_values
        for spec in version.facts.site_values:
            if not known.get(spec.key):
                name = names[spec.key].name if spec.key in names else spec.key
                yield f"Not set for {episode.site.name}: {name}."


@transaction.atomic
def release(*, episode, by, plan=None, second=False):
    """A permitted clinician's word that procedure, side, level, medicine and tailoring are right. Freezes the release.

    `plan` is the digest of what the page showed: Changed when somebody has revised it since. `second` says that two
    open consents of this patient are meant: SecondConsent when there is another and nobody has said so.
    """
    lifecycle.lock(episode)
    # Releasing anew after a signature needs a record that supersedes the signed one, which does not exist yet.
    lifecycle.require(episode, Status.DRAFT, Status.REFUSED, Status.WITHDRAWN)
    missing = list(gaps(episode))
    if missing:
        raise NotReleasable(missing)
    now = timezone.now()
    body = canonical.dumps(release_content(episode, by.user))
    if plan not in (None, canonical.digest(body)):
        raise lifecycle.Changed
    beside = access.open_beside(episode).exists()
    if beside and not second:
        raise SecondConsent
    made = Release.objects.create(
        episode=episode,
        number=episode.releases.count() + 1,
        body=body,
        digest=canonical.digest(body),
        by=by.user,
        at=now,
    )
    # What was true of an earlier release does not outlive it.
    fresh = {"held_because": "", "wants_time": False, "wants_time_until": None, "on_paper": False, "valid_until": None}
    for name, value in {"released_at": now, **fresh}.items():
        setattr(episode, name, value)
    episode.save(update_fields=["released_at", *fresh])
    lifecycle.move(episode, Status.READY, by=by, at=now, release=made.digest, **({"second": True} if beside else {}))
    return made


def plan_of(episode, user):
    """The digest of what `user` would release now."""
    return canonical.digest_of(release_content(episode, user))


@transaction.atomic
def take_back(*, episode, by, reason):
    """Back to draft, to correct something. What was answered stays; pages that change are asked again."""
    lifecycle.lock(episode)
    lifecycle.move(episode, Status.DRAFT, by=by, reason=reason)


def release_content(episode, user):
    patient, rules = episode.patient, policy.current()
    items = list(episode.items.select_related("version__procedure"))
    return {
        "schema": "plainconsent.release/1",
        "number": episode.number,
        "patient": {
            "name": patient.name,
            "family_name": patient.family_name,
            "given_name": patient.given_name,
            "first_name": patient.first_name,
            "short_name": patient.short_name,
            "born": patient.born.isoformat(),
            "identifiers": [
                {"system": each.system, "value": each.value} for each in patient.identifiers.order_by("id")
            ],
        },
        "decider": decider(episode, rules),
        "items": [item_content(each) for each in items],
        "tailoring": [
            {"risk": each.risk, "words": each.words, "by": each.by.full_name} for each in episode.tailorings.all()
        ],
        "site_values": SiteValue.current(episode.site, items[0].version.procedure.slug),
        "responsible": {"name": episode.responsible.full_name, "title": episode.responsible.title},
        "released_by": {"name": user.full_name, "title": user.title},
        "organisation": episode.organisation.name,
        "site": episode.site.name,
        "clinic": episode.clinic.name,
        "time_zone": episode.organisation.time_zone,
        "policy": {"slug": rules.slug, "version": rules.version, "name": rules.name, "digest": rules.digest},
    }


def decider(episode, rules):
    """Who decides, as frozen with the release."""
    party = episode.decision_maker
    authority = rules.authority(party.authority) if party.authority else None
    return {
        "party": party.pk,
        "is_patient": party.is_patient,
        "name": party.name,
        "first_name": party.first_name,
        "short_name": f"{party.first_name} {party.name.split()[-1][:1]}.",
        "relationship": party.relationship,
        "authority": party.authority,
        "authority_words": dict(authority.name) if authority else {},
        "evidence": party.evidence,
        "evidence_seen_by": party.evidence_seen_by,
    }


def item_content(item):
    return {
        "position": item.position,
        "procedure": item.version.procedure.slug,
        "version": item.version.number,
        "version_digest": item.version.digest,
        "approved": item.version.is_approved,
        "side": item.side,
        "levels": item.levels,
        "medicine": item.medicine,
        "off_label": any(each.key == item.medicine and each.off_label for each in item.version.facts.medicines),
        "reason": item.reason,
    }
