"""The house has one way up: a room may use the rooms below it, never those above or beside it."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Names in one list are one floor: they may not import each other.
FLOORS = [
    ["procedures.canonical"],
    ["procedures.content", "procedures.drawings"],
    ["procedures.models"],
    ["procedures.publishing"],
    ["procedures.library"],
    ["procedures.readability"],
    ["procedures.forms"],
    ["procedures.views", "procedures.admin", "procedures.management"],
    ["procedures.urls"],
    ["consent.staff", "consent.clear", "consent.dots", "consent.wording", "consent.sqlite"],
    ["consent.headers", "consent.client", "consent.logs"],
    ["consent.doorbook"],
    ["consent.models"],
    ["consent.guards"],
    ["consent.policy"],
    ["consent.messages"],
    ["consent.events"],
    ["consent.accounts"],
    ["consent.identity"],
    ["consent.access"],
    ["consent.misses"],
    ["consent.glass"],
    ["consent.lifecycle"],
    ["consent.disclosure"],
    ["consent.forms"],
    ["consent.steps"],
    ["consent.strokes"],
    ["consent.records.shape"],
    ["consent.records.compose"],
    ["consent.records.paper"],
    ["consent.records.render"],
    ["consent.records.blank"],
    ["consent.records.keys"],
    ["consent.records.seal"],
    ["consent.records.verify"],
    ["consent.records.archive"],
    ["consent.completing"],
    ["consent.placing", "consent.preparing"],
    ["consent.handover"],
    [
        "consent.answering",
        "consent.inviting",
        "consent.asking",
        "consent.discussing",
        "consent.deciding",
        "consent.proving",
        "consent.sittings",
    ],
    ["consent.signing"],
    ["consent.papering"],
    ["consent.work"],
    ["consent.demo"],
    ["consent.errors"],
    ["consent.walkthrough", "consent.desk"],
    ["consent.templatetags"],
    ["consent.exchange"],
    ["consent.checks", "consent.admin", "consent.middleware", "consent.management"],
    ["consent.urls"],
]
FLOOR = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FREE = {"consent", "procedures", "consent.settings", "consent.wsgi", "consent.records"}
STARTERS = {"consent.apps", "procedures.apps"}
SOURCES = [
    path for top in ("consent", "procedures") for path in (ROOT / top).rglob("*.py") if "migrations" not in path.parts
]
VERBS = {
    "preparing", "placing", "handover", "answering", "asking", "discussing", "deciding", "signing", "completing", "papering",
    "inviting", "events", "accounts", "glass", "proving", "sittings", "work", "publishing", "guards", "archive",
}  # fmt: skip


def dotted(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def room_of(name):
    return next(
        (room for room in sorted(FLOOR, key=len, reverse=True) if name == room or name.startswith(f"{room}.")), None
    )


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", SOURCES, ids=dotted)
def test_a_module_uses_only_the_floors_below(path):
    here = room_of(dotted(path))
    if here is None:
        assert dotted(path) in FREE | STARTERS, f"{dotted(path)} has no floor: add it to FLOORS"
        return
    for name in imports_of(path):
        there = room_of(name)
        assert there in (None, here) or FLOOR[there] < FLOOR[here], f"{dotted(path)} reaches up to {name}"


def test_procedures_know_nothing_of_patients():
    for path in SOURCES:
        if dotted(path).startswith("procedures"):
            assert not [name for name in imports_of(path) if name == "consent" or name.startswith("consent.")], (
                path.name
            )


@pytest.mark.parametrize("path", SOURCES, ids=dotted)
def test_rows_are_changed_in_bulk_only_by_verbs(path):
    bulk = re.search(r"\.(update|delete|bulk_create|bulk_update)\(|_base_manager", path.read_text())
    ours = path.stem in VERBS or "management" in path.parts
    said = bulk and not re.search(r"refused|digest\.update|\.states\.update", bulk.group(0))
    assert ours or not said or only_dictionaries(path), f"{dotted(path)} changes rows past the verbs"


def only_dictionaries(path):
    """`.update(` on a plain dictionary is no change of rows: those calls name no manager or queryset."""
    return not re.search(r"(objects|filter\([^)]*\)|all\(\))\.(update|delete)\(|bulk_|_base_manager", path.read_text())


def test_heavy_libraries_have_one_importer():
    for library, home in {"weasyprint": "consent.records.render", "pikepdf": "consent.records.seal"}.items():
        users = {dotted(path) for path in SOURCES if any(name.split(".")[0] == library for name in imports_of(path))}
        assert users <= {home, "consent.records.render", "consent.records.verify"}, users
