"""The library's files: what is wrong in them is named, all of it, and nothing half-wrong is loaded."""

import re
import shutil

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from procedures import library, publishing
from procedures.content import sentences
from procedures.models import ProcedureVersion

SLUG = "cervical-nerve-root-injection"


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(settings.LIBRARY_DIR, tmp_path / "library")
    return tmp_path / "library"


def change(folder, name, edit):
    path = folder / SLUG / name
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    edit(content)
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def problems(folder):
    with pytest.raises(library.BadContent) as caught:
        library.read(folder / SLUG)
    return [str(each) for each in caught.value.problems]


def test_the_shipped_library_has_no_problem():
    for folder in library.folders(settings.LIBRARY_DIR):
        assert set(library.read(folder).texts) >= {"en", "es"}


def test_parts_are_copied_into_the_whole():
    whole = library.read(settings.LIBRARY_DIR / SLUG)
    assert any(risk.key.startswith("st_") for risk in whole.facts.risks)
    assert any(key.startswith("xr_") for key in whole.texts["es"].risks)


def test_a_figure_without_a_source_is_refused(copy):
    def unsourced(content):
        risk = next(each for each in content["risks"] if each["figure"]["kind"] == "rate")
        risk["figure"]["sources"] = []

    change(copy, "procedure.yaml", unsourced)
    assert any("without a source" in each for each in problems(copy))


def test_every_problem_is_named_with_its_file_and_key(copy):
    def two(content):
        del content["checklist"][next(iter(content["checklist"]))]
        content["vow"] = "I agree to {figure:nothing_of_the_kind}."

    change(copy, "es.yaml", two)
    found = problems(copy)
    assert any(each.startswith(f"{SLUG}/es.yaml: checklist.") and "missing" in each for each in found)
    assert any("nothing_of_the_kind" in each for each in found)


def test_a_check_that_names_no_page_is_refused(copy):
    change(copy, "procedure.yaml", lambda content: content["checks"][0].pop("told_on"))
    assert any("checks.cure.told_on: missing" in each for each in problems(copy))


def test_a_check_on_a_page_that_does_not_exist_is_refused(copy):
    change(copy, "procedure.yaml", lambda content: content["checks"][0].update(told_on=["page 3"]))
    assert any("checks.0.told_on" in each for each in problems(copy))


def test_an_interval_that_misses_its_value_is_refused(copy):
    def outside(content):
        risk = next(each for each in content["risks"] if each["figure"].get("low"))
        risk["figure"]["low"] = risk["figure"]["high"]

    change(copy, "procedure.yaml", outside)
    assert any("outside its interval" in each for each in problems(copy))


@pytest.mark.parametrize("poison", ["<script>1</script>", '<g onclick="x()"/>', '<image href="x"/>', "<!DOCTYPE svg>"])
def test_a_drawing_that_could_run_or_reach_out_is_refused(copy, poison):
    path = next((copy / SLUG).glob("*.svg"))
    path.write_text(path.read_text().replace("</svg>", f"{poison}</svg>"))
    assert any("not allowed in a drawing" in each for each in problems(copy))


@pytest.mark.django_db
def test_loading_twice_makes_one_version(capsys):
    before = ProcedureVersion.objects.count()
    call_command("load_library")
    assert ProcedureVersion.objects.count() == before
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.django_db
def test_a_changed_text_makes_the_next_version_and_leaves_the_old_one(copy):
    old = ProcedureVersion.objects.get(procedure__slug=SLUG)
    change(copy, "en.yaml", lambda content: content.update(name="Another name"))
    call_command("load_library", str(copy), verbosity=0)
    new = ProcedureVersion.objects.get(procedure__slug=SLUG, number=old.number + 1)
    assert (old.texts("en").name, new.texts("en").name) != ("Another name", old.texts("en").name)
    assert not new.is_approved


@pytest.mark.django_db
def test_nothing_of_a_broken_procedure_is_loaded(copy):
    change(copy, "es.yaml", lambda content: content.pop("vow"))
    before = ProcedureVersion.objects.count()
    with pytest.raises(CommandError, match="vow: missing"):
        call_command("load_library", str(copy), verbosity=0)
    assert ProcedureVersion.objects.count() == before


@pytest.mark.django_db
def test_the_bytes_of_a_version_carry_its_digest():
    version = ProcedureVersion.objects.get(procedure__slug=SLUG)
    assert library.canonical.digest(version.body) == version.digest
    assert version.facts.slug == SLUG


@pytest.mark.django_db
def test_an_author_cannot_approve_their_own_version():
    from tests import people

    whole = library.read(settings.LIBRARY_DIR / SLUG)
    changed = library.Whole(whole.facts.model_copy(update={"specialty": "other"}), whole.texts, whole.drawings)
    version, _ = publishing.add_version(whole=changed, by=people.user("ada"))
    with pytest.raises(publishing.NotPublishable):
        publishing.approve(version=version, by=people.user("ada"), by_name="Dr Ada Example")


def test_no_sentence_holds_a_number_of_people():
    """Figures come from the facts: a sentence that says "50 in 100" itself could be changed by a translation."""
    for language, texts in library.read(settings.LIBRARY_DIR / SLUG).texts.items():
        # The wrong options of a check question are no figures.
        found = [
            each
            for each in sentences(texts.model_dump(exclude={"checks"}))
            if re.search(r"\b\d+ (in|of|de cada) \d+", each)
        ]
        assert not found, (language, found)


@pytest.mark.django_db
def test_a_version_frozen_under_an_older_shape_stays_readable():
    version = ProcedureVersion.objects.get(procedure__slug=SLUG)
    content = {**version.content, "facts": {**version.content["facts"], "a_field_of_old": 1}}
    old = ProcedureVersion(body=library.canonical.dumps(content))
    assert old.facts.slug == SLUG
