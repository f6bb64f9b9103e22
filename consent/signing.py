"""Bind a signature to what was told and answered, once, and order the record: one transaction, or nothing."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from consent import access, answering, completing, events, lifecycle, policy, proving, strokes
from consent.forms import Reading
from consent.handover import refuse_recalled
from consent.models import Party, Role, Signature, Status
from consent.records import paper
from consent.steps import BY_KEY, Step, Walk
from procedures import canonical

AT_HOME = ("drawn", "typed")
# Not a page of the walk: what was said on changing one's mind is kept beside the other answers.
WITHDRAWAL = Step("withdrawal", 5, Reading, "Withdrawal")


class GateClosed(Exception):
    """Something is still open: there is no yes before it has been talked about. `items` are steps.OpenItem."""

    def __init__(self, items):
        self.items = list(items)
        super().__init__(f"{len(self.items)} open")


class KeyReused(Exception):
    """The same key came with another body."""


class AlreadySigned(Exception):
    """This party has signed this already."""


class NotASignature(Exception):
    """A signature cannot be made of this; the message says what to do, `field` where."""

    def __init__(self, message, field="strokes"):
        self.field = field
        super().__init__(message)


class WitnessNeeded(Exception):
    """The policy asks for a witness of this way of signing."""


class NotThisPerson(Exception):
    """One account may not take two parts in one act."""


class NotFromHere(Exception):
    """On a device of one's own this is not signed, or not in this way: staff have to be there."""


class NothingTold(Exception):
    """Nobody has been told anything that could be signed for."""


@transaction.atomic
def decide(*, walk, data, by, page_digest=None, tapped_by=""):
    """Save the decision. A yes goes through the gate; more time and talking never do."""
    lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    if data["decision"] == "consent":
        require_open_gate(walk)
    return answering.save(
        walk=walk, step=BY_KEY["decision"], data=data, by=by, page_digest=page_digest, tapped_by=tapped_by
    )


def require_open_gate(walk):
    if walk.disclosure is None:
        raise NothingTold
    if walk.open_items:
        raise GateClosed(walk.open_items)


@dataclass(frozen=True)
class Act:
    """How somebody signs. `strokes` is what the browser sent, `typed` a name, `words` what was said aloud.

    `helper` wrote for them, `why` help was needed, `witnesses` are staff who saw it.
    """

    method: str
    strokes: str = ""
    typed: str = ""
    helper: str = ""
    words: str = ""
    why: str = ""
    witnesses: tuple = ()

    def asked(self):
        """For the digest of the request: everything that would make it another act."""
        return {**vars(self), "witnesses": [each.pk for each in self.witnesses]}

    def kept(self, party):
        """What the signature's bytes hold. Raises NotASignature."""
        said = {"method": self.method, "helper": self.helper, "words": self.words, "why": self.why}
        return {**said, **self.ink(party), "witnesses": len(self.witnesses)}

    def ink(self, party):
        """What was written, as bounded values. The server judges and redraws strokes."""
        if self.method in ("drawn", "mark") or (self.method == "written_by_other" and self.strokes):
            return {"strokes": judged(self.strokes), "typed": ""}
        if self.method == "typed" and not is_the_name(self.typed, party.name):
            raise NotASignature(_("Type your full name: %(name)s") % {"name": party.name}, field="typed")
        if self.method == "written_by_other" and not self.helper:
            raise NotASignature(_("Say who writes"), field="helper")
        if self.method == "spoken" and not self.words:
            raise NotASignature(_("Write down what was said"), field="words")
        return {"strokes": None, "typed": self.typed.strip() if self.method == "typed" else party.name}


def judged(drawn):
    try:
        return strokes.canonical(strokes.parse(drawn))
    except strokes.BadStrokes as problem:
        raise NotASignature(problem.message) from problem


def is_the_name(typed, name):
    """Every part of the name, in any order and case: a misspelt name is noticed before it is sealed."""
    return sorted(typed.casefold().split()) == sorted(name.casefold().split())


def is_named(user, text):
    """Do these words name this member of staff?"""
    return set(user.full_name.casefold().split()) <= set(text.casefold().replace(",", " ").split())


@transaction.atomic
def sign(*, walk, by, key, disclosure, answers, **how):
    """The decision-maker's signature to a yes. `disclosure` and `answers` are the digests that the page showed; `how` is Act's.

    The same key with the same body gives the signature that exists; with another body KeyReused. Raises NotASignature,
    WitnessNeeded, NotThisPerson, HandOverClosed, Changed, GateClosed, OutOfOrder, Held or WrongMove; then nothing is stored.
    """
    act = Act(**{**how, "witnesses": tuple(how.get("witnesses", ()))})
    request = {"party": walk.party.pk, "disclosure": disclosure, "answers": answers, **act.asked()}
    request_digest = canonical.digest_of(request)
    episode = lifecycle.lock(walk.episode)
    made = replay(key, request_digest)
    if made:
        return made
    access.require_open(walk.hand_over)
    walk = Walk(episode, Party.objects.select_related("disclosure").get(pk=walk.party.pk), walk.hand_over)
    require_signable(walk, act, disclosure, answers)
    require_witnesses(walk, act)
    now, section = timezone.now(), walk.section("sign")
    vow = f"{section['i']} {section['vow']}"
    signature = append(walk, "consent", vow, act.kept(walk.party), by, key, request_digest, now)
    for number, witness in enumerate(act.witnesses, start=1):
        witness_signature(walk, signature, witness, by, f"{key}-w{number}", now)
    completing.settle(episode=episode, by=by, at=now)
    walk.episode.refresh_from_db()
    return signature


def replay(key, request_digest):
    """The signature already made with this key, before any gate is asked again."""
    made = Signature.objects.filter(key=key).first()
    if made and made.request_digest != request_digest:
        raise KeyReused
    return made


def require_signable_here(walk, act):
    """At home one signs oneself, or not at all: help with signing needs somebody of staff who sees it."""
    if walk.is_remote and not (policy.current().invitation.may_sign and act.method in AT_HOME):
        raise NotFromHere


def require_signable(walk, act, disclosure, answers):
    lifecycle.require(walk.episode, Status.UNDERWAY)
    answering.require_deciding(walk)
    require_signable_here(walk, act)
    if walk.episode.held_because:
        raise answering.Held(walk.episode.held_because)
    refuse_recalled(walk.release)
    require_open_gate(walk)
    if not walk.may_open(BY_KEY["sign"]):
        raise answering.OutOfOrder(walk.next_step)
    if (disclosure, answers) != (walk.disclosure.digest, walk.answers_digest):
        raise lifecycle.Changed


def require_witnesses(walk, act):
    """Never the decision-maker, never one account twice, and as many as the policy asks for."""
    if len({each.pk for each in act.witnesses}) != len(act.witnesses):
        raise NotThisPerson
    if any(is_the_name(each.full_name, walk.party.name) or is_named(each, act.helper) for each in act.witnesses):
        raise NotThisPerson
    if walk.episode.parties.filter(user__in=[each.pk for each in act.witnesses], role=Role.CLINICIAN).exists():
        raise NotThisPerson
    if len(act.witnesses) < policy.current().witnesses_for(act.method):
        raise WitnessNeeded


def append(walk, meaning, statement, act, by, key, request_digest, at, party=None):
    """Insert one signature with its canonical body and its event."""
    party = party or walk.party
    if Signature.objects.filter(party=party, disclosure=walk.disclosure, meaning=meaning).exists():
        raise AlreadySigned
    body = canonical.dumps(signature_content(walk, party, meaning, statement, act, by, at))
    made = Signature.objects.create(
        episode=walk.episode,
        party=party,
        disclosure=walk.disclosure,
        meaning=meaning,
        method=act["method"],
        printed_name=party.name,
        body=body,
        digest=canonical.digest(body),
        key=key,
        request_digest=request_digest,
        at=at,
    )
    proved = {key: act[key] for key in ("method", "proved_at") if "proved_at" in act}
    events.write(
        "signed", by=by, episode=walk.episode, at=at, signature=made.digest, meaning=meaning, party=party.pk, **proved
    )
    return made


def signature_content(walk, party, meaning, statement, act, by, at):
    zone = walk.episode.organisation.time_zone
    return {
        "schema": "plainconsent.signature/1",
        "party": {"id": party.pk, "role": party.role, "name": party.name, "title": party.job_title},
        "meaning": meaning,
        "statement": statement,
        "language": walk.disclosure.language,
        "act": act,
        "at": at.isoformat(),
        "zone": zone,
        "offset": at.astimezone(ZoneInfo(zone)).strftime("%z"),
        "place": walk.episode.clinic.name,
        "device": by.device,
        "remote": remote(walk, party),
        "disclosure": walk.disclosure.digest,
        "answers": walk.answers_digest,
        "earlier": list(walk.episode.signatures.order_by("id").values_list("digest", flat=True)),
        "demonstration": settings.DEMO,
    }


def remote(walk, party):
    """On a device of their own: what opened it, and that nobody of staff saw who signed. None at the hospital."""
    if party != walk.party or not walk.is_remote:
        return None
    hand = walk.hand_over
    checked = list(hand.CHECKED)
    return {
        "invitation": hand.invitation_id,
        "opened_at": hand.at.isoformat(),
        "checked": checked,
        "seen_by_staff": False,
    }


def witness_signature(walk, signature, user, by, key, at):
    party = staff_party(walk.episode, user, Role.SIGNATURE_WITNESS)
    statement = policy.words(policy.current().statements.witness, walk.disclosure.language)
    act = {"method": "pin", "strokes": None, "typed": user.full_name, "witnessed": signature.digest}
    return append(
        walk, "witness_signature", statement, act, events.staff(user, by.device), key, signature.digest, at, party=party
    )


def staff_party(episode, user, role):
    return Party.objects.get_or_create(
        episode=episode, user=user, role=role, defaults={"name": user.full_name, "job_title": user.title}
    )[0]


def document(episode, record_digest, disclosure):
    """The digest of what a clinician signs: this consent, as its newest record and what was told are now."""
    return canonical.digest_of(
        {"episode": str(episode.pk), "record": record_digest, "disclosure": disclosure or "", "meaning": "explained"}
    )


@transaction.atomic
def countersign(*, episode, by, key, proof, sitting, record_digest="", disclosure=None):
    """The clinician's own statement and signature, on the strength of a `proof` made in this `sitting` for this document.

    `record_digest` is the record that was read before signing, `disclosure` the digest of what was told: Changed when
    either is no longer what counts. NotProven or ProofTooOld when the proof does not hold; then nothing is stored.
    """
    asked = {"episode": str(episode.pk), "by": by.user.pk, "record": record_digest, "disclosure": disclosure or ""}
    request_digest = canonical.digest_of(asked)
    lifecycle.lock(episode)
    made = replay(key, request_digest)
    if made:
        return made
    walk = Walk(episode, episode.decision_maker, None)
    require_countersignable(walk, by, record_digest, disclosure)
    statement = policy.words(policy.current().statements.clinician, walk.disclosure.language)
    now, shown = timezone.now(), document(episode, record_digest, disclosure)
    proof = proving.spend(proof=proof, by=by, sitting=sitting, document=shown, at=now)
    act = {"method": proof.method, "strokes": None, "typed": by.name, "proved_at": proof.made_at.isoformat()}
    party = staff_party(episode, by.user, Role.CLINICIAN)
    signature = append(walk, "explained", statement, act, by, key, request_digest, now, party=party)
    completing.settle(episode=episode, by=by, at=now)
    return signature


def require_ready(*, episode, by):
    """Raise what countersign would raise now, whatever page it came from."""
    walk, newest = Walk(episode, episode.decision_maker, None), episode.records.order_by("-id").first()
    require_countersignable(walk, by, newest.digest if newest else "", None)
    if episode.signatures.filter(party__user=by.user, meaning="explained", disclosure=walk.disclosure).exists():
        raise AlreadySigned


def require_countersignable(walk, by, record_digest, disclosure):
    episode = walk.episode
    lifecycle.require(episode, Status.UNDERWAY, Status.SIGNED)
    newest = episode.records.order_by("-id").first()
    if walk.disclosure is None:
        raise NothingTold
    if (newest.digest if newest else "") != record_digest or disclosure not in (None, walk.disclosure.digest):
        raise lifecycle.Changed
    if episode.held_because:
        raise answering.Held(episode.held_because)
    refuse_recalled(walk.release)
    if (
        is_the_name(by.name, walk.party.name)
        or episode.parties.filter(user=by.user, role=Role.SIGNATURE_WITNESS).exists()
    ):
        raise NotThisPerson
    if not paper.is_on_paper(episode):
        # On paper the questions were settled on paper: there is no checklist here that could be open.
        require_open_gate(walk)


@transaction.atomic
def refuse(*, walk, by, reason=""):
    """No. Never gated, no signature and no reason needed; it has its own record."""
    episode = lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    lifecycle.require(episode, Status.READY, Status.UNDERWAY)
    walk = Walk(episode, walk.party, walk.hand_over)
    now = timezone.now()
    if walk.disclosure:
        # Without a page's digest: the page of the decision may never have been opened.
        answering.append(walk, BY_KEY["decision"], {"decision": "refuse", "reason": reason}, by, "")
    lifecycle.move(episode, Status.REFUSED, by=by, at=now)
    if walk.disclosure is None:
        # Nothing was told yet, so there is nothing to put on a record; the chain has the refusal.
        return None
    return completing.file_record(episode=episode, kind="refusal", by=by, at=now)


@transaction.atomic
def withdraw(*, episode, by, words="", hand_over=None):
    """A change of mind after signing. No signature or reason needed."""
    lifecycle.lock(episode)
    access.require_open(hand_over)
    now = timezone.now()
    walk = Walk(episode, episode.decision_maker, None)
    answering.append(walk, WITHDRAWAL, {"words": words}, by, "")
    lifecycle.move(episode, Status.WITHDRAWN, by=by, at=now)
    return completing.file_record(episode=episode, kind="withdrawal", by=by, at=now, body=on_paper(episode, now))


def on_paper(episode, at):
    """The withdrawal of a consent that was signed on paper says so; any other is composed in the ordinary way."""
    if not paper.is_on_paper(episode):
        return None
    previous = episode.records.order_by("-id").first()
    return paper.compose_withdrawal(episode=episode, at=at, previous=previous)


@transaction.atomic
def wants_paper(*, episode, by, hand_over=None):
    """The person would rather sign paper: staff print the form."""
    lifecycle.lock(episode)
    access.require_open(hand_over)
    lifecycle.require(episode, Status.READY, Status.UNDERWAY)
    episode.on_paper = True
    episode.save(update_fields=["on_paper"])
    events.write("wants_paper", by=by, episode=episode)
