"""Check the strokes that a browser sends, and draw them again: what a browser drew itself is never evidence."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

WIDTH, HEIGHT = 1000, 400
MOST_PRESSURE = 1000
MOST_TIME = 24 * 60 * 60 * 1000
MOST_DPR = 20
DEVICES = ("touch", "pen", "mouse")

# The document, the list of strokes, a stroke, a point: nothing lies deeper.
DEPTH = 4
# Longer than any number allowed here, and far below the length at which Python itself refuses or crawls.
MOST_DIGITS = 9
# A stroke shorter than this, about 3 mm on a tablet, is a dot. A line or a cross is a signature; dots are not.
SHORTEST = 20

UNREADABLE = _("We could not read your drawing. Please tap “Start again” and sign once more, or type your name.")
TOO_MUCH = _("There is too much drawn in the box. Please tap “Start again” and sign once more.")
MESSAGES = {
    "empty": _("Please draw your name in the box, or type your name instead."),
    "dot": _("A dot alone does not count. Please draw your name, a line or a cross."),
    "too_long": TOO_MUCH,
    "too_many_points": TOO_MUCH,
    "too_many_strokes": TOO_MUCH,
}


class BadStrokes(Exception):
    """The reason is a code for the log and the form; the message is for the person who signs."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason
        self.message = MESSAGES.get(reason, UNREADABLE)


class Point(NamedTuple):
    x: int
    y: int
    pressure: int
    t: int


Stroke = tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Strokes:
    device: str
    dpr: int
    strokes: tuple[Stroke, ...]


def parse(text: str, *, longest=400_000, most_points=5_000, most_strokes=200) -> Strokes:
    """The strokes in a posted field, or BadStrokes. Cheap refusals come first, so that a bomb costs nothing."""
    if not text or text.isspace():
        raise BadStrokes("empty")
    if len(text) > longest:
        raise BadStrokes("too_long")
    return check(_load(text, most_points), most_points=most_points, most_strokes=most_strokes)


def check(raw: object, *, most_points=5_000, most_strokes=200) -> Strokes:
    """The same check for strokes that have been read already, such as those in a record."""
    _insist(isinstance(raw, dict) and set(raw) == {"box", "device", "strokes"}, "shape")
    _insist(_whole_numbers(raw["box"], 2) and raw["box"] == [WIDTH, HEIGHT], "box")
    device, dpr = _device(raw["device"])
    strokes = _strokes(raw["strokes"], most_points, most_strokes)
    _insist(_times_go_on(strokes), "time")
    _insist(any(_extent(stroke) >= SHORTEST for stroke in strokes), "dot")
    return Strokes(device=device, dpr=dpr, strokes=strokes)


def canonical(strokes: Strokes) -> dict:
    """Whole, bounded numbers in the shape that was posted; `check` reads it back."""
    return {
        "box": [WIDTH, HEIGHT],
        "device": {"type": strokes.device, "dpr": strokes.dpr},
        "strokes": [[list(point) for point in stroke] for stroke in strokes.strokes],
    }


def svg_path(strokes: Strokes) -> str:
    """The `d` of an SVG path within 0 0 1000 400, for round line caps: page and PDF show this one."""
    return "".join(_drawn(stroke) for stroke in strokes.strokes)


def _load(text, most_points):
    _insist(not _too_deep(text), "too_deep")
    # Two objects, the document and the device; four commas a point, and a few for the frame: the parser meets no more.
    _insist(text.count("{") <= 2, "shape")
    _insist(text.count(",") <= 4 * most_points + 8, "too_many_points")
    try:
        return json.loads(
            text,
            parse_int=_whole_number,
            parse_float=_no_such_number,
            parse_constant=_no_such_number,
            object_pairs_hook=_no_key_twice,
        )
    except (ValueError, RecursionError):
        raise BadStrokes("not_json") from None


def _too_deep(text):
    """Take the innermost pairs of brackets away, once for each level allowed. No valid string here holds a bracket."""
    brackets = re.sub(r"[^\[\]{}]+", "", text).replace("{", "[").replace("}", "]")
    for _level in range(DEPTH):
        brackets = brackets.replace("[]", "")
    return bool(brackets)


def _whole_number(digits):
    _insist(len(digits) <= MOST_DIGITS, "number")
    return int(digits)


def _no_such_number(_literal):
    raise BadStrokes("number")


def _no_key_twice(pairs):
    found = dict(pairs)
    _insist(len(found) == len(pairs), "shape")
    return found


def _device(raw):
    _insist(isinstance(raw, dict) and set(raw) == {"type", "dpr"}, "shape")
    _insist(isinstance(raw["type"], str) and raw["type"] in DEVICES, "shape")
    _insist(type(raw["dpr"]) is int and 1 <= raw["dpr"] <= MOST_DPR, "shape")
    return raw["type"], raw["dpr"]


def _strokes(raw, most_points, most_strokes):
    _insist(isinstance(raw, list), "shape")
    _insist(raw, "empty")
    _insist(len(raw) <= most_strokes, "too_many_strokes")
    _insist(all(isinstance(stroke, list) and stroke for stroke in raw), "shape")
    _insist(sum(map(len, raw)) <= most_points, "too_many_points")
    return tuple(tuple(map(_point, stroke)) for stroke in raw)


def _point(raw):
    _insist(_whole_numbers(raw, 4), "shape")
    point = Point(*raw)
    _insist(0 <= point.x <= WIDTH and 0 <= point.y <= HEIGHT, "outside")
    _insist(0 <= point.pressure <= MOST_PRESSURE and 0 <= point.t <= MOST_TIME, "outside")
    return point


def _whole_numbers(raw, count):
    # isinstance would let True and False through.
    return isinstance(raw, list) and len(raw) == count and all(type(number) is int for number in raw)


def _times_go_on(strokes):
    times = [point.t for stroke in strokes for point in stroke]
    return all(earlier <= later for earlier, later in pairwise(times))


def _extent(stroke):
    across = [point.x for point in stroke]
    down = [point.y for point in stroke]
    return max(max(across) - min(across), max(down) - min(down))


def _drawn(stroke: Stroke) -> str:
    x, y = stroke[0][:2]
    if len(stroke) == 1:
        return f"M{max(x - 1, 0)} {y}H{x or 1}"
    return f"M{x} {y}{''.join(_bends(stroke))}L{stroke[-1].x} {stroke[-1].y}"


def _bends(stroke: Stroke) -> Iterator[str]:
    """Curves from middle to middle, bent by the points between; whole numbers, so that every machine draws the same."""
    for point, following in pairwise(stroke[1:]):
        yield f"Q{point.x} {point.y} {(point.x + following.x) // 2} {(point.y + following.y) // 2}"


def _insist(holds, reason):
    if not holds:
        raise BadStrokes(reason)
