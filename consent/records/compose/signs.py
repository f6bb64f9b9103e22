"""The signatures of page 1: who, in what words, how and when, and an empty box for each one that is missing."""

from datetime import datetime

from django.utils.translation import gettext as _

from consent import policy, strokes
from consent.records import shape
from consent.records.compose.words import Run, moment, plain, quoted, strong
from procedures import canonical

MEANINGS = {"signed": ("consent",), "complete": ("consent",), "refusal": ("refuse",), "withdrawal": ("withdraw",)}
METHODS = {"written_by_other": "written_by_another"}


def heads():
    return (_("Signature"), _("Name, printed"), _("What this signature means"), _("Date, time, zone"))


def rows(story):
    """The decision-makers first, then who saw them sign, then the clinician. An old yes never stands on a no."""
    meaning = MEANINGS[story.kind]
    found = [signature_of(story, each) for each in story.with_meaning(*meaning)]
    if meaning != ("consent",):
        return found
    signed = {each.party_id for each in story.with_meaning("consent")}
    empty = [empty_box(party.name, decider_role(story)) for party in story.deciders if party.pk not in signed]
    seen = [signature_of(story, each) for each in story.with_meaning("witness_signature")]
    return [*found, *empty, *seen, *clinicians(story)]


def clinicians(story):
    found = [signature_of(story, each) for each in story.with_meaning("explained")]
    if found or "clinician" not in policy.current().signatures.complete:
        return found
    person = story.told["responsible"]
    return [empty_box(_("The clinician who explained"), _("Responsible: %(name)s") % {"name": person["name"]})]


def empty_box(name, role):
    return shape.Signature(
        missing=True,
        name=name,
        role=role,
        meaning=_("Required by this hospital's rules before the procedure."),
        meaning_code="required",
        method="none",
        alt=_("Not signed"),
        shown=_("NOT SIGNED"),
        when_missing=_("not yet"),
    )


def signature_of(story, signature):
    body = canonical.loads(signature.body)
    act = body["act"]
    kept = act.get("strokes")
    return shape.Signature(
        missing=False,
        name=signature.printed_name,
        role=role_of(story, signature),
        meaning=meaning_of(story, signature, body),
        meaning_code=signature.meaning,
        method=METHODS.get(signature.method, signature.method),
        alt=_("Signature of %(name)s. %(how)s") % {"name": signature.printed_name, "how": how(signature.method, act)},
        strokes=strokes.svg_path(strokes.check(kept)) if kept else None,
        box=(strokes.WIDTH, strokes.HEIGHT),
        shown=None if kept else shown(signature.method, act),
        how=how(signature.method, act),
        when=moment(signature.at),
        place=". ".join([*why(act), *place(body)]),
        digest=signature.digest,
    )


def shown(method, act):
    return quoted(act["words"]) if method == "spoken" else act["typed"]


def how(method, act):
    """The way of signing in words, for those who ask ten years on how a line came to stand here."""
    if "proved_at" in act:
        return PROVED[method]() % {"at": moment(datetime.fromisoformat(act["proved_at"])).time}
    ways = {
        "drawn": _("Drawn on the screen"),
        "typed": _("Typed on the screen"),
        "mark": _("A mark made on the screen"),
        "spoken": _("Said aloud, and written down word for word"),
        "written_by_other": _("Written for this person by %(helper)s"),
        "password": _("Signed with password"),
        "pin": _("Signed with PIN"),
        "paper": _("Signed on paper"),
    }
    return ways[method] % {"helper": act.get("helper", "")}


PROVED = {
    "password": lambda: _("Signed with password, asked for again at %(at)s"),
    "pin": lambda: _("Signed with PIN, asked for again at %(at)s"),
    "passkey": lambda: _("Signed with passkey, asked for again at %(at)s"),
    "single_sign_on": lambda: _("Signed by single sign-on, asked for again at %(at)s"),
}


def why(act):
    return [_("Why: %(why)s") % {"why": act["why"]}] if act.get("why") else []


def place(body):
    """Where it was signed; of a device at home the record says what was checked, and that nobody saw who it was."""
    remote = body.get("remote")
    if not remote:
        return [body["place"]]
    return [
        _("On their own device, not at the hospital"),
        _("Opened by link, code and the patient’s birth date; no member of staff saw who signed"),
    ]


def role_of(story, signature):
    if signature.meaning in ("consent", "refuse", "withdraw"):
        return decider_role(story)
    title = signature.party.job_title
    if signature.meaning == "witness_signature":
        return ", ".join(filter(None, [_("Witness of the signature"), title]))
    return title or _("Clinician")


def decider_role(story):
    decider = story.decider
    if decider["is_patient"]:
        return _("The patient, who decides")
    who = ", ".join(filter(None, [decider["relationship"], story.authority]))
    return _("%(who)s, for %(patient)s") % {"who": who, "patient": story.patient_name}


def meaning_of(story, signature, body):
    """The very sentence that was signed; beside it, item by item, what it covers when there are several."""
    if signature.meaning != "consent" or len(story.items) == 1:
        language = body.get("language") or story.language
        return body["statement"] if language == story.language else [Run(text=body["statement"], lang=language)]
    yes = [item["where"] for item in story.items if story.agreed(item)]
    no = [item["where"] for item in story.items if not story.agreed(item)]
    words = [plain(body["statement"] + " "), strong(_("Agreed: %(items)s.") % {"items": "; ".join(yes)})]
    return [*words, strong(" " + _("Not agreed: %(items)s.") % {"items": "; ".join(no)})] if no else words
