"""The one place that makes canonical bytes and digests: NFC text, RFC 8785 JSON, SHA-256."""

import hashlib
import json
import unicodedata
from decimal import Decimal

import rfc8785


class NotCanonical(ValueError):
    """A value has no canonical form: a float, NUL, a lone surrogate, or a type that JSON does not know."""


def clean(value):
    """`value` with every string in NFC; decimals become strings. Raises NotCanonical."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > 2**53 - 1:
            raise NotCanonical("a number is too large")
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dict):
        return {clean_text(key): clean(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(each) for each in value]
    # Floats print differently from one library to the next, so a digest over them would not last.
    raise NotCanonical(f"{type(value).__name__} has no canonical form")


def clean_text(text):
    if not isinstance(text, str):
        raise NotCanonical("a key is not text")
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise NotCanonical("text holds NUL or half a character")
    return unicodedata.normalize("NFC", str(text))


def dumps(value) -> bytes:
    """RFC 8785 bytes of `value`."""
    return rfc8785.dumps(clean(value))


def loads(data):
    return json.loads(bytes(data))


def digest(data) -> str:
    """SHA-256 of bytes, as 64 hexadecimal letters."""
    return hashlib.sha256(bytes(data)).hexdigest()


def digest_of(value) -> str:
    return digest(dumps(value))
