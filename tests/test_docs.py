"""The documents keep up with the code: tests, settings and commands that they name, or must name, exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.conf import settings

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
HAZARDS = yaml.safe_load((DOCS / "clinical-safety" / "hazards.yaml").read_text(encoding="utf-8"))
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
SETTING = re.compile(r"\bPLAIN_[A-Z_]+\b")


def name_of(path):
    return str(path.relative_to(ROOT))


def words_of(path):
    return path.read_text(encoding="utf-8")


@cache
def found_in(path):
    """Names of the tests of one file, read without importing it."""
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")}


# --- hazards ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda each: each["id"])
def test_every_control_of_a_hazard_has_a_test_that_exists(hazard):
    assert hazard["controls"]
    for control in hazard["controls"]:
        path, _, name = control["test"].partition("::")
        assert (ROOT / path).is_file(), path
        assert name in found_in(path), control["test"]


@pytest.mark.parametrize("hazard", HAZARDS, ids=lambda each: each["id"])
def test_a_hazard_is_told_whole(hazard):
    wanted = {"id", "hazard", "cause", "effect", "severity", "likelihood", "controls"}
    assert wanted <= set(hazard) <= wanted | {"left_open"}
    assert all(set(each) == {"control", "test"} for each in hazard["controls"])
    before, after = hazard["likelihood"]["before"], hazard["likelihood"]["after"]
    assert 1 <= hazard["severity"] <= 5
    assert 1 <= after <= before <= 5
    assert after == 1 or hazard.get("left_open"), "what is still possible must be told"


def test_no_number_of_a_hazard_stands_twice():
    assert not [each for each, count in Counter(hazard["id"] for hazard in HAZARDS).items() if count > 1]


# --- security --------------------------------------------------------------------------------------------------------

ITEM = re.compile(r"^\| (\d+\.\d+\.\d+) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", re.MULTILINE)
ANSWERS = {"met", "partly", "not yet", "not here", "operator"}
# How many items of levels 1 and 2 each chapter of ASVS 5.0.0 has.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9, 13: 13, 14: 9, 15: 13, 16: 16}  # fmt: skip
ITEMS = ITEM.findall(words_of(DOCS / "security.md"))


def test_every_item_of_the_standard_has_its_row():
    numbers = [number for number, *_ in ITEMS]
    assert len(set(numbers)) == len(numbers)
    assert Counter(int(number.split(".")[0]) for number in numbers) == CHAPTERS


@pytest.mark.parametrize("item", ITEMS, ids=lambda each: each[0])
def test_every_row_says_where_it_stands_and_names_tests_that_exist(item):
    _, _, answer, how, tests = item
    assert answer in ANSWERS
    assert how != "–" or tests != "–"
    for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", tests):
        assert name in found_in(path), f"{path}::{name}"


# --- settings and commands -------------------------------------------------------------------------------------------


def named_settings():
    """Settings that the program reads."""
    for top in ("consent", "procedures"):
        for path in sorted((ROOT / top).rglob("*.py")):
            yield from SETTING.findall(words_of(path))


@pytest.mark.parametrize("name", sorted(set(named_settings())))
def test_every_setting_stands_in_the_deployment_guide(name):
    assert re.search(rf"\b{name}\b", words_of(DOCS / "deployment.md"))


def test_no_document_names_a_setting_that_is_not_there():
    known = set(named_settings())
    for path in PAGES:
        assert set(SETTING.findall(words_of(path))) <= known, name_of(path)


def commands():
    """Our own commands of manage.py."""
    for app in apps.get_app_configs():
        folder = Path(app.path) / "management" / "commands"
        if ROOT in folder.parents and ".venv" not in folder.parts:
            yield from (path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_stands_in_the_documents(name):
    assert any(re.search(rf"\bmanage\.py {name}\b", words_of(path)) for path in PAGES)


@pytest.mark.parametrize("name", ["make demo", "make test"])
def test_the_readme_names_what_a_newcomer_types(name):
    assert re.search(rf"\b{name}\b(?!-)", words_of(ROOT / "README.md"))


# --- the pages themselves --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_every_link_between_documents_leads_somewhere(path):
    for target in LINK.findall(words_of(path)):
        assert (path.parent / target).exists(), target


def test_numbers_of_decisions_are_never_reused():
    numbers = [path.name[:4] for path in (DOCS / "decisions").glob("*.md")]
    assert numbers
    assert len(set(numbers)) == len(numbers)


def test_the_page_on_content_names_every_field():
    """A field that authors cannot find might as well not be there."""
    from procedures import content

    said = words_of(DOCS / "content-format.md")
    shapes = [each for each in vars(content).values() if isinstance(each, type) and issubclass(each, content.Shape)]
    fields = {name for shape in shapes for name in shape.model_fields}
    assert not sorted(name for name in fields if f"`{name}" not in said and f"`{name.rstrip('_')}`" not in said)


def test_the_page_on_policies_names_every_field_and_act():
    from consent import policy

    said = words_of(DOCS / "policies.md")
    shapes = [each for each in vars(policy).values() if isinstance(each, type) and issubclass(each, policy.Shape)]
    fields = {field.alias or name for shape in shapes for name, field in shape.model_fields.items()}
    assert not sorted(name for name in fields | set(policy.ACTS) | set(policy.FLOOR) if f"`{name}`" not in said)


def test_the_policy_that_ships_is_the_one_the_documents_speak_of():
    assert name_of(Path(settings.BASE_DIR) / "consent" / "policies" / "demo.yaml") in words_of(DOCS / "policies.md")
