"""Every sample is laid out and sealed once in a test run: that is the slow part."""

import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from consent.records import keys, shape
from consent.records.verify import PinnedKey
from tests.records.samples import SAMPLES

SEALED_AT = datetime(2026, 11, 20, 10, 45, tzinfo=UTC)


@dataclass(frozen=True)
class Laid:
    """A sample on its way: the canonical bytes, the unsealed PDF, the sealed one, and where that lies."""

    data: bytes
    unsealed: bytes
    sealed: bytes
    path: Path

    def text(self, *options):
        done = subprocess.run(["pdftotext", *options, str(self.path), "-"], capture_output=True, text=True, check=True)
        return done.stdout


@pytest.fixture(scope="session")
def authority():
    return keys.make_authority(SEALED_AT)


@pytest.fixture(scope="session")
def sealing_key(authority):
    return authority.issue(SEALED_AT)


@pytest.fixture(scope="session")
def pinned(sealing_key):
    return [PinnedKey.of(sealing_key)]


@pytest.fixture(scope="session")
def sealer(sealing_key):
    from consent.records.seal import Sealer

    return Sealer.of(sealing_key)


@pytest.fixture(scope="session")
def laid(sealer, tmp_path_factory):
    from consent.records import render

    folder = tmp_path_factory.mktemp("sealed")
    return {name: lay(name, make, render, sealer, folder) for name, make in SAMPLES.items()}


def lay(name, make, render, sealer, folder):
    data = shape.dump(make())
    unsealed = render.render(data)
    sealed = sealer.seal(
        unsealed, reason="Consent record sealed", name="Example General Hospital", location="Imaging", at=SEALED_AT
    )
    path = folder / f"{name}.pdf"
    path.write_bytes(sealed)
    return Laid(data, unsealed, sealed, path)


@pytest.fixture(scope="session")
def sealed(laid):
    """The sealed complete consent."""
    return laid["consent"].sealed
