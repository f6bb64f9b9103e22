"""One door: no page reaches rows about patients other than through consent/access.py, which asks who is there."""

import ast

import pytest
from django.apps import apps

from tests.test_architecture import FLOOR, SOURCES, dotted, room_of

# Of the tables of consent these say nothing about any patient.
NOT_ABOUT_PATIENTS = {"SealKey"}
ABOUT_PATIENTS = {model.__name__ for model in apps.get_app_config("consent").get_models()} - NOT_ABOUT_PATIENTS
MANAGERS = {"objects", "_base_manager", "_default_manager"}
# Ways from a clinic, an account or a hospital down to patients: the same rows by another path.
DOWN = {"episodes", "patients"}
PAST_THE_MODELS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404", "get_model", "cursor", "raw"}
# A page that has to reach rows in another way stands here with its reason. Today none has to.
ALLOWED = {}


def is_page(path):
    """Everything that answers a browser: all floors from the errors' pages up. Commands answer whoever has the server."""
    here = room_of(dotted(path))
    return here is not None and FLOOR[here] >= FLOOR["consent.errors"] and "management" not in path.parts


def name_of(node):
    return getattr(node, "attr", None) or getattr(node, "id", "")


def other_ways(source):
    """What in this source reaches rows about patients past the door."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in MANAGERS and name_of(node.value) in ABOUT_PATIENTS:
            yield f"line {node.lineno}: {name_of(node.value)}.{node.attr}"
        elif isinstance(node, ast.Attribute) and node.attr in DOWN and name_of(node.value) != "access":
            yield f"line {node.lineno}: .{node.attr}"
        elif isinstance(node, ast.Call) and name_of(node.func) in PAST_THE_MODELS:
            yield f"line {node.lineno}: {name_of(node.func)}()"


@pytest.mark.parametrize("path", [each for each in SOURCES if is_page(each)], ids=dotted)
def test_a_page_reaches_patients_through_the_door_alone(path):
    found = [each for each in other_ways(path.read_text()) if (dotted(path), each.partition(": ")[2]) not in ALLOWED]
    assert not found, f"{dotted(path)} goes past the door; ask consent/access.py for the row instead: {found}"


@pytest.mark.parametrize(
    "line",
    [
        "Episode.objects.get(pk=pk)",
        "models.Answer.objects.filter(episode=pk)",
        "Signature._base_manager.all()",
        "get_object_or_404(Record, pk=pk)",
        "shortcuts.get_object_or_404(Scan.objects, pk=pk)",
        "request.user.episodes.all()",
        "clinic.site.organisation.patients.first()",
        "apps.get_model('consent.Disclosure')",
        "Party.objects.raw('SELECT 1')",
        "connection.cursor().execute('SELECT 1')",
    ],
)
def test_another_way_is_noticed(line):
    assert list(other_ways(line))


@pytest.mark.parametrize("line", ["access.episodes(user)", "episode.parties.all()", "User.objects.all()"])
def test_the_door_itself_is_let_through(line):
    assert not list(other_ways(line))
