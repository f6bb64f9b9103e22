"""What a record says, as texts to look for on its paper."""

import re

from consent.records import shape

# What of a block's fields is words for people. Heads of a table are repeated on each of its pages.
PRINTED = [
    "heading", "paragraphs", "plain", "term", "figure", "figure_note", "seen_in", "marked", "groups", "risks", "arrays",
    "beside", "note", "cells", "rows", "text", "asked", "line", "replies", "standing", "questions", "caption",
    "references", "label", "points", "blocks",
]  # fmt: skip


def squeezed(text):
    return re.sub(r"[\s\u2066-\u2069]+", "", text)


def told(record):
    """Every text of the pages behind page 1."""
    for part in record.parts:
        yield part.heading
        yield from texts_of([part.lede, *part.blocks])


def texts_of(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, shape.Run):
        yield value.text
    elif isinstance(value, shape.Array):
        yield value.sentence
    elif isinstance(value, (tuple, list)):
        runs = value and all(isinstance(each, shape.Run) for each in value)
        yield from ["".join(run.text for run in value)] if runs else (text for each in value for text in texts_of(each))
    elif isinstance(value, shape.Shape):
        yield from texts_of([getattr(value, name) for name in PRINTED if hasattr(value, name)])
