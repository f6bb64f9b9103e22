"""Keep sealed files under their SHA-256, and make them: render, seal, verify, and only then store.

A crash at any point leaves either nothing or something that the next try finishes: one file, one row.
"""

import io
import os
import re
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from pyhanko.pdf_utils.reader import PdfFileReader

from consent import events
from consent.models import Record, RecordFile, SealKey
from consent.records import NotReady, keys, seal, verify
from procedures import canonical

NAME = re.compile(r"[0-9a-f]{64}")


class Missing(Exception):
    """The sealed file is not where it was stored."""


class Damaged(Exception):
    """The stored file is not the one that was sealed."""


class NotVerified(Exception):
    """What was just sealed does not pass our own verification, so it was not stored."""


# --- files -----------------------------------------------------------------------------------------------------------


def store(data: bytes) -> str:
    """Keep `data` for good and return its SHA-256. Storing it again changes nothing."""
    sha256 = canonical.digest(data)
    if not holds(place(sha256), sha256):
        write_whole(place(sha256), data)
    return sha256


def read(record_file) -> bytes:
    """The sealed bytes. Raises Missing or Damaged: nothing else is ever handed out in their place."""
    try:
        data = place(record_file.sha256).read_bytes()
    except OSError as error:
        raise Missing(f"The sealed file of record {record_file.record_id} cannot be read from the archive.") from error
    if canonical.digest(data) != record_file.sha256:
        raise Damaged(f"The sealed file of record {record_file.record_id} has been changed in the archive.")
    return data


def place(sha256) -> Path:
    if not NAME.fullmatch(sha256):
        raise ValueError("A file of the archive is named by a SHA-256.")
    return Path(settings.RECORDS_DIR) / sha256[:2] / f"{sha256}.pdf"


def holds(path, sha256):
    # A damaged file counts as absent: storing the right bytes mends it.
    return path.exists() and canonical.digest(path.read_bytes()) == sha256


def write_whole(path, data):
    """Whole or not at all, and still there after the power fails: file, name and folder all reach the disk."""
    make_folder(path.parent)
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def make_folder(folder):
    if folder.exists():
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync_folder(folder.parent)


def sync_folder(folder):
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


# --- keys ------------------------------------------------------------------------------------------------------------


def sealing_key() -> keys.SealingKey:
    """The hospital's key from the keys folder. Only a demonstration may make one of its own."""
    key = found_key(Path(settings.KEYS_DIR), os.environ.get("PLAIN_SEAL_PASSPHRASE") or None)
    if key.is_for_trying_out and not settings.DEMO:
        raise keys.UnusableKey("The sealing key is for trying out; a hospital needs its own.")
    return key


def found_key(folder, passphrase):
    if (folder / "seal.p12").exists():
        return keys.load_pkcs12(folder / "seal.p12", passphrase)
    if (folder / "seal.crt").exists():
        return keys.load_pem(folder / "seal.crt", folder / "seal.key", passphrase)
    if settings.DEMO:
        return keys.key_for_trying_out(folder / "for-trying-out")
    raise keys.UnusableKey("There is no sealing key: put seal.p12, or seal.crt with seal.key, into the keys folder.")


def check_ready() -> None:
    """Raise UnusableKey or NotReady, with a sentence for the operator, when records could not be sealed here now."""
    key = sealing_key()
    if not key.is_in_force(datetime.now(UTC)):
        raise keys.UnusableKey("The sealing key’s certificate is not in force today.")
    try:
        probe = Path(settings.RECORDS_DIR) / "waiting" / ".probe"
        write_whole(probe, b"")
        probe.unlink()
    except OSError as error:
        raise NotReady(f"The records folder cannot be written: {error.strerror}.") from error
    printer().check_ready()


def pinned_keys() -> list[verify.PinnedKey]:
    """Every certificate this hospital has sealed with: what verification trusts, and nothing else."""
    return [
        verify.PinnedKey(f"{row.certificate}{row.issuer}".encode(), row.valid_from, row.valid_to)
        for row in SealKey.objects.order_by("id")
    ]


def listed(key, *, organisation, at) -> SealKey:
    """The row of this key, made when it is first used."""
    row = SealKey.objects.filter(fingerprint=key.fingerprint).first()
    if row is None:
        row = SealKey.objects.create(
            fingerprint=key.fingerprint,
            certificate=keys.pem(key.certificate),
            issuer="".join(map(keys.pem, key.chain)),
            valid_from=key.not_before,
            valid_to=key.not_after,
            development=key.is_for_trying_out,
            listed_at=at,
        )
        events.write("seal key listed", by=events.SYSTEM, organisation=organisation, at=at, key=key.fingerprint)
    return row


# --- sealing ---------------------------------------------------------------------------------------------------------


def seal_record(record: Record, at: datetime) -> RecordFile:
    """The sealed file of `record`: the one it has, or one made, verified and stored now."""
    if record.is_sealed:
        clear_away(record)
        return record.newest_file
    key = sealing_key()
    made = left_from_before(record, key) or make(record, key, at)
    verdict = verdict_of(made, record, key)
    if not verdict.ok:
        clear_away(record)
        raise NotVerified(" ".join(verdict.reasons))
    file = enter(record, key, made, at)
    clear_away(record)
    return file


@dataclass(frozen=True)
class Made:
    """Sealed bytes that have no row yet, and the digest of what was sealed."""

    sealed: bytes
    unsealed_sha256: str


def make(record, key, at) -> Made:
    """Lay out and seal, and leave it in the waiting folder for the next try, should this one die."""
    unsealed = printer().render(bytes(record.body))
    content = record.content
    sealed = seal.Sealer.of(key).seal(
        unsealed,
        reason=f"Record {content['number']} as it was composed, sha256 {record.digest}",
        name=content["organisation"]["name"],
        location=content["organisation"]["name"],
        at=at,
    )
    made = Made(sealed, canonical.digest(unsealed))
    write_whole(waiting() / f"{record.digest}.{made.unsealed_sha256}.pdf", sealed)
    return made


def left_from_before(record, key) -> Made | None:
    """What an earlier try sealed, when it died before its row was written: using it keeps one file for one record."""
    for path in waiting().glob(f"{record.digest}.*.pdf"):
        made = Made(path.read_bytes(), path.name.split(".")[1])
        if verdict_of(made, record, key).ok:
            return made
    clear_away(record)
    return None


@transaction.atomic
def enter(record, key, made, at) -> RecordFile:
    """Store the file, then its row and event together. A second worker that was as quick finds the first one's row."""
    Record.objects.select_for_update().get(pk=record.pk)
    if record.is_sealed:
        return record.newest_file
    file = RecordFile.objects.create(
        record=record,
        sha256=store(made.sealed),
        unsealed_sha256=made.unsealed_sha256,
        size=len(made.sealed),
        pages=pages_of(made.sealed),
        level=seal.LEVEL,
        key=listed(key, organisation=record.episode.organisation, at=at),
        at=at,
    )
    events.write("sealed", by=events.SYSTEM, episode=record.episode, at=at, record=record.digest, file=file.sha256)
    return file


def waiting() -> Path:
    return Path(settings.RECORDS_DIR) / "waiting"


def clear_away(record):
    for path in waiting().glob(f"{record.digest}.*.pdf"):
        path.unlink(missing_ok=True)


def pages_of(data):
    return int(PdfFileReader(io.BytesIO(data)).root["/Pages"]["/Count"])


def printer():
    # Not above: the web's processes read the archive but never lay out, and must start, and take signatures, even when
    # the layout's libraries are missing.
    from consent.records import render

    return render


# --- verifying -------------------------------------------------------------------------------------------------------


def verdict_of(made, record, key):
    """Our own verifier's word before anything is stored: it must be sealed by this key, and hold this record."""
    return verify.verify(made.sealed, pinned=[verify.PinnedKey.of(key)], expected_record=record.digest)


def verdict_on(data: bytes) -> verify.Verdict:
    """What this hospital can say about a file that somebody brings: seal, words, and our list of sealed files."""
    pinned = pinned_keys()
    verdict = verify.verify(data, pinned=pinned)
    of_this_record = RecordFile.objects.filter(record__digest=verdict.record_digest or "")
    files = list(of_this_record.order_by("-id").values_list("sha256", flat=True))
    if not files:
        return verdict
    expected = verdict.sha256 if verdict.sha256 in files else files[0]
    return verify.verify(data, pinned=pinned, expected_sha256=expected)
