"""Checking a file: an honest one passes, every other one is refused with a sentence, and none breaks the checker."""

import hashlib
import io
import random
import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from consent.records import render, shape
from consent.records.seal import Sealer
from consent.records.verify import Outcome, PinnedKey, verify
from tests.records import samples
from tests.records.conftest import SEALED_AT
from tests.records.samples import SAMPLES

pytestmark = pytest.mark.pdf
WORDS = {"reason": "Consent record sealed", "name": "Example General Hospital", "location": "Imaging"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# --- an honest file --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_an_untouched_record_passes(laid, pinned, name):
    verdict = verify(laid[name].sealed, pinned=pinned, expected_sha256=sha256(laid[name].sealed))
    assert verdict.ok, verdict.reasons
    assert verdict.bottom_line == "This is a record sealed by this hospital. Nothing in it has changed since."


def test_the_record_comes_out_as_it_went_in(laid, pinned):
    verdict = verify(laid["consent"].sealed, pinned=pinned, expected_record=sha256(laid["consent"].data))
    assert verdict.record_json == laid["consent"].data
    assert verdict.record_digest == sha256(laid["consent"].data)
    assert verdict.record


def test_what_cannot_be_known_is_said(sealed, pinned):
    verdict = verify(sealed, pinned=pinned)
    assert verdict.listed.outcome is Outcome.NOT_KNOWN
    assert verdict.time.outcome is Outcome.NOT_KNOWN
    assert verdict.unrevoked.outcome is Outcome.NOT_KNOWN
    assert verdict.ok


def test_the_time_of_sealing_is_told(sealed, pinned):
    assert verify(sealed, pinned=pinned).sealed_at == SEALED_AT


def long_ago(authority):
    start = datetime(2020, 1, 1, tzinfo=UTC)
    return authority.issue(start, until=start + timedelta(days=365))


def test_a_certificate_that_has_expired_since_still_passes(laid, authority):
    key = long_ago(authority)
    sealed = Sealer.of(key).seal(laid["consent"].unsealed, **WORDS, at=datetime(2020, 6, 1, tzinfo=UTC))
    verdict = verify(sealed, pinned=[PinnedKey.of(key)])
    assert verdict.in_force
    assert verdict.ok, verdict.reasons


def test_a_seal_made_after_the_certificate_expired_fails(laid, authority):
    key = long_ago(authority)
    sealed = Sealer.of(key).seal(laid["consent"].unsealed, **WORDS, at=datetime(2022, 6, 1, tzinfo=UTC))
    verdict = verify(sealed, pinned=[PinnedKey.of(key)])
    assert not verdict.ok
    assert verdict.in_force.reason == "The key was not in force on the day of sealing."


def test_a_key_pinned_for_another_time_fails(sealed, pinned):
    retired = replace(pinned[0], valid_until=SEALED_AT - timedelta(minutes=1))
    assert not verify(sealed, pinned=[retired]).in_force


def test_a_key_given_up_before_fails(sealed, pinned):
    given_up = replace(pinned[0], revoked_at=SEALED_AT - timedelta(days=1))
    assert not verify(sealed, pinned=[given_up], expected_sha256=sha256(sealed)).ok


def test_a_key_given_up_later_passes_only_for_a_listed_file(sealed, pinned):
    given_up = [replace(pinned[0], revoked_at=SEALED_AT + timedelta(days=1))]
    assert verify(sealed, pinned=given_up, expected_sha256=sha256(sealed)).ok
    assert not verify(sealed, pinned=given_up).ok


# --- somebody else's seal --------------------------------------------------------------------------------------------


def test_another_certificate_of_the_same_authority_fails(laid, authority, pinned):
    other = authority.issue(SEALED_AT)
    sealed = Sealer.of(other).seal(laid["consent"].unsealed, **WORDS, at=SEALED_AT)
    verdict = verify(sealed, pinned=pinned)
    assert not verdict.ok
    assert verdict.ours.outcome is Outcome.FAILED
    assert verdict.record_json is None


def test_without_pinned_keys_nothing_passes(sealed):
    assert not verify(sealed, pinned=[]).ok


def test_a_seal_that_allows_changes_is_not_ours(laid, sealer, pinned):
    loose = signers.PdfSignatureMetadata(
        field_name="ConsentSeal", md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES
    )
    out = io.BytesIO()
    signers.PdfSigner(loose, sealer.signer).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(laid["consent"].unsealed)), output=out
    )
    verdict = verify(out.getvalue(), pinned=pinned)
    assert verdict.certified.outcome is Outcome.FAILED
    assert not verdict.ok


def test_a_sealed_file_without_its_record_fails(sealer, pinned):
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    verdict = verify(sealer.seal(out.getvalue(), **WORDS, at=SEALED_AT), pinned=pinned)
    assert verdict.record.outcome is Outcome.FAILED
    assert not verdict.ok


def test_the_record_of_somebody_else_is_not_the_expected_one(laid, pinned):
    verdict = verify(laid["consent"].sealed, pinned=pinned, expected_record=sha256(laid["refusal"].data))
    assert verdict.record.outcome is Outcome.FAILED


def test_a_file_of_ours_that_is_not_the_listed_one_fails(laid, pinned):
    verdict = verify(laid["consent"].sealed, pinned=pinned, expected_sha256=sha256(laid["refusal"].sealed))
    assert verdict.listed.outcome is Outcome.FAILED
    assert not verdict.ok


def test_a_kind_of_seal_that_cannot_be_judged_does_not_pass(sealed, pinned):
    verdict = verify(sealed, pinned=pinned, level="B-LTA")
    assert verdict.level.outcome is Outcome.NOT_KNOWN
    assert not verdict.ok


# --- a changed file --------------------------------------------------------------------------------------------------


def gap(data):
    """Where the seal's own wrapping lies: the bytes that it does not cover."""
    before, after = re.search(rb"/ByteRange \[0 (\d+) (\d+)", data).groups()
    return int(before), int(after)


def flipped(data, at, bit=1):
    changed = bytearray(data)
    changed[at] ^= bit
    return bytes(changed)


def updated(data, change):
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_new_title(writer):
    writer.set_info(writer.add_object(generic.DictionaryObject({generic.pdf_name("/Title"): generic.pdf_string("x")})))


def with_emptied_page(writer):
    page = writer.root["/Pages"]["/Kids"][0]
    page["/Contents"] = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.update_container(page)


def saved_again(data):
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        pdf.save(out)
    return out.getvalue()


TAMPERED = {
    "a byte appended": lambda data: data + b"\n",
    "a byte cut off": lambda data: data[:-1],
    "a byte put before": lambda data: b"\n" + data,
    "the title changed": lambda data: updated(data, with_new_title),
    "a page emptied": lambda data: updated(data, with_emptied_page),
    "saved again": saved_again,
    "a word after the seal": lambda data: data[: gap(data)[1] - 3] + b"41" + data[gap(data)[1] - 1 :],
    "the seal in small letters": lambda data: data.replace(b"3082062", b"3082062".lower()).replace(b"2A86", b"2a86", 1),
    "the range widened": lambda data: data.replace(b"/ByteRange [0 ", b"/ByteRange [1 "),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_changed_file_is_found(sealed, pinned, how):
    changed = TAMPERED[how](sealed)
    assert changed != sealed
    verdict = verify(changed, pinned=pinned)
    assert not verdict.ok
    assert verdict.reasons


def test_a_stripped_seal_is_told(laid, pinned):
    verdict = verify(laid["consent"].unsealed, pinned=pinned)
    assert verdict.reasons == ["The file carries no seal."]


def test_a_changed_byte_is_found_wherever_it_is(sealed, pinned):
    chance = random.Random(412)
    places = [chance.randrange(len(sealed)) for _ in range(40)]
    for at in places:
        assert not verify(flipped(sealed, at), pinned=pinned).ok, at


def test_a_changed_byte_in_the_seals_own_wrapping_is_found(sealed, pinned):
    start, end = gap(sealed)
    for at in [*range(start, start + 200, 3), *range(start + 200, end, 53)]:
        changed = sealed[:at] + (b"1" if sealed[at : at + 1] != b"1" else b"2") + sealed[at + 1 :]
        assert not verify(changed, pinned=pinned).ok, at - start


def test_pages_laid_out_again_under_a_strangers_seal_fail(laid, pinned, authority):
    other = Sealer.of(authority.issue(SEALED_AT))
    assert not verify(other.seal(laid["refusal"].unsealed, **WORDS, at=SEALED_AT), pinned=pinned).ok


# --- a hostile file --------------------------------------------------------------------------------------------------


def pdf_of(objects, trailer):
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        trailer.replace(b"HERE", b"%d" % start),
        start,
    )


def locked():
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        plain = pikepdf.ObjectStreamMode.disable
        pdf.save(out, object_stream_mode=plain, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


CATALOG = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [3 0 R] >> >>"
PAGES = b"<< /Type /Pages /Kids [] /Count 0 >>"
HOSTILE = {
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "only a beginning": b"%PDF-1.7\n",
    "a million objects": b"%PDF-1.7\n" + b"1 0 obj\nendobj\n" * 1_000_000,
    "too large": b"%PDF-1.7\n" + bytes(26 * 1024 * 1024),
    "an update that points at itself": pdf_of([CATALOG, PAGES, b"<< /FT /Sig >>"], b"/Prev HERE"),
    "fields in a circle": pdf_of([CATALOG, PAGES, b"<< /T (a) /Kids [3 0 R] >>"], b""),
    "an object that is itself": pdf_of([CATALOG, PAGES, b"3 0 R"], b""),
    "very deep": pdf_of([CATALOG, PAGES, b"[" * 200_000], b""),
    "a packed store of objects": pdf_of([CATALOG, PAGES, b"<< /Type /ObjStm >>"], b""),
    "a packed store in disguise": pdf_of([CATALOG, PAGES, b"<< /Type /Obj#53tm >>"], b""),
    "encrypted": locked(),
    "encrypted by nothing": pdf_of([CATALOG, PAGES, b"<< >>"], b"/Encrypt << >>"),
    "a signature of nothing": pdf_of(
        [
            CATALOG,
            PAGES,
            b"<< /FT /Sig /T (ConsentSeal) /V << /Type /Sig /ByteRange [0 1 2 3] /Contents <30> "
            b"/SubFilter /ETSI.CAdES.detached >> >>",
        ],
        b"",
    ),
    "an endless table": b"%PDF-1.7\nxref\n0 99999999999\ntrailer\n<< >>\nstartxref\n9\n%%EOF\n",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_soon_and_quietly(pinned, what):
    start = time.process_time()
    verdict = verify(HOSTILE[what], pinned=pinned)
    assert time.process_time() - start < 3
    assert verdict.outcome is Outcome.FAILED
    assert verdict.bottom_line.startswith("Do not rely on this file. ")


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("a picture", "The file is not a PDF."),
        ("too large", "The file is larger than any record."),
        ("a million objects", "The file holds more objects than any record."),
        ("a packed store of objects", "The file was saved again by another program, so its seal is gone."),
        ("a packed store in disguise", "The file was saved again by another program, so its seal is gone."),
        ("encrypted", "The file is locked with a password, as no record of ours is."),
        ("fields in a circle", "The file is damaged, or was made to look so."),
    ],
)
def test_the_reason_of_a_refusal_is_told(pinned, what, reason):
    assert verify(HOSTILE[what], pinned=pinned).reasons == [reason]


def test_a_record_that_speaks_of_trailers_is_not_taken_for_an_altered_file(sealer, pinned):
    told = "Fell from a trailer; the trailer, a trailer. startxref startxref startxref"
    pdf = render.render(shape.dump(samples.consent(title=told, parts=[])))
    assert verify(sealer.seal(pdf, **WORDS, at=SEALED_AT), pinned=pinned).ok


def test_a_file_cut_anywhere_is_refused(sealed, pinned):
    chance = random.Random(7)
    for _ in range(25):
        assert not verify(sealed[: chance.randrange(len(sealed))], pinned=pinned).ok


def test_a_verdict_never_prints_the_record(sealed, pinned):
    assert "Maria" not in repr(verify(sealed, pinned=pinned))
