"""Read the library's files and put a procedure together with its parts; nothing is written here."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import ValidationError

from procedures import canonical
from procedures.content import Facts, Texts, problems_between, untold_checks

LISTS = (
    "risks", "benefits", "alternatives", "comparisons", "what_matters", "tell_us", "checks", "checklist", "prompts",
    "permissions", "medicines", "site_values", "drawings",
)  # fmt: skip
DICTS = ("sources", "figures")
TEXT_DICTS = (
    "what_matters", "tell_us", "benefits", "risks", "grave", "alternatives", "comparisons", "prompts", "checks",
    "checklist", "permissions", "medicines", "site_values", "drawings",
)  # fmt: skip
PROSE = ("before", "during", "after")
UNSAFE = re.compile(
    r"<script|<foreignobject|<image|<use|<style|<!doctype|<!entity|href\s*=|\bon[a-z]+\s*=|style\s*=|url\("
)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in one file."""

    file: str
    key: str
    reason: str

    def __str__(self):
        return f"{self.file}: {self.key}: {self.reason}" if self.key else f"{self.file}: {self.reason}"


class BadContent(Exception):
    """A procedure's files cannot be used. `problems` lists everything that is wrong, not only the first."""

    def __init__(self, problems):
        self.problems = list(problems)
        super().__init__("; ".join(map(str, self.problems)))


@dataclass(frozen=True)
class Whole:
    """A procedure with its parts copied in: `facts`, `texts` by language, `drawings` by file name."""

    facts: Facts
    texts: dict[str, Texts]
    drawings: dict[str, str]

    @property
    def body(self):
        return canonical.dumps(
            {"schema": "plainconsent.version/1", "facts": dump(self.facts), "drawings": self.drawings}
        )

    def translation_body(self, language, version_digest):
        texts = dump(self.texts[language])
        return canonical.dumps({"schema": "plainconsent.translation/1", "version": version_digest, "texts": texts})

    @property
    def source_digest(self):
        """Of everything there is, so that loading the same files twice makes one version."""
        bodies = {language: dump(each) for language, each in sorted(self.texts.items())}
        return canonical.digest_of({"facts": dump(self.facts), "texts": bodies, "drawings": self.drawings})


def dump(shape):
    return shape.model_dump(mode="json", exclude_defaults=True)


def folders(library: Path):
    """The folders of procedures in a library (not of parts), in order of name."""
    return sorted(each.parent for each in library.glob("*/procedure.yaml"))


def read(folder: Path) -> Whole:
    """Read one procedure with its parts. Raises BadContent with every problem found."""
    facts, texts, drawings = read_one(folder, "procedure.yaml")
    for slug in facts["parts"]:
        add_part(facts, texts, drawings, folder.parent / "parts" / slug)
    return checked(folder, facts, texts, drawings)


def read_one(folder, name):
    """Facts and texts of one folder as plain dicts, each file checked by itself."""
    facts = shaped(Facts, folder / name)
    texts = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name != name:
            texts[path.stem] = shaped(Texts, path)
            if texts[path.stem]["language"] != path.stem:
                raise BadContent([Problem(label(path), "language", "differs from the file's name")])
    drawings = {each["file"]: drawing(folder / each["file"]) for each in facts["drawings"]}
    return facts, texts, drawings


def label(path):
    return f"{path.parent.name}/{path.name}"


def shaped(shape, path):
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        return shape.model_validate(raw).model_dump(mode="json")
    except OSError as problem:
        raise BadContent([Problem(label(path), "", problem.strerror)]) from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BadContent([Problem(label(path), "", f"is not YAML: {' '.join(str(problem).split())}")]) from problem
    except ValidationError as problem:
        found = [Problem(label(path), ".".join(map(str, each["loc"])), each["msg"]) for each in problem.errors()]
        raise BadContent(found) from problem


def drawing(path):
    """The text of an SVG that has a title and a description and nothing that could run or reach out."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as problem:
        raise BadContent([Problem(label(path), "", problem.strerror)]) from problem
    lowered = text.lower()
    for missing in ("<title", "<desc", "viewbox"):
        if missing not in lowered:
            raise BadContent([Problem(label(path), missing.strip("<"), "missing")])
    unsafe = UNSAFE.search(lowered)
    if unsafe:
        raise BadContent([Problem(label(path), unsafe[0].strip("< ="), "not allowed in a drawing")])
    return text


def add_part(facts, texts, drawings, folder):
    part, part_texts, part_drawings = read_one(folder, "part.yaml")
    for name in LISTS:
        facts[name] = [*facts[name], *part[name]]
    for name in DICTS:
        unite(facts[name], part[name], folder, name)
    unite(drawings, part_drawings, folder, "drawings")
    for language, target in texts.items():
        if language not in part_texts:
            raise BadContent([Problem(f"{folder.name}/{language}.yaml", "", "this part has no such language")])
        add_part_texts(target, part_texts[language], folder)


def add_part_texts(target, part, folder):
    for name in TEXT_DICTS:
        unite(target[name], part[name], folder, name)
    for name in PROSE:
        if part[name] and target[name]:
            target[name]["points"] += part[name]["points"]
            target[name]["more"] += part[name]["more"]


def unite(target, extra, folder, name):
    doubled = sorted(key for key in set(target) & set(extra) if target[key] != extra[key])
    if doubled:
        raise BadContent(
            [Problem(folder.name, name, f"{', '.join(doubled)} stands in the procedure or another part too")]
        )
    target.update(extra)


def checked(folder, facts, texts, drawings):
    """The Whole, checked as one: what each file alone could not tell."""
    try:
        whole = Whole(
            Facts.model_validate(facts), {key: Texts.model_validate(each) for key, each in texts.items()}, drawings
        )
    except ValidationError as problem:
        raise BadContent(
            [Problem(label(folder / "procedure.yaml"), "", each["msg"]) for each in problem.errors()]
        ) from problem
    problems = [
        Problem(f"{folder.name}/{language}.yaml", *said.split(": ", 1))
        for language, each in whole.texts.items()
        for said in problems_between(whole.facts, each)
    ]
    problems += [
        Problem(label(folder / "procedure.yaml"), f"checks.{key}.told_on", "missing, name the pages that tell it")
        for key in untold_checks(whole.facts)
    ]
    if whole.facts.source_language not in whole.texts:
        problems.append(
            Problem(f"{folder.name}/{whole.facts.source_language}.yaml", "", "the source language is missing")
        )
    if whole.facts.slug != folder.name:
        problems.append(Problem(label(folder / "procedure.yaml"), "slug", "differs from the folder's name"))
    if problems:
        raise BadContent(problems)
    return whole
