"""The shape of `record.json`: every word of a record, resolved in its language, with the machine value beside it.

The renderer adds the record's digest, the QR code and page numbers, and nothing else. So what is not said here is not
on the paper, and what a court reads from the bytes is what stood before the theatre door.
"""

import re
from typing import Annotated, Literal
from xml.etree import ElementTree

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictBool,
    StrictInt,
    StringConstraints,
    ValidationError,
    model_serializer,
    model_validator,
)

from procedures import canonical

SCHEMA = "plainconsent.record/1"
LARGEST = 8 * 1024 * 1024


class NotARecord(ValueError):
    """The bytes are no record of ours. The message never quotes them: they hold a patient's words."""


class Shape(BaseModel):
    # hide_input: an error text may end in a log line, and the input is a patient's record.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


# --- words and values ------------------------------------------------------------------------------------------------

Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,80}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Instant = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)$")]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}(-\d\d(-\d\d)?)?$")]
Count = Annotated[StrictInt, Field(ge=0)]
Strokes = Annotated[str, StringConstraints(pattern=r"^[MLHVCQZmlhvcqz0-9 .,-]+$", max_length=200_000)]


class Run(Shape):
    """A stretch of text with weight, raised (a source's number) or in another language than the record's."""

    text: Words
    strong: StrictBool = False
    raised: StrictBool = False
    lang: Language | None = None


Text = Words | tuple[Run, ...]


class AlsoIn(Shape):
    """The vital words again, in the theatre's language, when the record is in another."""

    lang: Language
    text: Text


# --- page 1: the theatre door ----------------------------------------------------------------------------------------


class Running(Shape):
    """The lines at the edge of every page, so that a loose sheet can be put back."""

    person: Words
    page: Words
    of: Words
    digest: Words


class Organisation(Shape):
    name: Words
    lines: tuple[Words, ...] = ()


GO = ("valid", "confirmed")
STOPPED = ("refused", "withdrawn", "voided", "superseded")


class State(Shape):
    """White means go, black means stop. `alt` says the sign in words: "Tick: valid"."""

    code: Literal["valid", "confirmed", "not_complete", "performed", *STOPPED]
    word: Words
    alt: Words
    until: Text
    until_on: Day | None = None
    then: Text

    @property
    def go(self) -> bool:
        return self.code in GO

    @property
    def sign(self) -> str:
        return "tick" if self.go else "cross" if self.code in STOPPED else "wait"


class Scan(Shape):
    """The QR code's content is `prefix` + record number + "/" + record digest."""

    prefix: Annotated[str, StringConstraints(max_length=120)] = "plainconsent:"
    alt: Words
    note: Words


class Identifier(Shape):
    label: Words
    value: Words
    system: str | None = None


class Patient(Shape):
    name_label: Words
    name: Words
    born_label: Words
    born: Words
    born_on: Day
    identifiers: Annotated[tuple[Identifier, ...], Field(min_length=1)]


class Decider(Shape):
    """Who decides, for machines; people read it in the facts about `decides` and `authority`."""

    kind: Literal["patient", "representative"]
    name: Words
    relation: Words | None = None
    authority: Words | None = None
    authority_code: Code | None = None

    @model_validator(mode="after")
    def acts_by_authority(self):
        if self.kind == "representative" and not self.authority:
            raise ValueError("a representative acts by an authority")
        return self


class Item(Shape):
    """One thing to be agreed or not. `word` is what the box beside it says; `alt` says its sign."""

    site: Words
    gap: Words | None = None
    plain: Words
    medical: Words
    medicine: Words | None = None
    side: Literal["left", "right", "both", "midline", "none"]
    levels: tuple[Words, ...] = ()
    version: Words | None = None
    agreed: StrictBool | None
    word: Words
    alt: Words
    also_in: AlsoIn | None = None


class Fact(Shape):
    """A line of page 1. `bar` frames it in heavy rules: what is not allowed, what the person chose not to hear."""

    about: Code
    label: Words
    text: Text
    bar: StrictBool = False
    also_in: AlsoIn | None = None


class Moment(Shape):
    at: Instant
    zone: Words
    date: Words
    time: Words
    zone_words: Words


class Signature(Shape):
    """Somebody's act with a meaning, or the empty box where one is required. `alt` tells what the box shows.

    `how` stands under the box and says how it came there, so that no typed name passes for a hand.
    """

    missing: StrictBool
    name: Words
    role: Words
    meaning: Text
    meaning_code: Code
    method: Literal[
        "drawn", "typed", "mark", "spoken", "written_by_another", "password", "pin", "passkey", "single_sign_on", "paper", "none"
    ]  # fmt: skip
    alt: Words
    strokes: Strokes | None = None
    box: tuple[Annotated[StrictInt, Field(ge=1)], Annotated[StrictInt, Field(ge=1)]] = (1000, 400)
    shown: Words | None = None
    how: Words | None = None
    when: Moment | None = None
    when_missing: Words | None = None
    place: Words | None = None
    digest: Digest | None = None

    @model_validator(mode="after")
    def is_whole(self):
        if self.missing != (self.when is None) or self.missing != (self.method == "none"):
            raise ValueError("a signature has a time and a method, an empty box has neither")
        if self.missing and self.strokes:
            raise ValueError("an empty box holds no strokes")
        if not self.strokes and not self.shown:
            raise ValueError("the box shows strokes or words")
        if self.method in ("password", "pin", "passkey", "single_sign_on", "paper") and not self.how:
            raise ValueError("what no hand made on the screen says so")
        return self


class Signatures(Shape):
    heads: tuple[Words, Words, Words, Words]
    rows: tuple[Signature, ...] = ()


# --- the pages behind ------------------------------------------------------------------------------------------------


class Block(Shape):
    @model_serializer(mode="wrap")
    def with_its_name(self, handler):
        return {"block": self.block, **handler(self)}

    @property
    def template(self) -> str:
        return f"pdf/blocks/{self.block}.html"


class Paragraphs(Block):
    block: Literal["paragraphs"] = "paragraphs"
    paragraphs: tuple[Text, ...]
    quiet: StrictBool = False


class Grave(Block):
    """A catastrophic harm without a rate: its own frame, no dots, no adjective."""

    block: Literal["grave"] = "grave"
    heading: Words
    paragraphs: tuple[Text, ...]


class Risk(Shape):
    """`tapped`: it could be opened with a tap and did not stand open; a small sign before it says so."""

    plain: Words
    tapped: StrictBool = False
    term: Words | None = None
    figure: Words
    figure_note: Words | None = None
    seen_in: Text
    sources: Words
    marked: Text | None = None
    code: Code | None = None
    n: str | None = None
    of: Count | None = None


class RiskGroup(Shape):
    heading: Words
    risks: tuple[Risk, ...]


class Risks(Block):
    block: Literal["risks"] = "risks"
    heads: tuple[Words, Words, Words, Words]
    groups: tuple[RiskGroup, ...]
    note: Text | None = None


class Array(Shape):
    """`n` of `of` people as dots, and the sentence that says the same without them."""

    n: Count
    of: Literal[100, 1000]
    sentence: Words

    @model_validator(mode="after")
    def fits(self):
        if self.n > self.of:
            raise ValueError("more dots than people")
        return self


class Arrays(Block):
    """Dots side by side, or (one array with `beside`) dots with paragraphs beside them."""

    block: Literal["arrays"] = "arrays"
    arrays: Annotated[tuple[Array, ...], Field(min_length=1, max_length=12)]
    beside: tuple[Text, ...] = ()
    note: Text | None = None


class Line(Shape):
    """A row of a table: first cell its heading, with the machine's words for it beside."""

    cells: tuple[Text, ...]
    code: Code | None = None
    value: StrictBool | Words | None = None
    at: Instant | None = None


class Table(Block):
    block: Literal["table"] = "table"
    style: Literal["alternatives", "checks", "checklist", "permissions", "people", "timeline", "even"]
    heads: tuple[Words, ...]
    rows: tuple[Line, ...]
    note: Text | None = None

    @model_validator(mode="after")
    def every_row_is_full(self):
        if any(len(row.cells) != len(self.heads) for row in self.rows):
            raise ValueError("a row has as many cells as the table has heads")
        return self


class Reply(Shape):
    """What was answered, and the line that says by whom, when, how, and what the asker said to it."""

    text: Text
    line: Text
    at: Instant
    by: Words


class Question(Shape):
    number: Words
    text: Text
    asked: Text
    asked_at: Instant
    replies: tuple[Reply, ...] = ()
    accepted: Literal["answers_it", "worry_but_go", "not_yet", "open"]
    standing: Text | None = None


class Questions(Block):
    block: Literal["questions"] = "questions"
    questions: tuple[Question, ...]


class Discussion(Block):
    block: Literal["discussion"] = "discussion"
    paragraphs: tuple[Text, ...]
    by: Words
    role: Words
    how: Literal["here", "video", "phone"]
    started_at: Instant
    ended_at: Instant | None = None
    present: tuple[Words, ...] = ()


class Drawing(Block):
    """A picture as inline SVG, already reduced to shapes and text; `alt` is read aloud in its place."""

    block: Literal["drawing"] = "drawing"
    svg: Annotated[str, StringConstraints(max_length=200_000), AfterValidator(lambda svg: plain_svg(svg))]
    alt: Words
    caption: Words | None = None
    left: Words | None = None
    right: Words | None = None
    beside: StrictBool = True


class Reference(Shape):
    number: Words
    text: Text
    code: Code | None = None


class References(Block):
    block: Literal["references"] = "references"
    references: tuple[Reference, ...]


class Evidence(Shape):
    label: Words
    note: Words | None = None
    text: Text | None = None
    digests: tuple[Digest, ...] = ()


class Proof(Block):
    """How the record can be checked. The renderer prints the record's own digest first, under `digest_label`."""

    block: Literal["proof"] = "proof"
    digest_label: Words
    rows: tuple[Evidence, ...]


class Row(Shape):
    """A label in the left column, and beside it (`wide`: under it) paragraphs, then points, then blocks."""

    label: Words
    paragraphs: tuple[Text, ...] = ()
    points: tuple[Text, ...] = ()
    blocks: tuple[
        Annotated[Table | Questions | Arrays | Discussion | Drawing | Paragraphs, Field(discriminator="block")], ...
    ] = ()
    keep: StrictBool = False
    wide: StrictBool = False


class Rows(Block):
    """Rows under one another, or (`columns`) as a page of two columns with each label above its words."""

    block: Literal["rows"] = "rows"
    rows: tuple[Row, ...]
    columns: StrictBool = False


AnyBlock = Annotated[
    Paragraphs | Grave | Risks | Arrays | Table | Questions | Discussion | Drawing | References | Proof | Rows,
    Field(discriminator="block"),
]


class Part(Shape):
    code: Code
    number: Words
    heading: Words
    lede: Text | None = None
    blocks: tuple[AnyBlock, ...]
    keep: StrictBool = False


# --- what binds it ---------------------------------------------------------------------------------------------------


class Version(Shape):
    """One version of content that was used; `digest` is that of its bytes."""

    procedure: Words
    version: Count
    language: Language
    digest: Digest | None = None


class Bound(Shape):
    """The digests this record leans on. The chain head is the one before the event that will hold this record."""

    disclosure: Digest | None = None
    answers: tuple[Digest, ...] = ()
    chain_head: Digest | None = None
    chain_sequence: Count | None = None
    policy: Words | None = None
    policy_digest: Digest | None = None
    previous: tuple[Digest, ...] = ()
    versions: tuple[Version, ...] = ()

    @property
    def to_print(self) -> set[str]:
        alone = {self.disclosure, self.chain_head, self.policy_digest}
        return ({*self.answers, *self.previous} | alone) - {None}


KINDS = (
    "consent",
    "refusal",
    "confirmation",
    "performed",
    "withdrawal",
    "addendum",
    "best_interests",
    "emergency",
)
DECIDED = ("consent", "refusal", "confirmation", "withdrawal")


class Record(Shape):
    kind: Literal[KINDS]
    stage: Literal["signed", "complete"]
    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$")]
    language: Language
    direction: Literal["ltr", "rtl"]
    title: Words
    heading: Words
    subheading: Words
    made_at: Instant
    marks: tuple[Words, ...] = ()
    running: Running
    organisation: Organisation
    state: State
    scan: Scan
    patient: Patient
    deciders: tuple[Decider, ...] = ()
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
    facts: tuple[Fact, ...]
    signatures: Signatures
    door_note: Text
    parts: tuple[Part, ...] = ()
    bound: Bound
    end: Text

    @model_validator(mode="after")
    def keeps_its_promise(self):
        for broken in broken_promises(self):
            raise ValueError(broken)
        return self


def broken_promises(record):
    """A record must never look like more than was said and signed; these are the ways in which it could."""
    agreed = [item.agreed for item in record.items]
    if record.state.go and any(signature.missing for signature in record.signatures.rows):
        yield "a record with an empty signature box does not say go"
    if record.state.go and record.kind in ("refusal", "withdrawal", "performed"):
        yield "this kind of record does not say go"
    if record.state.go and record.kind in ("consent", "confirmation") and not any(agreed):
        yield "nothing was agreed, so the record does not say go"
    if record.kind in ("refusal", "withdrawal") and any(agreed):
        yield "a refusal or withdrawal agrees to nothing"
    if record.kind in DECIDED and not record.deciders:
        yield "somebody decided"
    yield from missing_facts(record)
    yield from unprinted_digests(record)


def missing_facts(record):
    told = {fact.about: fact for fact in record.facts}
    wanted = {"consent": ("not_allowed", "decides", "not_heard"), "refusal": ("decides", "not_heard")}
    for about in wanted.get(record.kind, ()):
        if about not in told:
            yield f"page 1 lacks the fact about {about}"
    if "not_allowed" in told and not told["not_allowed"].bar:
        yield "what is not allowed stands between bars"


def unprinted_digests(record):
    proofs = [block for part in record.parts for block in part.blocks if isinstance(block, Proof)]
    printed = {digest for proof in proofs for row in proof.rows for digest in row.digests}
    if record.parts and record.bound.to_print - printed:
        yield "a digest that binds this record is not printed"


# --- pictures --------------------------------------------------------------------------------------------------------

SHAPES = re.compile("svg|g|path|circle|ellipse|line|polyline|polygon|rect|text|tspan")
ATTRIBUTES = re.compile(
    "viewBox|d|x|y|x1|y1|x2|y2|cx|cy|r|rx|ry|dx|dy|width|height|points|transform|fill(-rule|-opacity)?|opacity"
    "|stroke(-width|-linecap|-linejoin|-dasharray|-opacity)?|font-(family|size|weight|style)|text-anchor"
)
VALUE = re.compile(r"^(?!.*(?:url|data|http|javascript))[\w\s#.,()%+-]*$", re.IGNORECASE)
BOX = re.compile(r"^0 0 (\d{1,5}(?:\.\d+)?) (\d{1,5}(?:\.\d+)?)$")


def plain_svg(svg: str) -> str:
    """`svg` if it is shapes and text and nothing that could fetch, run, or hide; else ValueError."""
    root = svg_tree(svg)
    if not BOX.match(root.get("viewBox", "")):
        raise ValueError("a drawing has a viewBox that starts at 0 0")
    for element in root.iter():
        if not SHAPES.fullmatch(element.tag) or (element.tag == "svg") != (element is root):
            raise ValueError("a drawing holds shapes and text only")
        if not all(ATTRIBUTES.fullmatch(name) and VALUE.match(value) for name, value in element.items()):
            raise ValueError("a drawing has an attribute that is not allowed")
    return svg


def svg_tree(svg: str):
    """The drawing as a tree without namespaces. No document type, so no entities."""
    if "<!" in svg or "<?" in svg:
        raise ValueError("a drawing is one svg element")
    try:
        root = ElementTree.fromstring(svg)  # nosec B314  # just refused: document types and entities
    except ElementTree.ParseError as error:
        raise ValueError("a drawing is well-formed") from error
    for element in root.iter():
        element.tag = element.tag.removeprefix("{http://www.w3.org/2000/svg}")
    return root


# --- bytes -----------------------------------------------------------------------------------------------------------


def dump(record: Record) -> bytes:
    """The canonical bytes: NFC, RFC 8785. Unsaid defaults stay unsaid; `schema` tells how to read that."""
    return canonical.dumps({"schema": SCHEMA, **record.model_dump(mode="json", exclude_defaults=True)})


def parse(data: bytes) -> Record:
    value = canonical_value(data)
    if value.pop("schema", None) != SCHEMA:
        raise NotARecord("the bytes name no schema that is known here")
    try:
        return Record.model_validate(value)
    except ValidationError as error:
        raise NotARecord(explain(error)) from None


def canonical_value(data: bytes) -> dict:
    if len(data) > LARGEST:
        raise NotARecord("the bytes are too many for a record")
    try:
        value = canonical.loads(data)
        same = canonical.dumps(value) == data
    except (ValueError, RecursionError):
        raise NotARecord("the bytes are not JSON in canonical form") from None
    if not same or not isinstance(value, dict):
        raise NotARecord("the bytes are not in canonical form")
    return value


def explain(error: ValidationError) -> str:
    places = (".".join(map(str, each["loc"])) + ": " + each["msg"] for each in error.errors(include_input=False))
    return "; ".join(list(places)[:5])
