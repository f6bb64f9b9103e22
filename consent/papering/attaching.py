"""The verb that takes a signed paper in: its scan, who signed it and when, and the record that this makes true."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent import answering, completing, disclosure, events, lifecycle, policy, signing
from consent.handover import refuse_recalled
from consent.models import Discussion, Party, Role, Scan, Signature, Status
from consent.papering import scans
from consent.records import paper
from procedures import canonical

BEFORE_SIGNING = (Status.READY, Status.UNDERWAY)
MOST_SCANS = 5
MOST_BYTES = 40 * 1024 * 1024


class WrongTime(Exception):
    """The paper cannot have been signed then; `message` says why."""

    def __init__(self, message):
        self.message = message
        super().__init__(message)


class NotAClinician(Exception):
    """The policy does not let this person explain and sign, or they do not work in this clinic."""


class ModeNotSaid(Exception):
    """A talk is told of, and not whether it was here, by video or by phone: a record does not guess at it."""


def attach(
    *,
    episode,
    file,
    signed_at,
    signed_by_clinician,
    discussed,
    by,
    clinician=None,
    note="",
    language="",
    agreed=None,
    witnesses=(),
    mode="",
):
    """Keep the scan of a paper that the decision-makers have signed, and move the episode on. Returns the Scan.

    `signed_at` is the time of the act, as written on the paper; the time of entry is now. `agreed` are the positions of
    the items with a yes (all of them when it is None); `mode` is how they talked, one of Discussion.MODES. A paper that
    is signed already may come once more, with the clinician's signature on it. Raises NotAScan, WrongTime, NotAClinician,
    ModeNotSaid, NotASignature, WitnessNeeded, NotThisPerson, AlreadySigned, Held or WrongMove; then nothing is stored.
    """
    said = Said(signed_at, clinician if signed_by_clinician else None, discussed, tuple(witnesses), agreed, note, mode)
    require_attachable(episode, said)
    # Drawing the pages anew takes seconds: the database is not locked meanwhile.
    data = scans.clean(file)
    return take_in(episode, said, data, language, by)


@dataclass(frozen=True)
class Said:
    """What the member of staff read off the paper."""

    signed_at: datetime
    clinician: object
    discussed: bool
    witnesses: tuple
    agreed: tuple | None
    note: str
    mode: str


def require_attachable(episode, said):
    if not adds_the_clinician(episode, said):
        lifecycle.require(episode, *BEFORE_SIGNING)
    if episode.held_because:
        raise answering.Held(episode.held_because)
    refuse_recalled(episode.release)
    require_agreed(episode, said)
    require_clinician(episode, said)
    require_time(episode, said.signed_at)
    require_witnesses(episode, said)
    require_room(episode)
    if said.discussed and said.mode not in dict(Discussion.MODES):
        raise ModeNotSaid


def require_agreed(episode, said):
    positions = {item["position"] for item in episode.release.content["items"]}
    if said.agreed is not None and not positions & set(said.agreed):
        raise signing.NotASignature(_("Nothing was agreed to: record a refusal instead"), field="agreed")


def require_room(episode, size=0):
    """One consent is a few sheets of paper: nobody fills the disk through it."""
    kept = list(episode.scans.values_list("size", flat=True))
    if len(kept) >= MOST_SCANS or sum(kept) + size > MOST_BYTES:
        raise scans.NotAScan(_("This consent has as many scans as it can keep. Ask whoever runs this site."))


def require_witnesses(episode, said):
    """Never the decision-maker or the clinician, nobody twice, and as many as the policy asks for on paper."""
    taken = [party.name for party in deciders(episode)]
    if said.clinician:
        taken.append(said.clinician.full_name)
    for name in said.witnesses:
        if any(signing.is_the_name(name, other) for other in taken):
            raise signing.NotThisPerson
        taken.append(name)
    if len(said.witnesses) < policy.current().witnesses_for("paper"):
        raise signing.WitnessNeeded


def adds_the_clinician(episode, said):
    """The same paper once more, now with the clinician's signature, is no second consent."""
    return (
        episode.status == Status.SIGNED
        and paper.is_on_paper(episode)
        and bool(said.clinician)
        and not has_explained(episode)
    )


def has_explained(episode):
    return bool(completing.signers(episode, "explained"))


def require_clinician(episode, said):
    rules, clinician = policy.current(), said.clinician
    if clinician is None:
        if said.discussed:
            raise NotAClinician("Nobody is named who talked with the person.")
        return
    permitted = rules.allows(clinician, "countersign") and rules.allows(clinician, "explain")
    if not permitted or not clinician.clinics.filter(pk=episode.clinic_id).exists():
        raise NotAClinician(clinician.pk)
    if episode.parties.filter(user=clinician, role=Role.SIGNATURE_WITNESS).exists():
        raise signing.NotThisPerson
    if episode.signatures.filter(
        party__user=clinician, meaning="explained", disclosure__release=episode.release
    ).exists():
        raise signing.AlreadySigned


def require_time(episode, signed_at):
    if signed_at > timezone.now():
        raise WrongTime(_("That time has not come yet"))
    # Paper knows minutes and no seconds.
    if signed_at < episode.release.at.replace(second=0, microsecond=0):
        raise WrongTime(_("That is before this form was released. Check day and time"))


@transaction.atomic
def take_in(episode, said, data, language, by):
    lifecycle.lock(episode)
    require_attachable(episode, said)
    require_room(episode, len(data))
    now = timezone.now()
    scan = kept(episode, said, data, by, now)
    if episode.status in BEFORE_SIGNING:
        frozen = told_on_paper(episode, language, by)
        decision_makers_sign(episode, frozen, said, scan, by)
        completing.fix_validity(episode, said.signed_at)
        lifecycle.move(episode, Status.SIGNED, by=by, at=now)
    if said.clinician:
        clinician_signs(episode, said, scan, by)
    if completing.is_full(episode):
        lifecycle.move(episode, Status.COMPLETE, by=by, at=now)
    body = paper.compose_paper(episode=episode, at=now, previous=episode.records.order_by("-id").first())
    completing.file_record(episode=episode, kind="paper", by=by, at=now, body=body)
    return scan


def kept(episode, said, data, by, now):
    sha256 = scans.store(data)
    scan = Scan.objects.create(
        episode=episode,
        sha256=sha256,
        size=len(data),
        signed_at=said.signed_at,
        entered_at=now,
        by=by.user,
        note=said.note[:300],
    )
    events.write(
        "paper_attached",
        by=by,
        episode=episode,
        at=now,
        scan=sha256,
        size=len(data),
        signed_at=said.signed_at.isoformat(),
    )
    return scan


def told_on_paper(episode, language, by):
    """The disclosure that the form was printed from. It becomes what the decision-makers were told."""
    release, code = episode.release, language or episode.language
    printed = release.disclosures.filter(language=code).order_by("-id").first()
    frozen = printed or disclosure.freeze(release=release, language=code, by=by)
    for party in yet_to_sign(episode):
        party.disclosure = frozen
        party.save(update_fields=["disclosure"])
    episode.on_paper = True
    episode.save(update_fields=["on_paper"])
    return frozen


def deciders(episode):
    return episode.parties.filter(role=Role.DECISION_MAKER, active=True).order_by("id")


def yet_to_sign(episode):
    """One of several decision-makers may have signed on the screen already."""
    return deciders(episode).exclude(pk__in=completing.signers(episode, "consent"))


# --- signatures ------------------------------------------------------------------------------------------------------


def decision_makers_sign(episode, frozen, said, scan, by):
    sign = frozen.section("sign")
    positions = [item["position"] for item in frozen.content["items"]]
    agreed = [each for each in positions if said.agreed is None or each in said.agreed]
    for party in yet_to_sign(episode):
        append(episode, party, frozen, "consent", f"{sign['i']} {sign['vow']}", said, scan, by, agreed=agreed)
    for name in said.witnesses:
        witness = Party.objects.create(episode=episode, role=Role.SIGNATURE_WITNESS, name=name)
        append(episode, witness, frozen, "witness_signature", statement("witness", frozen), said, scan, by)


def clinician_signs(episode, said, scan, by):
    """The clinician's signature on the paper, and the talk that the paper tells of."""
    clinician, frozen = said.clinician, episode.decision_maker.disclosure
    party = signing.staff_party(episode, clinician, Role.CLINICIAN)
    append(episode, party, frozen, "explained", statement("clinician", frozen), said, scan, by)
    if said.discussed:
        made = Discussion.objects.create(
            episode=episode, release=episode.release, by=clinician, by_name=clinician.full_name, by_title=clinician.title,
            mode=said.mode, happened_at=said.signed_at, note=note_on_discussion(by), at=scan.entered_at,
        )  # fmt: skip
        events.write("discussed", by=by, episode=episode, at=scan.entered_at, discussion=made.pk, mode=said.mode)


def note_on_discussion(by):
    return _("Told by the signed paper; entered by %(who)s.") % {"who": by.name}


def statement(kind, frozen):
    return policy.words(getattr(policy.current().statements, kind), frozen.language)


def append(episode, party, frozen, meaning, statement, said, scan, by, **more):
    """One signature as it stands on the paper. What was seen and by whom is part of its body."""
    body = canonical.dumps(body_of(episode, party, frozen, meaning, statement, said, scan, by, more))
    digest = canonical.digest(body)
    Signature.objects.create(
        episode=episode, party=party, disclosure=frozen, meaning=meaning, method="paper", printed_name=party.name, body=body,
        digest=digest, key=canonical.digest(f"paper {digest}".encode()), request_digest=scan.sha256, at=said.signed_at,
    )  # fmt: skip
    events.write(
        "signed",
        by=by,
        episode=episode,
        at=scan.entered_at,
        signature=digest,
        meaning=meaning,
        party=party.pk,
        method="paper",
    )


def body_of(episode, party, frozen, meaning, statement, said, scan, by, more):
    # The organisation's zone, as on every signature: a server may stand anywhere.
    zone = episode.organisation.time_zone
    with translation.override(frozen.language):
        shown = _("On paper: see the scan")
    return {
        "schema": "plainconsent.signature/1",
        "party": {"id": party.pk, "role": party.role, "name": party.name, "title": party.job_title},
        "meaning": meaning,
        "statement": statement,
        "language": frozen.language,
        "act": {"method": "paper", "strokes": None, "typed": shown, "scan": scan.sha256, **more},
        "at": said.signed_at.isoformat(),
        "entered_at": scan.entered_at.isoformat(),
        "entered_by": by.name,
        "zone": zone,
        "offset": said.signed_at.astimezone(ZoneInfo(zone)).strftime("%z"),
        "place": episode.clinic.name,
        "device": by.device,
        "disclosure": frozen.digest,
        "earlier": list(episode.signatures.order_by("id").values_list("digest", flat=True)),
        "demonstration": settings.DEMO,
    }
