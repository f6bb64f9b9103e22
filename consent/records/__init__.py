"""The sealed record: canonical bytes, laid out as a PDF, sealed, and checked again."""


class NotReady(ImportError):
    """A library, a font or a key that records need is missing here; the message says which, and what to do."""
