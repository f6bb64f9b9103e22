"""The shape of a version's facts and texts: what may be said, with which number, from which source.

Facts are language-free and hold every number; texts hold every sentence and no clinical number. A sentence names a number
by `{figure:key}` and a local rule by `{site:key}`, so a translation cannot change a figure.
docs/content-format.md describes the files for authors.
"""

import re
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Key = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{1,60}$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1200)]
Page = Literal["why", "side", "before", "during", "after", "benefits", "serious", "common", "compare"]
PLACEHOLDER = re.compile(r"\{([a-z_]+)(?::([a-z0-9_]+))?\}")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


# --- figures ---------------------------------------------------------------------------------------------------------


class Sourced(Shape):
    sources: list[Key] = []


class Rate(Sourced):
    """`value` people in `per`; `events` of `of` as counted; `low`–`high` a 95 % interval, per the same `per`."""

    kind: Literal["rate"]
    value: Decimal = Field(ge=0)
    per: Literal[100, 1000, 10000]
    about: bool = False
    events: int | None = Field(default=None, ge=0)
    of: int | None = Field(default=None, gt=0)
    low: Decimal | None = Field(default=None, ge=0)
    high: Decimal | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def makes_sense(self):
        if self.value > self.per:
            raise ValueError("value is more than per")
        if (self.low is None) != (self.high is None):
            raise ValueError("give both low and high, or neither")
        if self.low is not None and not self.low <= self.value <= self.high:
            raise ValueError("value lies outside its interval")
        return self


class Range(Sourced):
    """Between `low` and `high` people in `per`, where sources differ by type or definition."""

    kind: Literal["range"]
    low: Decimal = Field(ge=0)
    high: Decimal = Field(ge=0)
    per: Literal[100, 1000, 10000]


class Measured(Sourced):
    """A measured effect such as a mean rise: `value` in `unit`."""

    kind: Literal["measured"]
    value: Decimal
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None


class Expected(Sourced):
    """It happens to nearly everybody and is part of the procedure; nobody counted."""

    kind: Literal["expected"]


class Seen(Shape):
    """What one study saw: `events` in `of` procedures."""

    events: int = Field(ge=0)
    of: int = Field(gt=0)
    source: Key


class Unknown(Sourced):
    """No reliable figure. The reason stands in the text; `seen` lists what studies saw, never as a rate."""

    kind: Literal["unknown"]
    seen: list[Seen] = []


Figure = Annotated[Rate | Range | Measured | Expected | Unknown, Field(discriminator="kind")]
Severity = Literal["minor", "moderate", "serious", "life_threatening"]


# --- facts: one per version, whatever the language -------------------------------------------------------------------


class Source(Shape):
    """A citation, and what kind of proof it is."""

    citation: Text
    note: str = ""


class Level(Shape):
    """One level, with the bones above and below its gap where it has one."""

    code: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{1,8}$")]
    upper: str = ""
    lower: str = ""


class Medicine(Shape):
    key: Key
    off_label: bool = False


class SiteValueSpec(Shape):
    """A local rule that each hospital must set before release."""

    key: Key
    kind: Literal["phone", "hours", "minutes", "days", "choice"]
    choices: list[Key] = []


class Risk(Shape):
    """group: serious (or lasting), common (and settles), depends (on the person; `depends_on` names the tell-us item)."""

    key: Key
    severity: Severity
    group: Literal["serious", "common", "depends"]
    figure: Figure
    directness: Literal["direct", "indirect", "unmeasured"] = "unmeasured"
    catastrophic: bool = False
    main: bool = True
    depends_on: Key | None = None

    @model_validator(mode="after")
    def is_honest(self):
        if self.figure.kind in ("rate", "range", "measured") and not self.figure.sources:
            raise ValueError(f"risk {self.key}: a figure without a source")
        if self.figure.kind in ("rate", "range", "measured") and self.directness == "unmeasured":
            raise ValueError(f"risk {self.key}: say whether the figure was measured directly or in other people")
        if self.catastrophic and self.figure.kind != "unknown":
            raise ValueError(f"risk {self.key}: the gravest card is for harm without a rate")
        return self


class Benefit(Shape):
    key: Key
    figure: Figure
    directness: Literal["direct", "indirect", "unmeasured"] = "direct"


class Alternative(Shape):
    """`nothing` marks doing nothing, `this` marks the procedure itself."""

    key: Key
    nothing: bool = False
    this: bool = False
    sources: list[Key] = []


class Arm(Shape):
    key: Key
    figure: Rate


class Comparison(Shape):
    """One study's groups side by side: same outcome, period and people."""

    key: Key
    source: Key
    people: int = Field(gt=0)
    arms: list[Arm] = Field(min_length=2)
    directness: Literal["direct", "indirect"] = "direct"


class TellUs(Shape):
    """A private question to the person. `detail` asks for words when the answer is yes."""

    key: Key
    detail: bool = False


class Asked(Shape):
    """What a person is asked to know. `told_on` names the pages that tell it: who is shown none of them is not asked."""

    key: Key
    told_on: list[Page] = []


class Check(Asked):
    """A question that checks our explaining. `right` is among `options`; `not_sure` is always offered beside them."""

    options: list[Key] = Field(min_length=2, max_length=3)
    right: Key

    @model_validator(mode="after")
    def right_is_an_option(self):
        if self.right not in self.options:
            raise ValueError(f"check {self.key}: the right answer is not among the options")
        return self


class Statement(Asked):
    """A line of the checklist. A key alone is a line that rests on no words of ours, such as time to think."""

    @model_validator(mode="before")
    @classmethod
    def may_be_a_key_alone(cls, value):
        return {"key": value} if isinstance(value, str) else value


class Permission(Shape):
    """Asked one by one, never pre-ticked; unanswered is no."""

    key: Key


class Drawing(Shape):
    key: Key
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+\.svg$")]


class Facts(Shape):
    """Everything about a version that is the same in all languages. A part uses the same shape with fewer lists filled."""

    slug: Slug
    kind: Literal["procedure", "part"] = "procedure"
    source_language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Za-z]+)?$")] = "en"
    specialty: str = ""
    codes: list[str] = []
    parts: list[Slug] = []
    laterality: Literal["required", "none"] = "none"
    levels: list[Level] = []
    medicines: list[Medicine] = []
    site_values: list[SiteValueSpec] = []
    sources: dict[Key, Source] = {}
    figures: dict[Key, Figure] = {}
    risks: list[Risk] = []
    benefits: list[Benefit] = []
    alternatives: list[Alternative] = []
    comparisons: list[Comparison] = []
    what_matters: list[Key] = []
    tell_us: list[TellUs] = []
    checks: list[Check] = Field(default=[], max_length=3)
    checklist: list[Statement] = Field(default=[], max_length=8)
    prompts: list[Key] = []
    permissions: list[Permission] = []
    drawings: list[Drawing] = []
    review_due: str = ""

    @model_validator(mode="after")
    def hangs_together(self):
        problems = [*self.missing_sources(), *self.doubled_keys(), *(self.gaps() if self.kind == "procedure" else [])]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def all_figures(self):
        yield from self.figures.values()
        yield from (each.figure for each in [*self.risks, *self.benefits])
        yield from (arm.figure for each in self.comparisons for arm in each.arms)

    def missing_sources(self):
        named = {key for figure in self.all_figures() for key in figure.sources}
        named |= {seen.source for figure in self.all_figures() if figure.kind == "unknown" for seen in figure.seen}
        named |= {key for each in self.alternatives for key in each.sources} | {
            each.source for each in self.comparisons
        }
        unsourced = [
            key for key, each in self.figures.items() if each.kind not in ("expected", "unknown") and not each.sources
        ]
        return [f"source {key} is used but not described" for key in sorted(named - set(self.sources))] + [
            f"figure {key} has no source" for key in unsourced
        ]

    def doubled_keys(self):
        for name in (
            "risks",
            "benefits",
            "alternatives",
            "tell_us",
            "checks",
            "checklist",
            "permissions",
            "site_values",
            "medicines",
        ):
            keys = [each.key for each in getattr(self, name)]
            yield from (f"{name}: {key} stands twice" for key in sorted({key for key in keys if keys.count(key) > 1}))

    def gaps(self):
        """What stops publication of a whole procedure (a part may lack any of it)."""
        if not self.risks:
            yield "no risk"
        if not self.benefits:
            yield "no benefit"
        if not any(each.nothing for each in self.alternatives):
            yield "no alternative of doing nothing"
        if not self.checklist:
            yield "no checklist"
        tells = {each.key for each in self.tell_us}
        yield from (
            f"risk {each.key} depends on {each.depends_on}, which is not asked"
            for each in self.risks
            if each.depends_on and each.depends_on not in tells
        )


# --- texts: one per language -----------------------------------------------------------------------------------------


class Prose(Shape):
    """`lead` and `points` are the main points; `more` opens on a tap."""

    title: Text
    lead: str = ""
    paragraphs: list[Text] = []
    points: list[Text] = []
    more: list[Text] = []


class Stage(Shape):
    title: Text
    text: Text


class During(Prose):
    stages: list[Stage] = []
    notes: list[Stage] = []


class After(Prose):
    """`emergency` and `same_day` are the signs; the emergency number itself is a site value."""

    emergency_title: str = ""
    emergency: list[Text] = []
    same_day_title: str = ""
    same_day: list[Text] = []


class SideQuestion(Shape):
    """Asked before our side is shown; `left` and `right` are the person's own, in words."""

    question: Text
    lead: Text
    left: Text
    right: Text


class RiskText(Shape):
    """`name` is a noun ("Hot, red face"); `happened` follows a number ("had a hot, red face")."""

    name: Text
    term: str = ""
    happened: str = ""
    more: str = ""
    population: str = ""
    period: str = ""
    why_unknown: str = ""


class GraveText(Shape):
    """The gravest harm, which has no rate: what is said instead. `danger_title` says whom to call when its signs come."""

    name: Text
    term: str = ""
    happened: list[Text]
    how_often: list[Text]
    studies: list[Text]
    leaflets: list[Text] = []
    lowers: list[Text]
    danger_title: str = ""
    danger_signs: list[Text]


class BenefitText(Shape):
    name: Text
    happened: Text
    period: str = ""
    more: str = ""


class AlternativeText(Shape):
    """`good` and `harm` are the main points; what `good_more` and `harm_more` add opens on a tap."""

    name: Text
    line: Text
    good: Text
    good_more: str = ""
    harm: Text
    harm_more: str = ""


class ComparisonText(Shape):
    title: Text
    intro: Text
    outcome: Text
    population: str = ""
    arms: dict[Key, Text]


class TellUsText(Shape):
    question: Text
    hint: str = ""
    detail: str = ""
    flag: Text


class CheckText(Shape):
    """`right` is said when the answer is right; `again` says it in another way when it is not."""

    question: Text
    options: dict[Key, Text]
    right: Text
    again: list[Text] = Field(min_length=1)


class PermissionText(Shape):
    """`allowed` is how the record names it, after "You allow" or "You do not allow"."""

    question: Text
    hint: str = ""
    allowed: Text


class MedicineText(Shape):
    name: Text
    note: str = ""


class SiteValueText(Shape):
    name: Text
    choices: dict[Key, Text] = {}


class DrawingText(Shape):
    title: Text
    description: Text
    caption: Text
    key: list[Text] = []


class Texts(Shape):
    """Every sentence of a version in one language. `site` names one level ("nerve {level}"), `site_long` the item."""

    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[A-Za-z]+)?$")]
    translator: str = ""
    name: str = ""
    in_sentence: str = ""
    short: str = ""
    medical: str = ""
    site: str = ""
    site_long: str = ""
    gap: str = ""
    what: Prose | None = None
    why: Prose | None = None
    what_matters_question: str = ""
    what_matters: dict[Key, Text] = {}
    tell_us: dict[Key, TellUsText] = {}
    side: SideQuestion | None = None
    before: Prose | None = None
    during: During | None = None
    after: After | None = None
    benefits_lead: str = ""
    benefits_not: list[Text] = []
    benefits: dict[Key, BenefitText] = {}
    risks: dict[Key, RiskText] = {}
    grave: dict[Key, GraveText] = {}
    denominator: str = ""
    alternatives: dict[Key, AlternativeText] = {}
    comparisons: dict[Key, ComparisonText] = {}
    prompts: dict[Key, Text] = {}
    checks: dict[Key, CheckText] = {}
    checklist: dict[Key, Text] = {}
    permissions: dict[Key, PermissionText] = {}
    medicines: dict[Key, MedicineText] = {}
    site_values: dict[Key, SiteValueText] = {}
    drawings: dict[Key, DrawingText] = {}
    vow: str = ""
    vow_for: str = ""
    next_steps: list[Stage] = []


NEEDED = (
    "name",
    "in_sentence",
    "short",
    "medical",
    "what",
    "why",
    "before",
    "during",
    "after",
    "what_matters_question",
    "vow",
    "vow_for",
)


def problems_between(facts: Facts, texts: Texts):
    """Yield what the texts of one language lack or have too much, key by key; nothing when they fit the facts."""
    if facts.kind == "procedure":
        yield from (f"{name}: missing" for name in NEEDED if not getattr(texts, name))
        if facts.laterality == "required" and texts.side is None:
            yield "side: missing"
        if facts.levels and not (texts.site and texts.site_long):
            yield "site, site_long: missing"
    for name, wanted in wanted_keys(facts).items():
        given = set(getattr(texts, name))
        yield from (f"{name}.{key}: missing" for key in sorted(wanted - given))
        yield from (f"{name}.{key}: not in the facts" for key in sorted(given - wanted))
    yield from choice_problems(facts, texts)
    yield from placeholder_problems(facts, texts)


def wanted_keys(facts):
    keys = {name: {each.key for each in getattr(facts, name)} for name in (
        "benefits", "alternatives", "comparisons", "tell_us", "checks", "checklist", "permissions", "medicines", "site_values", "drawings"
    )}  # fmt: skip
    keys["risks"] = {risk.key for risk in facts.risks if not risk.catastrophic}
    keys["grave"] = {risk.key for risk in facts.risks if risk.catastrophic}
    return keys | {name: set(getattr(facts, name)) for name in ("what_matters", "prompts")}


def untold_checks(facts):
    """Checks that name no page. A version frozen before pages were named may have some: they are asked of everybody."""
    return [each.key for each in facts.checks if not each.told_on]


def choice_problems(facts, texts):
    for check in facts.checks:
        if check.key in texts.checks and set(texts.checks[check.key].options) != set(check.options):
            yield f"checks.{check.key}.options: not the options of the facts"
    for spec in facts.site_values:
        if spec.key in texts.site_values and set(texts.site_values[spec.key].choices) != set(spec.choices):
            yield f"site_values.{spec.key}.choices: not the choices of the facts"
    for risk in facts.risks:
        text = texts.risks.get(risk.key)
        if text and risk.figure.kind in ("rate", "range") and not text.happened:
            yield f"risks.{risk.key}.happened: missing, the number needs words after it"
        if text and risk.figure.kind == "unknown" and not text.why_unknown:
            yield f"risks.{risk.key}.why_unknown: missing, say why there is no figure"
        if text and risk.directness == "indirect" and not text.population:
            yield f"risks.{risk.key}.population: missing, say in whom it was measured"


# A single level is known only where one is named.
WORDS = {"side", "levels", "medicine", "patient"}
ONLY_IN = {"site": {"level"}, "site_long": {"level"}, "gap": {"upper", "lower"}}


def placeholder_problems(facts, texts):
    known_sites = {spec.key for spec in facts.site_values}
    for name, value in texts.model_dump().items():
        words = WORDS | ONLY_IN.get(name, set())
        for sentence in sentences(value):
            for kind, key in PLACEHOLDER.findall(sentence):
                known = {"figure": key in facts.figures, "site": key in known_sites}.get(
                    kind, kind in words and not key
                )
                if not known:
                    yield f"{name}: {{{kind}{key and ':'}{key}}} names nothing: “{sentence[:60]}”"


def sentences(value):
    """Every string anywhere in `value`."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from sentences(each)
    elif isinstance(value, list):
        for each in value:
            yield from sentences(each)
