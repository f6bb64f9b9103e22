"""What a tablet loads before it can draw a page."""

import gzip

import pytest
from django.conf import settings

SHEETS = ("tokens", "forms", "patient")
MOST = 12 * 1024


def test_the_patients_style_sheets_weigh_at_most_12_kilobytes():
    weights = {name: len(gzip.compress((settings.BASE_DIR / f"static/css/{name}.css").read_bytes())) for name in SHEETS}
    assert sum(weights.values()) <= MOST, weights


@pytest.mark.parametrize("name", SHEETS)
def test_no_style_sheet_asks_another_host(name):
    css = (settings.BASE_DIR / f"static/css/{name}.css").read_text(encoding="utf-8")
    assert "url(" not in css
    assert "@import" not in css
