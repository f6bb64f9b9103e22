"""Page 1, for the theatre door: may it begin, on whom, what and where, who decided, and what is not allowed."""

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import policy, wording
from consent.records import shape
from consent.records.compose.facts import facts
from consent.records.compose.words import at_clock, brackets, plain, sentences, strong


def page(story):
    """Every field of shape.Record that page 1 is made of, save the signatures."""
    patient = patient_of(story)
    return {
        "title": title(story),
        "heading": heading(story),
        "subheading": _("Page 1 is for the theatre door. Behind it: what was told, asked and answered."),
        "running": running(patient),
        "organisation": organisation(story.told),
        "state": STATES[story.kind](story),
        "scan": shape.Scan(
            alt=_("QR code: record number and record digest"), note=story.both(lambda: _("Scan before you begin."))
        ),
        "patient": patient,
        "deciders": [decider_of(story)],
        "items": [item_of(story, each) for each in story.items],
        "facts": facts(story),
        "door_note": [
            strong(_("Scan before you begin.") + " "),
            plain(
                _("Paper cannot show a withdrawal made after printing. The code, or the worklist, shows the state now.")
            ),
        ],
    }


def title(story):
    kinds = {
        "signed": _("Consent record %(number)s, not complete: %(name)s, %(where)s"),
        "complete": _("Consent record %(number)s: %(name)s, %(where)s"),
        "refusal": _("Refusal record %(number)s: %(name)s, %(where)s"),
        "withdrawal": _("Withdrawal record %(number)s: %(name)s, %(where)s"),
    }
    where = "; ".join(item["where"] for item in story.items)
    return kinds[story.kind] % {"number": story.episode.number, "name": story.patient_name, "where": where}


def heading(story):
    if story.kind == "refusal":
        return _("Refusal of a procedure")
    if story.kind == "withdrawal":
        return _("Withdrawal of a consent")
    if story.decider["is_patient"]:
        return _("Consent to a procedure")
    return _("Consent to a procedure, by a representative")


def running(patient):
    born = _("born %(day)s") % {"day": patient.born}
    number = patient.identifiers[0]
    return shape.Running(
        person=f"{patient.name} · {born} · {number.label} {number.value}",
        page=_("page"),
        of=_("of"),
        digest=_("Record digest"),
    )


def organisation(told):
    lines = [each for each in (told["site"], told["clinic"]) if each != told["organisation"]]
    return shape.Organisation(name=told["organisation"], lines=lines)


def patient_of(story):
    patient = story.told["patient"]
    names = {each.system: policy.words(each.name, story.language) for each in policy.current().identifiers}
    return shape.Patient(
        name_label=_("Patient"),
        name=f"{patient['family_name'].upper()}, {patient['given_name']}",
        born_label=_("Date of birth"),
        born=wording.day(date.fromisoformat(patient["born"])),
        born_on=patient["born"],
        identifiers=[
            shape.Identifier(
                label=names.get(each["system"], each["system"]), value=each["value"], system=each["system"]
            )
            for each in patient["identifiers"]
        ],
    )


def decider_of(story):
    decider = story.decider
    if decider["is_patient"]:
        return shape.Decider(kind="patient", name=decider["name"])
    return shape.Decider(
        kind="representative",
        name=decider["name"],
        relation=decider["relationship"] or None,
        authority=story.authority,
        authority_code=decider["authority"],
    )


# --- the state -------------------------------------------------------------------------------------------------------


def valid(story):
    agreed, of = len(story.items_agreed), len(story.items)

    def word():
        return _("VALID") if agreed == of else _("VALID for %(agreed)s of %(of)s items") % {"agreed": agreed, "of": of}

    return shape.State(
        code="valid",
        word=story.both(word),
        alt=_("Tick: valid"),
        until=story.both(lambda: valid_until(story)),
        until_on=story.episode.valid_until.isoformat(),
        then=sentences(
            _("Everybody who must sign has signed, and a discussion is recorded."),
            _("Complete since %(moment)s.") % {"moment": at_clock(story.at)},
        ),
    )


def valid_until(story):
    uses = story.episode.uses_allowed
    words = {
        "day": wording.day(story.episode.valid_until),
        "uses": _("once") if uses == 1 else ngettext("%(n)s time", "%(n)s times", uses) % {"n": uses},
    }
    if policy.current().validity.confirm_on_the_day:
        return _("until %(day)s, %(uses)s, if confirmed on the day") % words
    return _("until %(day)s, %(uses)s") % words


def not_complete(story):
    return shape.State(
        code="not_complete",
        word=story.both(lambda: _("NOT COMPLETE")),
        alt=_("Exclamation mark: not complete"),
        until=story.both(lambda: sentences(*missing(story), _("Do not begin."))),
        then=_("%(name)s has signed. Recorded as it stood, %(moment)s.")
        % {"name": story.name, "moment": at_clock(story.at)},
    )


def missing(story):
    """What still stands between this record and a complete one, in sentences."""
    wanted = policy.current().signatures.complete
    found = []
    if {each.pk for each in story.deciders} - {each.party_id for each in story.with_meaning("consent")}:
        found.append(_("Not everybody who decides has signed."))
    if "clinician" in wanted and not story.with_meaning("explained"):
        found.append(_("The clinician has not signed."))
    if not story.was_discussed:
        found.append(_("No discussion is recorded."))
    # All was there before the person signed: the complete record is made next, and it is the one to go by.
    return found or [_("The complete record follows this one.")]


def refused(story):
    return shape.State(
        code="refused",
        word=story.both(lambda: _("REFUSED")),
        alt=_("Cross: refused"),
        until=story.both(lambda: _("%(name)s does not want this. Do not begin.") % {"name": story.name}),
        then=sentences(
            _("Said on %(moment)s.") % {"moment": at_clock(story.at)},
            _("A change of mind is possible at any time; that makes a new record."),
        ),
    )


def withdrawn(story):
    return shape.State(
        code="withdrawn",
        word=story.both(lambda: _("WITHDRAWN")),
        alt=_("Cross: withdrawn"),
        until=story.both(lambda: _("%(name)s no longer agrees. Do not begin.") % {"name": story.name}),
        then=_("Withdrawn on %(moment)s. Consent given before is ended by this record.")
        % {"moment": at_clock(story.at)},
    )


STATES = {"signed": not_complete, "complete": valid, "refusal": refused, "withdrawal": withdrawn}


# --- the items -------------------------------------------------------------------------------------------------------


def item_of(story, item):
    agreed = story.agreed(item)
    words = [item["medicine_name"], brackets(_("off-label")) if item["off_label"] else ""]
    medicine = " ".join(filter(None, words)) if item["medicine_name"] else None
    medical = ", ".join([item["medical"], *item["levels"], *filter(None, [item["side_word"]])])
    return shape.Item(
        site=item["where"],
        gap=brackets(item["gap"]),
        plain=item["plain"],
        medical=f"{medical};" if medicine else medical,
        medicine=medicine,
        side=item["side"] or "none",
        levels=item["levels"],
        version=str(item["version"]),
        agreed=agreed,
        word=said_of(story, item, agreed),
        alt=alt_of(story, agreed),
        also_in=in_theatre(story, item, agreed),
    )


def said_of(story, item, agreed):
    if story.kind == "withdrawal" and story.was_agreed(item):
        return _("NO LONGER AGREED")
    if not agreed:
        return _("NOT AGREED")
    if story.kind == "complete":
        return _("AGREED")
    return _("Agreed by %(name)s, not complete") % {"name": story.first_name}


def alt_of(story, agreed):
    if not agreed:
        return _("Cross: not agreed")
    return _("Tick: agreed") if story.kind == "complete" else _("Exclamation mark: not complete")


def in_theatre(story, item, agreed):
    """The vital words again, for those who do not read the person's language."""
    if story.theatre_told is None:
        return None
    released = next(each for each in story.walk.release.content["items"] if each["position"] == item["position"])
    said = story.in_theatre(lambda: story.theatre_told.item(released) | {"word": said_of(story, item, agreed)})
    gap = f" ({said['gap']})" if said["gap"] else ""
    words = [strong(said["where"]), plain(f"{gap}. {said['plain']}. "), strong(said["word"])]
    return shape.AlsoIn(lang=story.theatre, text=words)
