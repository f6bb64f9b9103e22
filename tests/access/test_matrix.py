"""The matrix of doors: every address, in every way, by everybody, against the one table of who may (doors.yaml)."""

import logging
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from consent.models import Sitting
from consent.staff.models import Session
from tests.access import house
from tests.access.house import EVERYBODY, PRIVATE, doors, undone

pytestmark = pytest.mark.django_db

TABLE = yaml.safe_load((Path(__file__).parent / "doors.yaml").read_text(encoding="utf-8"))
KNOW = TABLE.pop("know_of_a_consent")
ROWS = {name: (kind, row) for kind, rows in TABLE.items() for name, row in rows.items()}
METHODS = ("get", "head", "options", "post", "put", "delete")
DOORS = doors()
BACK_OFFICE = "admin:*"
LONG_AGO = timezone.now() - timedelta(hours=1)


@dataclass(frozen=True)
class Answer:
    """What is declared: a status, where it leads when that matters, and whether the patient may stand on the page."""

    status: int
    to: str = ""
    sees: bool = False

    def __str__(self):
        return f"{self.status}{f' to {self.to}' if self.to else ''}"


# --- the table, read -------------------------------------------------------------------------------------------------


def row_of(name):
    """(kind, row) of an address, or None."""
    is_back_office = name.startswith(("admin:", "/back-office/"))
    return ROWS.get(BACK_OFFICE if is_back_office else name)


def declared(name, person, method):
    kind, row = row_of(name)
    wanted = row.get(method, row.get("any", 405))
    if person.tablet and kind not in ("tablet", "always"):
        return Answer(302, reverse("walk:back-to-staff"))
    if kind == "tablet":
        return on_the_tablet(row, person, wanted)
    if kind in ("open", "always"):
        return Answer(wanted)
    if not person.role and (wanted != 405 or "any" in row):
        return Answer(302, reverse("sign-in"))
    if wanted == 405:
        return Answer(405)
    return BY_KIND[kind](row, person, wanted)


def on_the_tablet(row, person, wanted):
    if not person.tablet:
        return Answer(403)
    if wanted == 405:
        return Answer(405)
    if person.tablet == "taken back":
        return Answer(403)
    if person.tablet == "put down":
        return Answer(wanted) if row.get("put_down") else Answer(302, reverse("walk:back-to-staff"))
    if person.tablet == "other":
        return Answer(row.get("another", wanted))
    return Answer(wanted, sees=True)


def behind_glass(row, person, wanted):
    """Whoever broke the glass may read; whoever lost the role that let them break it is a stranger again."""
    return Answer(wanted, sees=True) if row.get("in_need") else Answer(403)


def has_broken_glass(person):
    return person.glass == "open" and person.role in ("clinician", "nurse")


def about_a_consent(row, person, wanted):
    if has_broken_glass(person):
        return behind_glass(row, person, wanted)
    if not person.here or person.role not in KNOW:
        return Answer(404)
    return Answer(wanted, sees=True) if person.role in row["may"] else Answer(403)


def one_file(row, person, wanted):
    if person.role not in row["may"]:
        return Answer(403)
    return Answer(wanted, sees=True) if person.here or has_broken_glass(person) else Answer(404)


def over_glass(row, person, wanted):
    if person.role not in row["may"]:
        return Answer(403)
    return Answer(wanted) if person.here else Answer(404)


def of_the_desk(row, person, wanted):
    if person.role not in row["may"]:
        return Answer(row.get("else", 403))
    shown = person.here and person.role in row.get("shows_patients_to", [])
    return Answer(wanted, sees=shown or (row.get("in_need", False) and has_broken_glass(person)))


def ones_own(row, person, wanted):
    return Answer(wanted)


BY_KIND = {"own": ones_own, "glass": over_glass, "consents": about_a_consent, "files": one_file, "desk": of_the_desk}


# --- the house, tried ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for the whole matrix; each cell is undone. pytest-django lets a test lie within an outer transaction."""
    places = {name: tmp_path_factory.getbasetemp() / name.split("_")[0].lower() for name in ("RECORDS_DIR", "UPLOADS_DIR", "KEYS_DIR")}  # fmt: skip
    with django_db_blocker.unblock(), override_settings(**places), undone():
        logging.disable(logging.CRITICAL)
        yield house.built()
        logging.disable(logging.NOTSET)


def asked(built, name, person, method):
    client = built.browser(person)
    with undone():
        response = getattr(client, method)(built.address(name, DOORS[name]))
        response.body = b"".join(response.streaming_content) if response.streaming else response.content
        return response


def wrong(response, answer):
    """What is not as declared, or nothing."""
    to = response.headers.get("Location", "")
    if response.status_code != answer.status or not to.startswith(answer.to):
        yield f"{response.status_code} {to}, declared {answer}"
    if not answer.sees and any(each in response.body + to.encode() for each in PRIVATE):
        yield "a leak: the patient stands on it"


def in_the_back_office(person, response):
    """Nobody but a superuser is let in, by whichever way they are turned back."""
    to = response.headers.get("Location", "")
    away = (reverse("admin:login"), reverse("sign-in"), reverse("walk:back-to-staff"))
    # Signing out leads those who were never in to the front page of the office, which turns them back.
    turned_back = response.status_code == 403 or to.startswith(away) or to == reverse("admin:index")
    if response.status_code >= 500 or not (person.superuser or turned_back):
        yield f"{response.status_code} {to}, declared for superusers alone"
    if any(each in response.body for each in PRIVATE):
        yield "a leak: the patient stands on it"


def problems(built, name):
    for person in EVERYBODY:
        for method in METHODS:
            response = asked(built, name, person, method)
            found = in_the_back_office(person, response) if row_of(name)[1] == {} else wrong(response, declared(name, person, method))  # fmt: skip
            yield from (f"{method.upper()} {name} by {person.name}: {each}" for each in found)


@pytest.mark.parametrize("name", [name for name in sorted(DOORS) if row_of(name)])
def test_a_door_opens_to_whom_the_table_says(built, name):
    found = list(problems(built, name))
    assert not found, "\n".join(["Not as tests/access/doors.yaml declares:", *found])


@pytest.mark.parametrize("name", sorted(DOORS))
def test_every_door_has_its_row(name):
    assert row_of(name), (
        f"{name} has no row in tests/access/doors.yaml. Read the heads of its parts (consents, files, desk, tablet, open, always), "
        f"choose the one it belongs to, and write: `{name}: {{may: [the roles], get: 200, post: 422}}`, with the answers it is meant to give."
    )


def test_no_row_is_left_of_a_door_that_is_gone():
    assert sorted(set(ROWS) - set(DOORS) - {BACK_OFFICE}) == []


def test_a_superuser_comes_into_the_back_office(built):
    superuser = next(each for each in EVERYBODY if each.superuser)
    assert asked(built, "admin:index", superuser, "get").status_code == 200
    assert asked(built, "admin:staff_organisation_change", superuser, "get").status_code == 200


def test_the_matrix_is_as_large_as_it_has_to_be():
    assert len(DOORS) * len(EVERYBODY) * len(METHODS) >= 2000


@pytest.mark.parametrize(
    "name",
    [name for name in sorted(DOORS) if row_of(name) and row_of(name)[0] in ("consents", "files", "glass", "desk")],
)
def test_a_door_of_the_desk_stays_shut_while_it_is_locked(built, name):
    clinician = next(each for each in EVERYBODY if each.name == "clinician")
    session = Session.objects.get(session_key=built.keys["clinician"])
    with undone():
        Sitting.objects.update_or_create(session=session, defaults={"began_at": LONG_AGO, "seen_at": LONG_AGO})
        for method in METHODS:
            response = asked(built, name, clinician, method)
            assert response.status_code == 403, (method, response.status_code)
            assert not any(each in response.body for each in PRIVATE), method
