"""The bytes of a record: canonical, whole, and never looking like more than was said."""

import json
import unicodedata

import pytest
from pydantic import ValidationError

from consent.records import shape
from consent.records.shape import Bound, Drawing, NotARecord, State
from procedures import canonical
from tests.records import samples


@pytest.mark.parametrize("name", samples.SAMPLES)
def test_bytes_read_back_are_the_same_bytes(name):
    data = shape.dump(samples.SAMPLES[name]())
    assert shape.dump(shape.parse(data)) == data


def test_the_bytes_name_their_schema():
    assert json.loads(shape.dump(samples.consent()))["schema"] == "plainconsent.record/1"


def test_no_answer_about_an_item_is_written_down_as_none():
    item = samples.c6(None, "NOT YET DECIDED", "Exclamation mark")
    record = samples.not_complete().model_copy(update={"items": (item,)})
    assert json.loads(shape.dump(record))["items"][0]["agreed"] is None


def test_letters_are_composed():
    record = samples.consent(heading=unicodedata.normalize("NFD", "Información"))
    assert shape.parse(shape.dump(record)).heading == unicodedata.normalize("NFC", "Información")


@pytest.mark.parametrize("letter", ["\0", "\ud800"])
def test_half_letters_and_nul_are_refused(letter):
    record = samples.consent().model_copy(update={"heading": f"Consent{letter}"})
    with pytest.raises(canonical.NotCanonical):
        shape.dump(record)


def changed(**values):
    return canonical.dumps(json.loads(shape.dump(samples.consent())) | values)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        json.dumps(json.loads(shape.dump(samples.consent()))).encode(),
        changed(schema="plainconsent.record/9"),
        changed(surprise="x"),
        changed(number="PC 1"),
        changed(items=[]),
    ],
    ids=["empty", "no keys", "list", "null", "no text", "deep", "spaced", "schema", "surplus", "number", "no items"],
)
def test_other_bytes_are_no_record(data):
    with pytest.raises(NotARecord):
        shape.parse(data)


def test_what_is_wrong_is_said_without_the_patients_words():
    with pytest.raises(NotARecord) as refusal:
        shape.parse(changed(heading=["Maria told us a secret"]))
    assert "heading" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def broken(make=samples.consent, **values):
    with pytest.raises(ValidationError) as refusal:
        make(**values)
    return str(refusal.value)


def test_an_empty_signature_box_never_says_go():
    assert "empty signature box" in broken(signatures=samples.not_complete().signatures)


@pytest.mark.parametrize("method", ["password", "paper"])
def test_what_no_hand_made_on_the_screen_says_so(method):
    signed = samples.Signature.model_validate(
        samples.drawn("Dr Ada Example", "Clinician", "I explained this.", samples.moment("10:44:00")).model_dump()
        | {"strokes": None, "shown": "Dr Ada Example", "method": method, "how": "Signed with password"}
    )
    assert signed.method == method
    with pytest.raises(ValidationError, match="says so"):
        samples.Signature.model_validate(signed.model_dump() | {"how": None})


def test_a_refusal_never_says_go():
    assert "does not say go" in broken(kind="refusal", items=[samples.c6(False, "NOT AGREED", "Cross")])


def test_a_refusal_agrees_to_nothing():
    refused = State(code="refused", word="REFUSED", alt="Cross", until="x", then="x")
    assert "agrees to nothing" in broken(kind="refusal", state=refused)


def test_where_nothing_was_agreed_nothing_says_go():
    assert "nothing was agreed" in broken(items=[samples.c6(False, "NOT AGREED", "Cross")])


@pytest.mark.parametrize("about", ["not_allowed", "decides", "not_heard"])
def test_page_1_cannot_forget(about):
    assert about in broken(facts=[fact for fact in samples.facts() if fact.about != about])


def test_what_is_not_allowed_stands_between_bars():
    fact = samples.Fact(about="not_allowed", label="Not allowed", text="Students watching.")
    assert "between bars" in broken(facts=samples.facts(fact))


def test_somebody_decided():
    assert "somebody decided" in broken(deciders=[])


def test_a_representative_has_an_authority():
    with pytest.raises(ValidationError, match="authority"):
        samples.Decider(kind="representative", name="Maria Sample", relation="daughter")


def test_every_digest_that_binds_is_printed():
    bound = Bound(disclosure=samples.digest("12345678"))
    record = samples.consent().model_dump() | {"bound": bound}
    with pytest.raises(ValidationError, match="not printed"):
        shape.Record(**record)


def svg(inside, attributes='viewBox="0 0 10 10"'):
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'


def test_a_drawing_of_shapes_and_text_is_taken():
    assert Drawing(svg=svg('<g transform="scale(2)"><path d="M0 0h1"/><text x="1">C6</text></g>'), alt="A nerve")


@pytest.mark.parametrize(
    "drawing",
    [
        svg("<script>x</script>"),
        svg("<foreignObject><p>VALID</p></foreignObject>"),
        svg('<image href="https://example.org/x.png"/>'),
        svg('<use href="#x"/>'),
        svg('<rect style="position:fixed"/>'),
        svg('<rect onload="x"/>'),
        svg('<rect fill="url(#x)"/>'),
        svg("<svg/>"),
        svg("", 'viewBox="-5 0 10 10"'),
        svg("<style>*{}</style>"),
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + svg("&a;"),
        "<p>no drawing</p>",
        "<svg",
    ],
)
def test_a_drawing_that_does_more_is_refused(drawing):
    with pytest.raises(ValidationError):
        Drawing(svg=drawing, alt="A nerve")


def test_strokes_are_a_path_and_nothing_else():
    values = samples.drawn("Maria Sample", "Patient", "I agree.", samples.moment("10:42:07")).model_dump()
    with pytest.raises(ValidationError, match="strokes"):
        samples.Signature(**values | {"strokes": 'M0 0"/><text>'})
