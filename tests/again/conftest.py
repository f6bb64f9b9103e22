"""The browser of the journeys, for the desk's cover."""

from tests.journeys.conftest import chromium, places  # noqa: F401 (fixtures)
