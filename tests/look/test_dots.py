"""The icon array: one dot a person, filled from the top, none lost and none in part."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.dots import dots


def places(path):
    """Where the dots of a path stand, in reading order."""
    strokes = re.findall(r"M(\d+) (\d+)h(\d*)\.1", path)
    return [(int(y), int(x) + 10 * i) for x, y, run in strokes for i in range(int(run or 0) // 10 + 1)]


def test_a_thousand_people_stand_forty_in_a_row():
    figure = dots(41, 1000)
    assert figure["is"] == "M5 5h390.1M5 15h.1"
    assert figure["viewbox"] == "0 0 400 250"


def test_a_hundred_people_stand_ten_in_a_row():
    assert dots(27, 100) == {
        "is": "M5 5h90.1M5 15h90.1M5 25h60.1",
        "not": "M75 25h20.1M5 35h90.1M5 45h90.1M5 55h90.1M5 65h90.1M5 75h90.1M5 85h90.1M5 95h90.1",
        "viewbox": "0 0 100 100",
    }


def test_nobody_and_everybody_are_one_path_each():
    assert dots(0, 100)["is"] == ""
    assert dots(100, 100)["not"] == ""


@given(st.integers(0, 1000), st.sampled_from([1000, 100, 37]))
def test_every_person_is_one_dot_and_the_counted_come_first(n, of):
    n = min(n, of)
    figure = dots(n, of)
    counted, others = places(figure["is"]), places(figure["not"])
    assert len(counted) == n
    assert len(counted + others) == of
    assert counted + others == sorted(set(counted + others))


@pytest.mark.parametrize(("n", "of"), [(-1, 100), (101, 100), (0, 0)])
def test_more_people_than_there_are_is_refused(n, of):
    with pytest.raises(ValueError):
        dots(n, of)
