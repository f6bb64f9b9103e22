"""The arithmetic of an icon array: one dot a person, filled from the top, drawn as two stroked paths."""

STEP = 10  # from one dot to the next; the stroke's dash pattern (0 10) sets a round dot at each


def dots(n, of, columns=None):
    """Paths for `n` of `of` people: `is` for those counted, `not` for the rest, and the viewBox they are drawn in."""
    if not 0 <= n <= of or of < 1:
        raise ValueError("the people counted must lie between none and all")
    columns = columns or (40 if of >= 1000 else 10)
    rows = -(-of // columns)
    return {
        "is": _path(0, n, columns),
        "not": _path(n, of, columns),
        "viewbox": f"0 0 {columns * STEP} {rows * STEP}",
    }


def _path(start, end, columns):
    """One stroke a row, from dot `start` up to, not including, dot `end`."""
    strokes = []
    while start < end:
        row, column = divmod(start, columns)
        run = min(columns - column, end - start)
        strokes.append(_stroke(row, column, run))
        start += run
    return "".join(strokes)


def _stroke(row, column, run):
    # A tenth past the last dot, so that its dash begins inside the line.
    length = f"{STEP * (run - 1)}.1" if run > 1 else ".1"
    return f"M{STEP * column + 5} {STEP * row + 5}h{length}"
