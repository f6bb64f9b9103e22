"""What the hospital's own program against viruses says of an upload, before anything of it is opened here."""

import logging
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 60
CLEAN, INFECTED = 0, 1
log = logging.getLogger(__name__)


def objection(data) -> str:
    """Why this file may not be taken in, in words for staff; empty when it may. A scanner that fails lets nothing through."""
    said = verdict(data) if settings.SCAN_COMMAND else CLEAN
    if said == CLEAN:
        return ""
    if said == INFECTED:
        log.error("ALARM The scanner calls an upload infected. It was not kept.")
        return _("The virus scanner does not let this file in. Scan the paper again, and tell your IT team.")
    log.error("ALARM The scanner of uploads fails (%s). No upload is taken until it works.", said)
    return _("This file could not be checked for viruses, so it was not taken. Keep the paper, and tell your IT team.")


def verdict(data):
    """The scanner's exit code, or in a word what went wrong."""
    with tempfile.TemporaryDirectory(prefix="scan-") as folder:
        path = Path(folder) / "upload"
        path.write_bytes(data)
        try:
            return subprocess.run(
                [*settings.SCAN_COMMAND, str(path)], timeout=SECONDS, check=False,
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            ).returncode  # fmt: skip
        except (OSError, subprocess.TimeoutExpired) as problem:
            return type(problem).__name__
