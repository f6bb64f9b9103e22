"""The Spanish of the interface: every sentence has one, with its placeholders, and no English is left on the way."""

import ast
import json
import re
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.urls import reverse
from django.utils.translation.reloader import translation_file_changed
from django.utils.translation.template import templatize

from consent import signing
from consent.papering import blanks
from consent.steps import STEPS
from tests import people

ROOT = Path(settings.BASE_DIR)
PO = ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)\w|%[sd]")

# Words that English pages cannot do without, and Spanish ones never hold.
ENGLISH = re.compile(
    r"(?<![\w./-])(the|your?|we|us|our|and|with|what|which|when|please|continue|tap)(?![\w/-])",
    re.IGNORECASE,
)
# Citations are printed as they were published; what staff wrote stands in the language they wrote it in.
CITATIONS = re.compile(r'<ol class="plain src">.*?</ol>', re.DOTALL)
OWN = {"matters": {"matters": ["sleep"], "own": "Quiero volver a levantar a mi nieto."}}


@pytest.fixture(scope="session", autouse=True)
def spanish_is_compiled():
    """`make words` has done it before `make test`; a bare pytest does it here."""
    compiled = PO.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < PO.stat().st_mtime:
        with compiled.open("wb") as file:
            write_mo(file, catalogue())
        translation_file_changed(None, compiled)


def catalogue():
    with PO.open("rb") as file:
        return read_po(file, locale="es")


# --- the catalogue ---------------------------------------------------------------------------------------------------


def entries():
    """(context, English, Spanish) of every form of every entry."""
    for entry in catalogue():
        if entry.id:
            english, spanish = (each if isinstance(each, tuple) else (each,) for each in (entry.id, entry.string))
            yield from ((entry, *pair) for pair in zip(english, spanish, strict=True))


def test_every_sentence_has_its_spanish():
    assert [english for _entry, english, spanish in entries() if not spanish] == []


def test_no_spanish_is_a_guess():
    assert [english for entry, english, _spanish in entries() if entry.fuzzy] == []


def test_placeholders_are_the_same_in_both_languages():
    def held(text):
        return sorted(set(PLACEHOLDER.findall(text)))

    assert [english for _entry, english, spanish in entries() if held(english) != held(spanish)] == []


def test_what_is_marked_for_translation_stands_in_the_catalogue():
    known = {english for _entry, english, _spanish in entries()}
    assert sorted({*marked_in_code(), *marked_in_templates()} - known) == []


MARKS = {"_": 0, "_l": 0, "gettext": 0, "gettext_lazy": 0, "ngettext": 0, "pgettext": 1, "pgettext_lazy": 1}


def marked_in_code():
    """Read from the syntax tree: xgettext passes over what stands inside an f-string."""
    for path in [*ROOT.glob("consent/**/*.py"), *ROOT.glob("procedures/**/*.py")]:
        for call in ast.walk(ast.parse(path.read_text())):
            name = isinstance(call, ast.Call) and getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name in MARKS and len(call.args) > MARKS[name] and isinstance(call.args[MARKS[name]], ast.Constant):
                yield call.args[MARKS[name]].value


TEXT = r"""(u?"(?:[^"\\]|\\.)*"|u?'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"(?<!\w)(?:n?gettext|_)\({TEXT}|(?<!\w)n?pgettext\({TEXT}, *{TEXT}")


def marked_in_templates():
    for path in ROOT.glob("templates/**/*.html"):
        for plain, _context, text in IN_TEMPLATE.findall(templatize(path.read_text())):
            yield ast.literal_eval(plain or text)


# --- the walk --------------------------------------------------------------------------------------------------------


def english_in(text):
    """The English left in a text, each with what stands round it."""
    return [text[max(0, found.start() - 30) : found.end() + 30] for found in ENGLISH.finditer(text)]


def english_on(response):
    """Attributes count too: they are read aloud."""
    html = CITATIONS.sub("", response.content.decode())
    return english_in(re.sub(r'[<>"=]', " ", html))


def at(client, step, **planned):
    episode = people.an_episode(step, language="es", answers=OWN, **planned)
    people.a_tablet(client, episode)
    return episode


def address(step):
    return reverse("walk:sign") if step == "sign" else reverse("walk:step", args=[step])


@pytest.mark.django_db
@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_every_step_is_spanish(client, step):
    at(client, step)
    response = client.get(address(step))
    assert response.headers["Content-Language"] == "es"
    assert english_on(response) == []


@pytest.mark.django_db
@pytest.mark.parametrize("step", [step.key for step in STEPS])
def test_what_a_step_says_about_a_mistake_is_spanish(client, step):
    at(client, step)
    assert english_on(client.post(address(step), {"page": "", "side": "up", "decision": "?"}, follow=True)) == []


@pytest.mark.django_db
def test_the_first_page_is_spanish_before_a_language_is_picked(client):
    episode = people.a_released(language="es")
    people.a_tablet(client, episode)
    page = client.get(reverse("walk:go-on"), follow=True).content.decode()
    assert episode.decision_maker.disclosure is None
    assert '<html lang="es"' in page
    assert "¿Qué idioma le viene mejor?" in page


@pytest.mark.django_db
@pytest.mark.parametrize("way", ["ask", "stop", "refuse", "more-time", "paper", "whole", "help", "back-to-staff"])
def test_every_way_out_is_spanish(client, way):
    episode = at(client, "sign")
    people.answer(people.ask(episode, "¿Puedo conducir?"), "No.")
    assert english_on(client.get(reverse(f"walk:{way}"))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["done", "change"])
def test_the_pages_after_signing_are_spanish(client, page):
    people.sign(at(client, "sign"))
    assert english_on(client.get(reverse(f"walk:{page}"))) == []


@pytest.mark.django_db
def test_the_page_after_a_no_is_spanish(client):
    refuse(at(client, "decision"))
    assert english_on(client.get(reverse("walk:stopped"))) == []


@pytest.mark.django_db
def test_a_walk_that_is_held_says_so_in_spanish(client):
    at(client, "side")
    client.post(address("side"), {"side": "right", "page": ""})
    assert english_on(client.get(reverse("walk:held"))) == []


@pytest.mark.django_db
def test_what_was_missed_or_unsure_is_said_again_in_spanish(client):
    episode = at(client, "check")
    questions = people.walk_of(episode).section("check")["questions"]
    people.answer_step(people.walk_of(episode), "check", {each["key"]: "not_sure" for each in questions})
    assert english_on(client.get(address("check"))) == []


# --- the record and the paper ----------------------------------------------------------------------------------------


def refuse(episode):
    signing.refuse(walk=people.walk_of(episode), by=people.party_of(episode), reason="Prefiero esperar.")


def withdraw(episode):
    people.sign(episode)
    signing.withdraw(episode=episode, by=people.party_of(episode), words="Me da miedo.")


def complete(episode):
    people.accept(people.answer(people.ask(episode, "¿Puedo conducir?"), "No.").question)
    people.sign(episode)
    people.discuss(episode, present="Theo Sample, marido")
    people.countersign(episode)


def texts(value):
    """Every text of a record in its own language: no citations, nothing marked as another language."""
    if isinstance(value, dict):
        if value.get("lang") != "en":
            yield from (text for key, each in value.items() if key != "references" for text in texts(each))
    elif isinstance(value, list):
        yield from (text for each in value for text in texts(each))
    elif isinstance(value, str):
        yield value.partition(" · ")[0]  # behind the dot: the theatre's own language


@pytest.mark.django_db
@pytest.mark.parametrize("end", [people.sign, complete, refuse, withdraw])
def test_every_record_is_spanish(end):
    episode = people.an_episode("sign", language="es", answers=OWN)
    end(episode)
    record = episode.records.order_by("id").last()
    assert [english for text in texts(json.loads(bytes(record.body))) for english in english_in(text)] == []


@pytest.mark.django_db
def test_the_paper_form_is_spanish():
    episode = people.an_episode("amount", language="es")
    with people.in_language("es"):
        form = blanks.of_episode(episode, people.walk_of(episode).disclosure)
    lines = json.loads(json.dumps(form, default=str))
    assert [english for text in texts(lines) for english in english_in(text)] == []
