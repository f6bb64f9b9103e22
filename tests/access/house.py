"""Everybody who may come to a door, and the consent behind it: for the matrix of tests/access/test_matrix.py.

One patient, Zacharias Quillfeather, in Imaging. Each person is one browser with a session of its own.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.cookies import SimpleCookie
from importlib import import_module

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone

from consent import preparing, work
from consent.models import BreakGlass, BreakGlassEnd, Scan
from consent.papering import scans
from consent.staff.models import Clinic, User
from consent.staff.roles import ROLES
from tests import people

NUMBER = "000 777 424"
NAMES = ("Zacharias", "Quillfeather")
NAMELESS = re.compile(r"<path:object_id>|\(\?P<url>.*\)\$")
# What must not be seen by whoever is not let in.
PRIVATE = [each.encode() for each in (*NAMES, NUMBER, NUMBER.replace(" ", ""), "17 May 1931", "1931-05-17")]


@dataclass(frozen=True)
class Person:
    """Somebody with a browser. `here` is whether the patient's clinic is theirs; `tablet` whose tablet they hold."""

    name: str
    role: str = ""
    here: bool = True
    tablet: str = ""
    superuser: bool = False
    glass: str = ""


STRANGERS = [Person("anonymous"), Person("a clinician whose account is closed"), Person("a clinician whose session has run out")]  # fmt: skip
STAFF = [
    *[Person(role, role) for role in ROLES],
    *[Person(f"{role} of another clinic", role, here=False) for role in ROLES],
    Person("superuser", "administrator", superuser=True),
]
IN_NEED = [
    *[Person(f"{role} who broke the glass", role, here=False, glass="open") for role in ("clinician", "nurse")],
    Person("clinician whose glass has run out", "clinician", here=False, glass="run out"),
    Person("clinician who has ended the glass", "clinician", here=False, glass="ended"),
    Person("former nurse who broke the glass", "records officer", here=False, glass="open"),
]
TABLETS = [
    Person("this person's tablet", tablet="this"),
    Person("another person's tablet", tablet="other"),
    Person("this person's tablet, put down", tablet="put down"),
    Person("this person's tablet, taken back", tablet="taken back"),
]
EVERYBODY = [*STRANGERS, *STAFF, *IN_NEED, *TABLETS]


# --- the consent behind the doors ------------------------------------------------------------------------------------


@dataclass
class House:
    """`episode` is what everybody tries to reach; `keys` holds the session key of each Person by name."""

    episode: object
    given: dict
    keys: dict

    client: Client

    def browser(self, person):
        key = self.keys.get(person.name)
        self.client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: key} if key else {})
        return self.client

    def address(self, name, kinds):
        """A door with a pattern for a name is asked for as it stands: what is a place in it leads nowhere."""
        if name.startswith("/"):
            return NAMELESS.sub("nothing", name)
        given = {key: self.thing(name, f"{key}:{kind}") for key, kind in kinds.items()}
        return reverse(name, args=["staff"] if name == "admin:app_list" else [], kwargs=given)

    def thing(self, name, place):
        assert place in self.given, f"The address of {name} has a place “{place}”: say in things() of tests/access/house.py what stands there"  # fmt: skip
        return self.given[place]


def built():
    """Make the patient, the consent and everybody's session."""
    episode = a_full_consent(people.a_patient(*NAMES, born=timezone.datetime(1931, 5, 17).date(), number=NUMBER))
    other = people.a_signed(patient=people.a_patient("Olga", "Sample"))
    client = Client(raise_request_exception=False)
    return House(episode, things(episode), sessions(episode, other), client)


def a_full_consent(patient):
    """Signed, sealed, with a question, a note, a scan and a finding on the way."""
    episode = people.a_draft(patient=patient)
    preparing.tailor(episode=episode, by=people.actor("bo"), words="You play the violin.")
    preparing.release(episode=episode, by=people.actor("ada"))
    people.invite(episode)
    people.hand_over(episode)
    people.walk_to(episode, "check")
    people.accept(answered(episode))
    people.walk_to(episode, "sign")
    people.sign(episode)
    while work.run_once():
        pass
    return episode


def answered(episode):
    question = people.ask(episode, f"May {NAMES[0]} drive?")
    people.answer(question)
    return question


def things(episode):
    """What stands in addresses, by the name and kind of its place in them."""
    now = timezone.now()
    sha256 = scans.store(b"%PDF-1.7 a page")
    scan = Scan.objects.create(episode=episode, sha256=sha256, size=15, signed_at=now, entered_at=now, by=people.user("bo"))  # fmt: skip
    return {
        "pk:UUIDConverter": episode.pk,
        "pk:IntConverter": episode.questions.get().pk,
        "question:IntConverter": episode.questions.get().pk,
        "record:IntConverter": episode.records.first().pk,
        "scan:IntConverter": scan.pk,
        "tailoring:IntConverter": episode.tailorings.get().pk,
        "invitation:IntConverter": episode.invitations.get().pk,
        "tablet:UUIDConverter": episode.handovers.first().pk,
        "site:IntConverter": episode.site.pk,
        "slug:SlugConverter": people.SLUG,
        "account:IntConverter": people.user("finn").pk,
        "kind:SlugConverter": "capacity",
        "key:SlugConverter": "why",
        "object_id:PathConverter": episode.site.pk,
        "id:StringConverter": people.user("bo").pk,
        "glass_id:IntConverter": BreakGlass.objects.create(
            user=people.user("finn"), episode=episode, reason="In need.", at=now, until=now
        ).pk,
        "session:SlugConverter": "somebody-elses",
        "proof:UUIDConverter": episode.pk,
        "number:IntConverter": 1,
    }


# --- everybody's session ---------------------------------------------------------------------------------------------


def sessions(episode, other):
    made = {person.name: signed_in(account(person)) for person in [*STAFF, *IN_NEED]}
    for person in IN_NEED:
        broke_the_glass(person, episode)
    closed, late = (signed_in(account(Person(name, "clinician"))) for name in ("closed", "late"))
    User.objects.filter(username="closed").update(is_active=False)
    made["a clinician whose account is closed"] = closed
    made["a clinician whose session has run out"] = run_out(late)
    return made | tablets(episode, other)


def broke_the_glass(person, episode):
    now = timezone.now()
    until = now - timedelta(seconds=1) if person.glass == "run out" else now + timedelta(hours=1)
    made = BreakGlass.objects.create(user=User.objects.get(username=username(person)), episode=episode, reason="Came in by ambulance.", at=now, until=until)  # fmt: skip
    if person.glass == "ended":
        BreakGlassEnd.objects.create(glass=made, at=now)


def username(person):
    return person.name.replace(" ", "-").replace("'", "")


def account(person):
    """An account of this role, in the patient's clinic or in another."""
    user = User.objects.create(username=username(person), full_name=f"{person.name.capitalize()} Example", is_superuser=person.superuser, organisation=people.clinic().site.organisation)  # fmt: skip
    if not person.superuser:
        user.groups.add(Group.objects.get(name=person.role))
    user.clinics.add(people.clinic() if person.here else Clinic.objects.get(name="Elsewhere"))
    return user


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client.session.session_key


def run_out(key):
    """The same session, twelve hours and a minute later."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    store.get_model_class().objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(minutes=1))
    return key


def tablets(episode, other):
    """{name of the Person: session key}. A tablet that is handed over ends the one before, so each has its own party's."""
    return {
        "this person's tablet": tablet(episode),
        "another person's tablet": tablet(other),
        "this person's tablet, put down": tablet(episode, finished_at=timezone.now()),
        "this person's tablet, taken back": tablet(episode, taken_back_at=timezone.now()),
    }


def tablet(episode, **marks):
    hand = episode.handovers.create(
        episode=episode, party=episode.decision_maker, by=people.user("bo"), at=timezone.now(), **marks
    )
    client = Client()
    session = client.session
    session["hand_over"], session["language"] = str(hand.pk), episode.language
    session.save()
    return session.session_key


@contextmanager
def undone():
    """Whatever is done in here has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


# --- the doors -------------------------------------------------------------------------------------------------------


def doors(resolver=None, space="", before=""):
    """{name: kinds of its arguments} of every address; one without a name goes by its pattern."""
    found = {}
    for each in (resolver or get_resolver()).url_patterns:
        route = before + str(each.pattern)
        if isinstance(each, URLResolver):
            found |= doors(each, f"{space}{each.namespace}:" if each.namespace else space, route)
        else:
            kinds = {key: type(kind).__name__ for key, kind in each.pattern.converters.items()}
            found[f"{space}{each.name}" if each.name else f"/{route}"] = kinds
    return found
