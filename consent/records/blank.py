"""Lay out a consent form that is to be signed by hand, from plain values; it adds the QR code's dots and page numbers."""

from django.template import Context

from consent.records import render


def blank(content: dict) -> bytes:
    """The form as PDF/A-3a and PDF/UA-1. The same values give the same bytes, as long as libraries and fonts stay."""
    return render.press(page(content))


def page(content) -> str:
    values = {"form": content, "qr": render.qr_code(content["qr"])}
    return render.ENGINE.get_template("pdf/blank.html").render(Context(values, use_l10n=False, use_tz=False))
