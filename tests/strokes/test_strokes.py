"""What counts as a signature, what is refused, and how it is drawn again."""

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from consent.strokes import HEIGHT, WIDTH, BadStrokes, Strokes, canonical, check, parse, svg_path

LINE = [[100, 200, 500, 0], [300, 210, 500, 40], [500, 190, 500, 90]]
DOT = [[400, 200, 500, 0]]


def posted(*strokes, **changed):
    """The field as the pad sends it, or with something changed."""
    sent = {"box": [1000, 400], "device": {"type": "touch", "dpr": 2}, "strokes": list(strokes)}
    return json.dumps({**sent, **changed})


def with_point(text):
    """A good line whose second point is this text, which need not be JSON."""
    return posted([LINE[0], "HERE", LINE[2]]).replace('"HERE"', text)


def reason(text, **limits):
    with pytest.raises(BadStrokes) as refused:
        parse(text, **limits)
    return refused.value.reason


def test_a_drawn_line_is_kept_point_for_point():
    strokes = parse(posted(LINE))
    assert (strokes.device, strokes.dpr) == ("touch", 2)
    assert [list(point) for point in strokes.strokes[0]] == LINE


def test_a_cross_is_a_signature():
    cross = [[[400, 100, 500, 0], [600, 300, 500, 90]], [[600, 100, 500, 200], [400, 300, 500, 300]]]
    assert len(parse(posted(*cross)).strokes) == 2


def test_the_dot_of_an_i_belongs_to_a_signature():
    assert len(parse(posted(LINE, [[400, 200, 500, 100]])).strokes) == 2


@pytest.mark.parametrize(
    "strokes",
    [
        [DOT],
        [DOT, [[900, 300, 500, 10]]],
        [[[400, 200, 500, 0], [410, 205, 500, 30], [403, 196, 500, 60]]],
    ],
    ids=["one", "two far apart", "a trembling one"],
)
def test_dots_alone_are_no_signature(strokes):
    assert reason(posted(*strokes)) == "dot"


@pytest.mark.parametrize("text", ["", "  \n", posted()])
def test_an_empty_box_is_no_signature(text):
    assert reason(text) == "empty"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("signature", "not_json"),
        ('{"box":', "too_deep"),
        ("\ud800", "not_json"),
        ("\x00", "not_json"),
        (posted(LINE) + "1", "not_json"),
        ("[" * 100_000, "too_deep"),
        ("[" * 100_000 + "]" * 100_000, "too_deep"),
        ('{"a":' * 60_000 + "1" + "}" * 60_000, "too_deep"),
        (with_point("[[300,210,500,40]]"), "too_deep"),
        ("[" + "1," * 150_000 + "1]", "too_many_points"),
        ("[]" * 200_000, "not_json"),
        ("[" + "{}," * 20_000 + "{}]", "shape"),
        ("1" * 400_000, "number"),
        (" " * 400_001 + "1", "too_long"),
        (with_point("[300,210,500,NaN]"), "number"),
        (with_point("[Infinity,210,500,40]"), "number"),
        (with_point("[-Infinity,210,500,40]"), "number"),
        (with_point(f"[{10**400},210,500,40]"), "number"),
        (with_point(f"[{'9' * 5000},210,500,40]"), "number"),
        (with_point("[1e400,210,500,40]"), "number"),
        (with_point("[300.5,210,500,40]"), "number"),
        (with_point("[true,210,500,40]"), "shape"),
        (with_point('["300",210,500,40]'), "shape"),
        (with_point("[null,210,500,40]"), "shape"),
        (with_point("[300,210,500]"), "shape"),
        (with_point("[300,210,500,40,1]"), "shape"),
        (with_point("{}"), "shape"),
        (with_point("7"), "shape"),
        (with_point("[1001,210,500,40]"), "outside"),
        (with_point("[-1,210,500,40]"), "outside"),
        (with_point("[300,401,500,40]"), "outside"),
        (with_point("[300,-1,500,40]"), "outside"),
        (with_point("[300,210,1001,40]"), "outside"),
        (with_point("[300,210,-1,40]"), "outside"),
        (with_point("[300,210,500,-1]"), "outside"),
        (with_point("[300,210,500,86400001]"), "outside"),
        (with_point("[300,210,500,91]"), "time"),
        (posted(LINE, [[1, 1, 500, 89], [90, 90, 500, 95]]), "time"),
        (posted(LINE, box=[700, 280]), "box"),
        (posted(LINE, box=["<b>", 400]), "box"),
        (posted(LINE, box=1000), "box"),
        (posted(LINE, device={"type": "finger", "dpr": 2}), "shape"),
        (posted(LINE, device={"type": ["touch"], "dpr": 2}), "shape"),
        (posted(LINE, device={"type": "touch", "dpr": True}), "shape"),
        (posted(LINE, device={"type": "touch", "dpr": 0}), "shape"),
        (posted(LINE, device={"type": "touch", "dpr": 2, "name": "x"}), "shape"),
        (posted(LINE, device="touch"), "shape"),
        (posted(LINE, html="<b>"), "shape"),
        (posted(LINE)[:-1] + ',"strokes":[]}', "shape"),
        (posted(LINE, strokes={}), "shape"),
        (posted([]), "shape"),
        (posted(7), "shape"),
        ("[]", "shape"),
        ("null", "shape"),
        ("true", "shape"),
    ],
)
def test_what_no_pad_would_send_is_refused(text, expected):
    assert reason(text) == expected


def test_five_thousand_points_are_taken_and_one_more_is_not():
    stroke = [[n % 1001, n % 401, 500, n] for n in range(5000)]
    assert len(parse(posted(stroke)).strokes[0]) == 5000
    assert reason(posted([*stroke, [0, 0, 500, 5000]])) == "too_many_points"


def test_two_hundred_strokes_are_taken_and_one_more_is_not():
    strokes = [[[0, 0, 500, n], [100, 100, 500, n]] for n in range(201)]
    assert len(parse(posted(*strokes[:200])).strokes) == 200
    assert reason(posted(*strokes)) == "too_many_strokes"


def test_a_hospital_may_ask_for_less():
    assert reason(posted(LINE), most_points=2) == "too_many_points"
    assert reason(posted(LINE, LINE), most_strokes=1) == "too_many_strokes"
    assert reason(posted(LINE), longest=20) == "too_long"


def test_a_refusal_tells_the_person_what_to_do_and_the_log_only_a_code():
    with pytest.raises(BadStrokes) as refused:
        parse(posted(DOT))
    assert "a line or a cross" in str(refused.value.message)
    assert str(refused.value) == "dot"


def test_the_record_keeps_whole_numbers_that_can_be_read_back():
    strokes = parse(posted(LINE, [[400, 200, 500, 100]]))
    assert check(json.loads(json.dumps(canonical(strokes)))) == strokes
    assert canonical(strokes)["strokes"][0] == LINE


def test_a_line_is_drawn_through_the_middles_of_its_points():
    assert svg_path(parse(posted(LINE))) == "M100 200Q300 210 400 200L500 190"


@pytest.mark.parametrize(("x", "drawn"), [(0, "M0 7H1"), (1000, "M999 7H1000"), (400, "M399 7H400")])
def test_a_dot_is_drawn_within_the_box(x, drawn):
    assert svg_path(parse(posted(LINE, [[x, 7, 500, 100]]))).endswith(drawn)


a_point = some.tuples(
    some.integers(0, WIDTH), some.integers(0, HEIGHT), some.integers(0, 1000), some.integers(0, 10**6)
)
a_drawing = some.lists(some.lists(a_point, min_size=1, max_size=20), min_size=1, max_size=8)
anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text() | some.sampled_from(["box", "strokes"]), inner),
)


def in_time(drawing):
    """The same places, with times that go on."""
    times = iter(sorted(point[3] for stroke in drawing for point in stroke))
    return [[[*point[:3], next(times)] for point in stroke] for stroke in drawing]


def accepted_or_refused(text):
    try:
        return parse(text)
    except BadStrokes:
        return None


@given(some.text())
def test_no_text_breaks_the_check(text):
    assert accepted_or_refused(text) is None


@given(anything)
def test_no_json_breaks_the_check(value):
    assert accepted_or_refused(json.dumps(value)) is None


@given(a_drawing, anything)
def test_nothing_odd_among_the_strokes_breaks_the_check(drawing, odd):
    assert accepted_or_refused(posted(*in_time(drawing), odd)) is None
    assert accepted_or_refused(posted([*in_time(drawing)[0], odd])) is None


@settings(deadline=None)
@given(a_drawing)
def test_every_drawing_is_a_signature_or_dots_and_stays_in_the_box(drawing):
    drawing = in_time(drawing)
    strokes = accepted_or_refused(posted(*drawing))
    if strokes is None:
        assert reason(posted(*drawing)) == "dot"
        return
    assert isinstance(strokes, Strokes)
    assert json.loads(json.dumps(canonical(strokes)))["strokes"] == drawing
    assert re.fullmatch(r"([MLQH][\d ]+)+", svg_path(strokes))
    assert max(map(int, re.findall(r"\d+", svg_path(strokes)))) <= WIDTH
