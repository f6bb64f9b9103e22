"""The words of the paper form, in the order of the walk: for one person, from what was released; or bare, for any person.

The renderer (consent/records/blank.py) adds page numbers and the QR code's dots, and no word.
"""

from dataclasses import dataclass
from datetime import UTC, date

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from consent import answering, disclosure, handover, lifecycle, policy, wording
from consent.models import Status
from consent.papering import told
from consent.staff.models import SiteValue

GAP = "_" * 12
PRINTABLE = (Status.READY, Status.UNDERWAY)


class NotPrintable(Exception):
    """This version may not be printed; `reasons` are sentences."""

    def __init__(self, reasons):
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


def blank_for_episode(*, episode, language, by) -> bytes:
    """The form for this person as a PDF. What it tells is frozen first, so that the digest on the paper stays known.

    Raises WrongMove, Held, ContentNotApproved or LanguageNotOffered.
    """
    from consent.records import blank  # its libraries are heavy, and their absence must not stop a server

    frozen = frozen_for(episode, language, by)
    with translation.override(language):
        return blank.blank(of_episode(episode, frozen))


@transaction.atomic
def frozen_for(episode, language, by):
    lifecycle.lock(episode)
    lifecycle.require(episode, *PRINTABLE)
    if episode.held_because:
        # The side is in doubt, or who sits there: a form that names them would settle it by accident.
        raise answering.Held(episode.held_because)
    handover.refuse_unapproved(episode)
    return disclosure.freeze(release=episode.release, language=language, by=by)


def blank_for_version(*, version, language, site) -> bytes:
    """A bare form of one version as a PDF: lines for who it is, boxes for side and level. Raises NotPrintable."""
    from consent.records import blank

    reasons = list(unprintable(version, language, site))
    if reasons:
        raise NotPrintable(reasons)
    with translation.override(language):
        return blank.blank(of_version(version, language, site))


def unprintable(version, language, site):
    if not version.is_published:
        yield "This version has been recalled or retired, or was never published."
    if not version.is_approved and not (settings.DEMO or settings.DEBUG):
        yield "Nobody at this hospital has approved the text yet."
    if language not in version.approved_languages():
        yield f"There is no approved text in this language: {language}."
    known = SiteValue.current(site, version.procedure.slug)
    yield from (
        f"Not set for {site.name}: {each.key}." for each in version.facts.site_values if not known.get(each.key)
    )


# --- one person ------------------------------------------------------------------------------------------------------


def of_episode(episode, frozen):
    # Composed again, to the same digest: canonical bytes sort their keys, and "no" would stand before "yes".
    said = disclosure.compose(frozen.release, frozen.language)
    content = form(
        said,
        sections=said["sections"],
        digest=frozen.digest,
        code=f"{episode.number}/{said['language']}/{frozen.digest[:16]}",
        version=_("%(number)s, version %(version)s") % {"number": episode.number, "version": versions(said["items"])},
        made_at=episode.release.at,
        approved=all(item["approved"] for item in said["items"]),
    )
    return content | {
        "person": running(said["patient"]),
        "patient": patient_lines(said["patient"]),
        "items": [item_words(each, alone=len(said["items"]) == 1) for each in said["items"]],
        "signatures": signatures(said),
    }


def versions(items):
    return ", ".join(dict.fromkeys(str(item["version"]) for item in items))


def running(patient):
    words = {"name": surname_first(patient), "day": born(patient), "number": patient["identifiers"][0]["value"]}
    return _("%(name)s · born %(day)s · %(number)s") % words


def surname_first(patient):
    return f"{patient['family_name'].upper()}, {patient['given_name']}"


def born(patient):
    return wording.day(date.fromisoformat(patient["born"]))


def patient_lines(patient):
    names = {each.system: policy.words(each.name, translation.get_language()) for each in policy.current().identifiers}
    return [
        line(_("Patient"), surname_first(patient)),
        line(_("Date of birth"), born(patient)),
        *(line(names.get(each["system"], each["system"]), each["value"]) for each in patient["identifiers"]),
    ]


def line(label, value="", **more):
    """A label with its value, or with a ruled line to write on."""
    return {"label": label, "value": value, **more}


def item_words(item, alone):
    """One thing to be done; where there are several, each is agreed or refused on its own."""
    medicine = item["medicine_name"] and _("%(name)s (off-label)") % {"name": item["medicine_name"]}
    return {
        "where": item["where"],
        "gap": item["gap"],
        "plain": item["plain"],
        "medical": item["medical"],
        "medicine": medicine if item["off_label"] else item["medicine_name"],
        "reason": item["reason"],
        "boxes": [] if alone else [choice(_("Do you agree to this one? Tick one"), [_("Yes"), _("No")])],
    }


# --- any person ------------------------------------------------------------------------------------------------------


class Bare(disclosure.Told):
    """A version told to nobody yet: a gap to write in wherever a person's own plan would stand."""

    def words(self):
        return {"side": GAP, "levels": GAP, "medicine": GAP, "patient": GAP}


def of_version(version, language, site):
    bare = Bare(release_of_nobody(version, site), language, version)
    sections = {key: make(bare) for key, make in disclosure.SECTIONS.items() if key not in NEED_SOMEBODY}
    said = {**bare.core(), "language": language}
    text = version.translations.get(language=language).digest
    content = form(
        said,
        sections=sections,
        digest=text,
        code=f"{version.procedure.slug}/{version.number}/{language}/{text[:16]}",
        version=_("Version %(version)s of %(day)s")
        % {"version": version.number, "day": wording.day(version.made_at.date())},
        made_at=version.made_at,
        approved=version.is_approved,
    )
    return content | {
        "person": _("Patient, date of birth, number: %(gap)s") % {"gap": GAP * 3},
        "patient": nobody_yet(),
        "items": [bare_item(bare)],
        "signatures": bare_signatures(bare),
    }


NEED_SOMEBODY = ("welcome", "identity", "amount", "tell_us", "side", "sign")


def release_of_nobody(version, site):
    """The shape of a release with nothing in it that a person or a clinician would have said."""
    rules = policy.current()
    return {
        "patient": {"name": GAP},
        "decider": {"is_patient": True, "name": GAP},
        "items": [
            {
                "position": 1, "procedure": version.procedure.slug, "version": version.number, "version_digest": version.digest,
                "approved": version.is_approved, "side": "", "levels": [], "medicine": "", "off_label": False, "reason": "",
            }
        ],
        "tailoring": [],
        "site_values": SiteValue.current(site, version.procedure.slug),
        "responsible": {"name": GAP, "title": ""},
        "organisation": site.organisation.name,
        "site": site.name,
        "clinic": site.address or site.name,
        "time_zone": site.organisation.time_zone,
        "policy": {"slug": rules.slug, "version": rules.version, "name": rules.name, "digest": rules.digest},
    }  # fmt: skip


def nobody_yet():
    language = translation.get_language()
    numbers = [policy.words(each.name, language) for each in policy.current().identifiers]
    return [line(each) for each in (_("Patient: family name, given name"), _("Date of birth"), *numbers)]


def bare_item(bare):
    """One item with everything still to be ticked. Several sides or places are several forms."""
    item, facts = bare.core()["items"][0], bare.facts
    sides = [wording.side_capitals(side) for side in ("left", "right")] if facts.laterality == "required" else []
    boxes = [
        choice(_("Side, the patient's own: tick one"), sides),
        choice(_("Level"), [each.code for each in facts.levels]),
    ]
    named = [wording.capital(bare.texts.medicines[each.key].name) for each in facts.medicines]
    boxes.append(choice(_("Medicine: tick one"), named, rows=True))
    return {
        "where": "", "gap": "", "plain": item["plain"], "medical": item["medical"], "medicine": "", "reason": "",
        "boxes": [each for each in boxes if each["options"]],
    }  # fmt: skip


def choice(label, options, **more):
    return {"label": label, "options": options, **more}


# --- both ------------------------------------------------------------------------------------------------------------


def form(said, *, sections, digest, code, version, made_at, approved):
    marks = [_("DEMONSTRATION: NOT FOR CLINICAL USE")] if settings.DEMO or settings.DEBUG else []
    marks += [] if approved else [_("Text not yet approved by this hospital")]
    places = [each for each in (said["site"], said["clinic"]) if each != said["organisation"]]
    return {
        "language": said["language"],
        "direction": wording.direction(said["language"]),
        "title": _("Consent form: %(name)s, %(version)s") % {"name": said["name"], "version": version},
        "heading": _("Consent form, on paper"),
        "subheading": _("Take your time. Ask us anything. You may say no, and we look after you whatever you choose."),
        "organisation": said["organisation"],
        "places": list(dict.fromkeys(places)),
        "version": version,
        "page": _("page"),
        "of": _("of"),
        "digest_label": _("Digest of the text"),
        "digest": digest,
        "marks": marks,
        "qr": f"plainconsent:blank/{code}",
        "qr_alt": _("QR code: which form this is"),
        "qr_note": _("For staff: which form this is"),
        "made_at": f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "parts": told.parts(sections, items=len(said["items"])),
        "sources": told.sources(sections),
        "sign_title": _("Signatures"),
        "sign_lead": _(
            "Sign only after you have read the form, asked what you wanted to ask, and decided. If you say no, you need not sign."
        ),
        "end": _("End of the form. Staff: scan every page and attach it to this consent in Plain Consent."),
    }


@dataclass(frozen=True)
class Signer:
    """One box of the page of signatures."""

    role: str
    statement: str
    name: str = ""

    def box(self, *extra):
        """The name as known, or a line to write it on; then the signature, day and time."""
        rows = [[line(_("Printed name"), self.name)], *([each] for each in extra)]
        rows += [[line(_("Signature"), tall=True)], [line(_("Date")), line(_("Time"))]]
        return {"role": self.role, "statement": self.statement, "rows": rows}


def signatures(said):
    decider, sign, language = said["decider"], said["sections"]["sign"], said["language"]
    statement = f"{sign['i']} {sign['vow']}"
    if decider["is_patient"]:
        first = Signer(_("The patient, who decides"), statement, decider["name"]).box()
    else:
        authority = policy.words(decider["authority_words"] or {"en": decider["authority"]}, language)
        first = Signer(_("Who decides for the patient"), statement, decider["name"]).box(
            line(_("Relationship"), decider["relationship"]), line(_("By what right"), authority)
        )
    return [first, *others(language)]


def bare_signatures(bare):
    patient, other = bare.fill(bare.texts.vow), bare.fill(bare.texts.vow_for)
    return [
        Signer(_("The patient, who decides"), patient).box(),
        Signer(_("Or, who decides for the patient"), other).box(
            line(_("Relationship")), line(_("By what right, and the evidence seen"))
        ),
        *others(bare.language),
    ]


def others(language):
    rules = policy.current()
    clinician = Signer(_("The clinician who explained this"), policy.words(rules.statements.clinician, language))
    witness = Signer(_("Witness of the signature"), policy.words(rules.statements.witness, language))
    needed = rules.witnesses_for("paper")
    hint = "" if needed else _("Only if a mark is made, or somebody else writes.")
    return [
        clinician.box(line(_("Role")), line(_("Day and time of the talk"))),
        Signer(
            _("Interpreter, if one took part"),
            _("I put what was said, whole and true, into the other language and back."),
        ).box(line(_("Language, and how: here, by video, by phone"))),
        *[witness.box(line(_("Why there is a witness"), hint=hint))] * max(1, needed),
    ]
