"""Invented people who walk through consent by the same verbs as everybody: for the demonstration and for tests."""

import io
import json
import uuid
from datetime import date, time, timedelta

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from consent import answering, asking, deciding, discussing, events, handover, preparing, proving, signing, sittings
from consent.models import Episode, Status
from consent.staff.models import Clinic, Organisation, Site, SiteValue, User
from consent.staff.sessions import SessionStore
from consent.steps import BY_KEY, STEPS, Walk
from procedures.models import Procedure, ProcedureVersion

PASSWORD = "correct-horse-42"  # noqa: S105 (of the demonstration, printed on its screen)
PIN = "2580"
HOSPITAL = "Example General Hospital"
SLUG = "cervical-nerve-root-injection"
SYSTEM = f"{HOSPITAL} number"
VALUES = {
    "emergency_number": "999",
    "ward_phone": "01632 960 001",
    "imaging": "xray",
    "steroid": "dexamethasone",
    "sedation": "no",
    "fasting": "normal",
    "no_driving": "24",
    "observation": "30",
}
STAFF = {
    "ada": ("Dr Ada Example", "Consultant radiologist", "clinician"),
    "finn": ("Mr Finn Example", "Consultant surgeon", "clinician"),
    "bo": ("Bo Example", "Nurse, Imaging", "nurse"),
    "rae": ("Rae Example", "Records officer", "records officer"),
    "kofi": ("Dr Kofi Example", "Consultant, emergency department", "clinician"),
    "gus": ("Gus Example", "Auditor", "auditor"),
    "ona": ("Ona Example", "Author of texts", "author"),
    "rev": ("Dr Rev Example", "Reviewer of texts", "reviewer"),
    "mel": ("Mel Example", "Looks after accounts", "administrator"),
}
# Works elsewhere in the hospital: sees none of Imaging's patients, but may break the glass.
CLINICS = {"kofi": "Emergency department"}
REASONS = {
    ("en", "left"): "Pain in the left arm for ten weeks.",
    ("en", "right"): "Pain in the right arm for ten weeks.",
    ("es", "left"): "Dolor en el brazo izquierdo desde hace diez semanas.",
    ("es", "right"): "Dolor en el brazo derecho desde hace diez semanas.",
}
OWN_WORDS = {"en": "I want to lift my grandson again.", "es": "Quiero volver a levantar a mi nieto."}
STROKES = json.dumps(
    {
        "box": [1000, 400],
        "device": {"type": "touch", "dpr": 2},
        "strokes": [
            [[120 + 9 * i, 300 - (150 - abs(75 - 10 * (i % 15)) * 2) + (i % 3) * 4, 500, 16 * i] for i in range(60)],
            [[690 + 10 * i, 250 + (i % 5) * 8, 500, 1200 + 16 * i] for i in range(20)],
        ],
    }
)


# --- the hospital ----------------------------------------------------------------------------------------------------


def hospital():
    """Everything that stands before a patient comes. Idempotent."""
    organisation, _ = Organisation.objects.get_or_create(name=HOSPITAL)
    site, _ = Site.objects.get_or_create(organisation=organisation, name=HOSPITAL, address="1 Sample Street")
    for username, (name, title, role) in STAFF.items():
        clinic, _ = Clinic.objects.get_or_create(site=site, name=CLINICS.get(username, "Imaging"))
        staff(username, name, title, role, clinic)
    if not ProcedureVersion.objects.exists():
        call_command("load_library", approve="Dr Rev Example, reviewer", stdout=io.StringIO())
    for version in ProcedureVersion.objects.all():
        set_values(site, version)
    return organisation


def staff(username, name, title, role, clinic):
    user = User.objects.filter(username=username).first()
    if user is None:
        user = User(username=username, full_name=name, job_title=title, organisation=clinic.site.organisation)
        user.set_password(PASSWORD)
        user.set_pin(PIN)
        user.save()
        user.groups.add(Group.objects.get(name=role))
        user.clinics.add(clinic)
    return user


def set_values(site, version):
    slug = version.procedure.slug
    known = SiteValue.current(site, slug)
    for spec in version.facts.site_values:
        if spec.key not in known:
            value = VALUES.get(spec.key) or (spec.choices[0] if spec.choices else "7")
            SiteValue.objects.create(site=site, procedure=slug, key=spec.key, value=value, set_at=timezone.now())


def user(username):
    return User.objects.get(username=username)


def actor(username):
    return events.staff(user(username), "desk 1")


def first_waiting():
    """The first of the invented people whose tablet can be handed over, or None."""
    ours = Episode.objects.filter(clinic__site__organisation__name=HOSPITAL)
    open_ones = ours.filter(status__in=[Status.READY, Status.UNDERWAY], held_because="")
    return open_ones.order_by("planned_time").first()


def version(slug=SLUG):
    return Procedure.objects.get(slug=slug).in_use()


def clinic(name="Imaging"):
    return Clinic.objects.get(name=name)


# --- an episode, made by the verbs themselves ------------------------------------------------------------------------


def a_patient(given="Maria", family="Sample", born=date(1961, 3, 14), number=None):
    return preparing.find_or_add_patient(
        organisation=clinic().site.organisation,
        family_name=family,
        given_name=given,
        born=born,
        system=SYSTEM,
        value=number or f"000 {uuid.uuid4().int % 10**6:06d}",
        by=actor("bo"),
    )


def a_draft(
    *, patient=None, side="left", levels=("C6",), items=None, language="en", at="Imaging", planned_time=time(9, 40)
):
    """An episode in draft for Maria, LEFT C6, Dr Ada responsible."""
    reason = REASONS.get((language, side), "")
    planned = items or [preparing.Planned(version(), side, list(levels), "dexamethasone", reason)]
    return preparing.prepare(
        patient=patient or a_patient(),
        clinic=clinic(at),
        responsible=user("ada"),
        items=planned,
        language=language,
        by=actor("bo"),
        arrangements={"planned_on": timezone.localdate(), "planned_time": planned_time, "room": "2"},
    )


def a_released(**planned):
    episode = a_draft(**planned)
    preparing.release(episode=episode, by=actor("ada"))
    return episode


def walk_of(episode, hand_over=None):
    """The decision-maker's walk, fresh from the database."""
    episode = Episode.objects.get(pk=episode.pk)
    return Walk(episode, episode.decision_maker, hand_over)


def party_of(episode):
    return events.party(episode.decision_maker, "tablet 4")


def good_answer(walk, key):
    """An answer to one step that lets the walk go on to a yes."""
    section = walk.section(key) or {}
    makers = {
        "amount": lambda: {"amount": "main"},
        "matters": lambda: {"matters": list(section["options"])[:2], "own": OWN_WORDS[walk.episode.language]},
        "tell_us": lambda: {"pressed": "no"},
        "check": lambda: {each["key"]: each["right"] for each in walk.checks},
        "checklist": lambda: dict.fromkeys(walk.statements, "yes"),
        "permissions": lambda: dict.fromkeys((row["key"] for row in section["rows"]), "yes"),
        "decision": lambda: {"decision": "consent"},
    }
    return makers.get(key, lambda: {"read": True})()


def walk_to(episode, step, *, side="left", answers=None):
    """Answer every step before `step`, as the person would; `answers` replaces single ones."""
    for each in STEPS:
        walk = walk_of(episode)
        if each.key == step:
            break
        if each in walk.steps and not walk.is_done(each):
            answer_step(walk, each.key, (answers or {}).get(each.key), side=side)
    episode.refresh_from_db()
    return episode


def answer_step(walk, key, data=None, *, side="left"):
    by = party_of(walk.episode)
    if key == "welcome":
        return answering.begin(walk=walk, language=walk.episode.language, text_size="100", by=by)
    if key == "side":
        return answering.pick_side(walk=walk, side=(data or {}).get("side", side), by=by)
    data = data or good_answer(walk, key)
    if key == "decision":
        return signing.decide(walk=walk, data=data, by=by)
    return answering.save(walk=walk, step=BY_KEY[key], data=data, by=by)


def hand_over(episode):
    return handover.hand_over(
        episode=episode, party=episode.decision_maker, by=actor("bo"), said_name_and_birth_date=True
    )


def an_episode(step="welcome", *, answers=None, **planned):
    """Released, handed over, and walked up to `step`."""
    episode = a_released(**planned)
    hand_over(episode)
    return walk_to(episode, step, side=planned.get("side", "left"), answers=answers)


def sign(episode, *, method="drawn", key=None, **more):
    """The decision-maker signs."""
    walk = walk_of(episode)
    given = {"drawn": {"strokes": STROKES}, "typed": {"typed": walk.party.name}}.get(method, {})
    signature = signing.sign(
        walk=walk,
        by=party_of(episode),
        key=key or uuid.uuid4().hex,
        disclosure=walk.disclosure.digest,
        answers=walk.answers_digest,
        method=method,
        **{**given, **more},
    )
    episode.refresh_from_db()
    return signature


def a_signed(**planned):
    episode = an_episode("sign", **planned)
    sign(episode)
    return episode


def discuss(episode, by="ada", **more):
    said = {"mode": "here", "happened_at": timezone.now(), "present": "Theo Sample, husband", **more}
    made = discussing.record_discussion(episode=episode, by=actor(by), **said)
    episode.refresh_from_db()
    return made


def a_sitting(username):
    """Somebody signed in, without a browser."""
    session = SessionStore()
    session[SESSION_KEY] = str(user(username).pk)
    session.create()
    return sittings.of(session=session.session_key)


def proved(episode, by="ada", *, record=None, disclosure=None):
    """What signing asks for again: a fresh proof for this episode as it is now. Arguments of signing.countersign."""
    newest, sitting = episode.records.order_by("-id").first(), a_sitting(by)
    record = (newest.digest if newest else "") if record is None else record
    asked = [(episode, signing.document(episode, record, disclosure))]
    proof = proving.prove(by=actor(by), sitting=sitting, method="password", given=PASSWORD, documents=asked)
    return {"proof": proof, "sitting": sitting, "record_digest": record, "disclosure": disclosure}


def countersign(episode, by="ada"):
    given = proved(episode, by)
    made = signing.countersign(episode=episode, by=actor(by), key=uuid.uuid4().hex, **given)
    given["sitting"].session.delete()
    episode.refresh_from_db()
    return made


def a_complete(**planned):
    episode = a_signed(**planned)
    discuss(episode)
    countersign(episode)
    return episode


def ask(episode, text="Will I be able to drive home?"):
    return asking.ask(walk=walk_of(episode), text=text, by=party_of(episode))


def answer(question, text="No. Please bring an adult who can take you home.", by="ada"):
    return asking.answer(question=question, text=text, by=actor(by))


def accept(question, word="satisfied"):
    return asking.accept(question=question, word=word, by=party_of(question.episode))


def a_represented(given="Kim", born=None, **planned):
    """A child whose mother decides, prepared and not yet released."""
    born = born or date.today() - timedelta(days=365 * 9)
    episode = a_draft(patient=a_patient(given, "Sample", born), **planned)
    deciding.assess(episode=episode, kind="minor", findings={"reason": "Nine years old."}, by=actor("ada"))
    deciding.appoint(
        episode=episode,
        name="Jo Sample",
        relationship="mother",
        authority="parent",
        evidence="Birth certificate",
        by=actor("ada"),
    )
    return episode


def a_refused(**planned):
    episode = an_episode("decision", **planned)
    signing.refuse(walk=walk_of(episode), by=party_of(episode), reason="I would rather wait.")
    episode.refresh_from_db()
    return episode


# --- the demonstration's cast: one in every state --------------------------------------------------------------------


def cast():
    """Make the people of the demonstration once. Yields (name, what they are an example of, episode)."""
    hospital()
    yield (
        "Kim Sample",
        "draft",
        a_draft(patient=a_patient("Kim", "Sample", date(1952, 11, 11)), side="right", planned_time=time(15, 40)),
    )
    yield "Maria Sample", "released: hand the tablet over", a_released(planned_time=time(9, 40))
    yield "Pia Sample", "underway, with an open question", with_a_question()
    yield (
        "Noor Sample",
        "signed, waits for the clinician",
        a_signed(patient=a_patient("Noor", "Sample", date(1988, 1, 21)), planned_time=time(10, 0)),
    )
    yield (
        "Walter Sample",
        "complete",
        a_complete(patient=a_patient("Walter", "Sample", date(1938, 6, 2)), planned_time=time(11, 0)),
    )
    yield (
        "Theo Sample",
        "refused",
        a_refused(patient=a_patient("Theo", "Sample", date(1958, 7, 30)), planned_time=time(14, 10)),
    )
    yield "Alba Sample, for Kit Sample", "by a representative, complete", by_a_representative()
    yield (
        "Ines Sample",
        "in Spanish, signed",
        a_signed(patient=a_patient("Ines", "Sample", date(1969, 12, 17)), language="es", planned_time=time(13, 45)),
    )


def with_a_question():
    episode = an_episode("checklist", patient=a_patient("Pia", "Sample", date(1983, 4, 8)), planned_time=time(11, 30))
    walk = walk_of(episode)
    first = list(walk.section("checklist")["statements"])[-2]
    answer_step(walk, "checklist", {**good_answer(walk, "checklist"), first: "not_sure"})
    ask(episode, "I play the violin. When can I practise again?")
    return episode


def by_a_representative():
    episode = a_represented("Kit", planned_time=time(13, 15))
    preparing.release(episode=episode, by=actor("ada"))
    hand_over(episode)
    walk_to(episode, "sign")
    sign(episode)
    discuss(episode)
    countersign(episode)
    return episode
