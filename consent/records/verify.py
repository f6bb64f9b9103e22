"""Check a file against our seals and say what was found, truth by truth, in sentences for a ward clerk.

Only pyHanko's validation is used here. Nothing in a file is unpacked before it is known to be ours: a stranger's file
may be made to fill the memory. Whatever such a file provokes is a verdict, never an error page.
"""

import io
import re
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property

from asn1crypto import pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from consent.records import shape
from consent.records.keys import SealingKey
from procedures import canonical

LEVEL = "B-B"
LARGEST = 25 * 1024 * 1024
MOST_OBJECTS = 20_000
OBJECT = re.compile(rb"\d\s+obj\b")
ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
VERSION_1 = bytes.fromhex("020101")
SHA_256 = bytes.fromhex("300d06096086480165030402010500")
PACKED = re.compile(rb"/(ObjStm|XRef)\b")
# At the start of a line only: a title may speak of a trailer.
UPDATE = re.compile(rb"^(?:startxref|trailer)\s", re.MULTILINE)


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Truth:
    outcome: Outcome
    reason: str

    def __bool__(self):
        return self.outcome is Outcome.PASSED


def told(held: bool, yes: str, no: str) -> Truth:
    return Truth(Outcome.PASSED, yes) if held else Truth(Outcome.FAILED, no)


def not_known(reason: str) -> Truth:
    return Truth(Outcome.NOT_KNOWN, reason)


NOT_ASKED = not_known("This was not looked at, because an earlier check failed.")


@dataclass(frozen=True)
class PinnedKey:
    """A certificate that this hospital sealed with, and from when to when. `revoked_at`: its key was given up.

    `certificates` is PEM: the sealing certificate first, then those above it, all of which travel with each seal.
    """

    certificates: bytes
    valid_from: datetime
    valid_until: datetime | None = None
    revoked_at: datetime | None = None

    @classmethod
    def of(cls, key: SealingKey) -> "PinnedKey":
        return cls(key.certificates_pem.encode(), key.not_before, key.not_after)

    @cached_property
    def chain(self) -> list[x509.Certificate]:
        return [x509.Certificate.load(der) for _, _, der in pem.unarmor(self.certificates, multiple=True)]

    @property
    def fingerprint(self) -> str:
        return self.chain[0].sha256.hex()

    def covers(self, at: datetime) -> bool:
        certificate = self.chain[0]
        starts = max(self.valid_from, certificate.not_valid_before)
        ends = min(self.valid_until or certificate.not_valid_after, certificate.not_valid_after)
        return starts <= at <= ends


@dataclass(frozen=True)
class Verdict:
    """Several truths about a file, and one bottom line."""

    sha256: str
    listed: Truth
    intact: Truth = NOT_ASKED
    ours: Truth = NOT_ASKED
    whole_file: Truth = NOT_ASKED
    certified: Truth = NOT_ASKED
    in_force: Truth = NOT_ASKED
    unrevoked: Truth = NOT_ASKED
    level: Truth = NOT_ASKED
    record: Truth = NOT_ASKED
    time: Truth = NOT_ASKED
    sealed_at: datetime | None = None
    signer: str = ""
    fingerprint: str = ""
    record_json: bytes | None = field(default=None, repr=False)
    record_digest: str | None = None

    @property
    def truths(self) -> dict[str, Truth]:
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in named.items() if isinstance(value, Truth)}

    @property
    def outcome(self) -> Outcome:
        outcomes = {truth.outcome for truth in self.truths.values()}
        if Outcome.FAILED in outcomes:
            return Outcome.FAILED
        needed = (self.intact, self.ours, self.whole_file, self.certified, self.in_force, self.level, self.record)
        return Outcome.PASSED if all(needed) else Outcome.NOT_KNOWN

    @property
    def ok(self) -> bool:
        return self.outcome is Outcome.PASSED

    @property
    def reasons(self) -> list[str]:
        return [truth.reason for truth in self.truths.values() if truth.outcome is Outcome.FAILED]

    @property
    def bottom_line(self) -> str:
        if self.ok:
            return "This is a record sealed by this hospital. Nothing in it has changed since."
        return "Do not rely on this file. " + " ".join(self.reasons)


class Refused(Exception):
    """The file is not one of ours, or is not worth reading further; the message is for the reader."""


def verify(
    data: bytes,
    *,
    pinned: list[PinnedKey],
    expected_sha256: str | None = None,
    expected_record: str | None = None,
    level: str = LEVEL,
) -> Verdict:
    """What can be said about `data`. Give `expected_sha256`, the digest kept when the file was sealed, where known.

    Only with it is every byte accounted for: a seal by its nature cannot speak about its own wrapping.
    """
    sha256 = canonical.digest(data)
    listed = is_listed(sha256, expected_sha256)
    try:
        return judge(data, sha256, listed, pinned, expected_record, level)
    except Refused as refusal:
        return Verdict(sha256, listed, intact=Truth(Outcome.FAILED, str(refusal)))
    except Exception:
        # Whatever a hostile file provokes in the libraries is a refusal, and its text may be the file's.
        return Verdict(sha256, listed, intact=Truth(Outcome.FAILED, "The file is damaged, or was made to look so."))


def is_listed(sha256, expected):
    if expected is None:
        return not_known("This file was not compared with the hospital’s list of sealed files.")
    yes = "It is, byte for byte, the file that was sealed."
    return told(sha256 == expected, yes, "It is not, byte for byte, the file that was sealed.")


def judge(data, sha256, listed, pinned, expected_record, level):
    refuse_what_we_never_make(data)
    reader = PdfFileReader(io.BytesIO(data), strict=True)
    if reader.encrypted:
        raise Refused("The file is locked with a password, as no record of ours is.")
    seal = the_one_seal(reader)
    certificate, claimed = seal.signer_cert, seal.self_reported_timestamp
    key = next((each for each in pinned if each.fingerprint == certificate.sha256.hex()), None)
    status = pyhanko_status(seal, certificate, claimed)
    truths = {
        "intact": is_intact(data, seal, status, key),
        "ours": told(
            key is not None,
            "It was sealed with this hospital’s key.",
            "It was not sealed with a key of this hospital.",
        ),
        "whole_file": covers_everything(data, seal, status),
        "certified": is_certified(seal),
        "in_force": was_in_force(key, claimed),
        "unrevoked": is_unrevoked(key, claimed, listed),
        "level": has_level(reader, seal, level),
        "time": not_known("The time is this hospital’s own word; no outside clock confirms it."),
    }
    if all(truths[name] for name in ("intact", "ours", "whole_file")):
        truths |= record_inside(reader, expected_record)
    return Verdict(
        sha256,
        listed,
        **truths,
        sealed_at=claimed,
        signer=certificate.subject.native.get("common_name", certificate.subject.human_friendly),
        fingerprint=certificate.sha256.hex(),
    )


# --- before reading --------------------------------------------------------------------------------------------------


def refuse_what_we_never_make(data):
    """Cheap looks that keep strangers' tricks away from the reader: bombs, encryption, endless chains of updates."""
    if len(data) > LARGEST:
        raise Refused("The file is larger than any record.")
    if not data.startswith(b"%PDF-"):
        raise Refused("The file is not a PDF.")
    if PACKED.search(unescaped(data)):
        raise Refused("The file was saved again by another program, so its seal is gone.")
    if sum(1 for _ in OBJECT.finditer(data)) > MOST_OBJECTS:
        raise Refused("The file holds more objects than any record.")
    if len(UPDATE.findall(data)) > 4:
        raise Refused("Something was added to the file after it was sealed.")


def unescaped(data):
    """Names may be written with #-escapes, which would hide a word from a plain search."""
    return ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), data)


def the_one_seal(reader):
    seals, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    if not seals:
        raise Refused("The file carries no seal.")
    if len(seals) > 1 or stamps:
        raise Refused("The file carries more signatures than the one seal it was given.")
    return seals[0]


def pyhanko_status(seal, certificate, claimed):
    # The certificate is its own root here: whether it is ours is decided by its fingerprint alone, and whether it was
    # in force by the time of sealing, so that a record does not become false on the day its certificate runs out.
    context = ValidationContext(
        trust_roots=[certificate],
        allow_fetching=False,
        revocation_mode="soft-fail",
        moment=claimed or datetime.now(UTC),
    )
    # Later revisions are not compared: a file that has any fails, since the seal must cover all of it.
    return validate_pdf_signature(seal, context, skip_diff=True)


# --- truths ----------------------------------------------------------------------------------------------------------


def is_intact(data, seal, status, key):
    held = status.intact and status.valid and wrapping_is_plain(data, seal) and chain_is_known(key, seal)
    return told(held, "What was sealed has not changed.", "The file was changed after it was sealed.")


def wrapping_is_plain(data, seal):
    """The seal does not cover its own wrapping: so no other spelling in it, no words in its padding."""
    content = seal.pkcs7_content
    return written_as_made(data, seal, content) and not any(content[der_length(content) :]) and names_sha256(seal)


def names_sha256(seal):
    signed, signer = seal.signed_data, seal.signer_info
    versions = {signed["version"].dump(), signer["version"].dump()}
    algorithms = {signed["digest_algorithms"].contents, signer["digest_algorithm"].dump()}
    return versions == {VERSION_1} and algorithms == {SHA_256}


def written_as_made(data, seal, content):
    _, before, after, _ = seal.byte_range
    return data[before:after] == b"<" + content.hex().upper().encode() + b">"


def der_length(content):
    """Bytes of the one DER value that `content` starts with."""
    if content[1] < 0x80:
        return 2 + content[1]
    size = content[1] & 0x7F
    return 2 + size + int.from_bytes(content[2 : 2 + size])


def chain_is_known(key, seal):
    """The certificates that travel with the seal are not covered by it, so they must be the very ones we pinned."""
    return key is None or {each.sha256 for each in seal.other_embedded_certs} <= {each.sha256 for each in key.chain}


def covers_everything(data, seal, status):
    first, _, after, rest = seal.byte_range
    held = status.coverage == SignatureCoverageLevel.ENTIRE_FILE and first == 0 and after + rest == len(data)
    return told(held, "The seal covers the whole file.", "A part of the file lies outside the seal.")


def is_certified(seal):
    return told(
        seal.docmdp_level == MDPPerm.NO_CHANGES,
        "The seal allows no change at all.",
        "The seal does not forbid changes, as ours does.",
    )


def was_in_force(key, claimed):
    if key is None or claimed is None:
        return Truth(Outcome.FAILED, "No key of this hospital was in force for it.")
    return told(
        key.covers(claimed),
        "The key was in force on the day of sealing.",
        "The key was not in force on the day of sealing.",
    )


def is_unrevoked(key, claimed, listed):
    if key is None or claimed is None:
        return NOT_ASKED
    if key.revoked_at is None:
        return not_known("This hospital has not given the key up; the authority above it was not asked.")
    # Who has a lost key can write any time into a seal, so from then on only the list of sealed files counts.
    return told(
        bool(listed) and claimed < key.revoked_at,
        "The key was given up later; this file is in the list of those sealed before.",
        "The key has been given up, and this file is not in the list of those sealed before.",
    )


def has_level(reader, seal, wanted):
    if wanted != LEVEL:
        return not_known(f"Seals of the kind {wanted} cannot be judged here yet.")
    # A time stamp or anything else that the seal does not cover would be an unsigned attribute, or a store of its own.
    held = seal.signer_info["unsigned_attrs"].native is None and "/DSS" not in reader.root
    return told(held, f"The seal is of the expected kind, {LEVEL}.", f"The seal is not of the expected kind, {LEVEL}.")


def record_inside(reader, expected):
    attached = [each.get_object() for each in reader.root.get("/AF", [])]
    if [(each.get("/UF"), each.get("/AFRelationship")) for each in attached] != [("record.json", "/Data")]:
        return {"record": Truth(Outcome.FAILED, "The record’s own words are not inside the file.")}
    data = attached[0]["/EF"]["/F"].data
    digest = canonical.digest(data)
    held = is_record(data) and expected in (None, digest)
    yes = (
        "The record’s own words are inside, and are the ones expected."
        if expected
        else "The record’s own words are inside."
    )
    truth = told(held, yes, "The words inside the file are not those of the record.")
    return {"record": truth, "record_json": data, "record_digest": digest}


def is_record(data):
    try:
        return str(shape.canonical_value(data).get("schema", "")).startswith("plainconsent.record/")
    except shape.NotARecord:
        return False
