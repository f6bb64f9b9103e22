"""A record becomes one verified file with one row, whatever happens in between."""

import io
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from consent import events, guards, work
from consent.models import Event, Record, RecordFile, SealKey, Work
from consent.records import archive, keys
from procedures import canonical
from tests.worker.rows import a_record, an_order

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]


@pytest.fixture(autouse=True)
def an_empty_archive(settings, tmp_path):
    settings.RECORDS_DIR = tmp_path / "records"


@pytest.fixture
def record():
    return a_record()


@pytest.fixture
def sealed(record):
    return archive.seal_record(record, timezone.now())


def files_in(settings):
    return sorted(path.name for path in Path(settings.RECORDS_DIR).rglob("*") if path.is_file())


class PowerCut(BaseException):
    """Ends everything, as a crash does: nothing that catches ordinary errors gets to clean up."""


def cut_at(monkeypatch, name):
    """The process dies when it comes to `name`; from then on all is well again."""
    with monkeypatch.context() as patch:

        def die(*args, **kwargs):
            raise PowerCut

        patch.setattr(archive, name, die)
        with pytest.raises(PowerCut):
            archive.seal_record(Record.objects.get(), timezone.now())


def told(command, *args, **options):
    """What a command prints, and its exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command(command, *args, stdout=out, **options)
    except SystemExit as end:
        code = end.code
    return out.getvalue(), code


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_is_named_by_its_digest(settings):
    sha256 = archive.store(b"some bytes")
    assert (settings.RECORDS_DIR / sha256[:2] / f"{sha256}.pdf").read_bytes() == b"some bytes"
    assert sha256 == canonical.digest(b"some bytes")


def test_storing_twice_keeps_one_file(settings):
    archive.store(b"some bytes")
    archive.store(b"some bytes")
    assert len(files_in(settings)) == 1


def test_storing_again_mends_a_damaged_file():
    path = archive.place(archive.store(b"some bytes"))
    path.write_bytes(b"some dust")
    archive.store(b"some bytes")
    assert path.read_bytes() == b"some bytes"


def test_a_write_that_fails_leaves_nothing(settings, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        archive.store(b"some bytes")
    assert files_in(settings) == []


# --- sealing ---------------------------------------------------------------------------------------------------------


def test_an_ordered_record_is_sealed_from_end_to_end(record):
    an_order(record)
    work.run_once()
    file = record.newest_file
    assert archive.verdict_on(archive.read(file)).ok
    assert Work.objects.get().done_at
    assert (file.pages > 3, file.size > 50_000, file.level) == (True, True, "B-B")


def test_sealing_is_written_in_the_chain(record, sealed):
    event = Event.objects.get(episode=record.episode)
    said = canonical.loads(bytes(event.payload.body))
    assert (event.kind, event.at, said) == ("sealed", sealed.at, {"record": record.digest, "file": sealed.sha256})
    assert all(verdict.whole for verdict in events.verify_all())


def test_it_does_not_seal_twice(record, sealed, settings):
    assert archive.seal_record(record, timezone.now()) == sealed
    assert files_in(settings) == [f"{sealed.sha256}.pdf"]


def test_the_key_is_listed_when_it_is_first_used(sealed):
    archive.seal_record(a_record("PC-2026-000413"), timezone.now())
    row = SealKey.objects.get()
    assert (row.fingerprint, row.development) == (archive.sealing_key().fingerprint, True)


@pytest.mark.parametrize("moment", ["enter", "store", "pages_of", "listed"])
def test_a_crash_after_sealing_leaves_one_file_and_one_row_in_the_end(record, settings, monkeypatch, moment):
    cut_at(monkeypatch, moment)
    assert not RecordFile.objects.exists()
    file = archive.seal_record(record, timezone.now())
    assert RecordFile.objects.get() == file
    assert files_in(settings) == [f"{file.sha256}.pdf"]


def test_a_crash_after_the_row_leaves_nothing_lying_about(record, settings, monkeypatch):
    cut_at(monkeypatch, "clear_away")
    file = archive.seal_record(record, timezone.now())
    assert files_in(settings) == [f"{file.sha256}.pdf"]


def test_what_was_left_is_not_believed_when_it_was_changed(record, settings, monkeypatch):
    cut_at(monkeypatch, "enter")
    left = next(archive.waiting().glob("*.pdf"))
    left.write_bytes(left.read_bytes().replace(b"/ConsentSeal", b"/ConsentSeaL"))
    assert archive.verdict_on(archive.read(archive.seal_record(record, timezone.now()))).ok


def test_what_does_not_verify_is_not_stored(record, settings, monkeypatch):
    other = keys.make_key(timezone.now())
    monkeypatch.setattr(archive.seal.Sealer, "of", lambda key: sealer_with(other))
    with pytest.raises(archive.NotVerified, match="not sealed with a key of this hospital"):
        archive.seal_record(record, timezone.now())
    assert (files_in(settings), RecordFile.objects.count()) == ([], 0)


def sealer_with(key):
    return archive.seal.Sealer(key.certificate, key.key, key.chain)


def test_without_a_key_the_record_waits_and_is_sealed_later(record, settings):
    order = an_order(record)
    settings.DEMO = False
    settings.KEYS_DIR = settings.RECORDS_DIR / "no keys here"
    work.run_once()
    order.refresh_from_db()
    assert (order.trouble, order.done_at) == ("UnusableKey: The sealing key cannot be used.", None)
    settings.DEMO = True
    Work.objects.update(due_at=timezone.now())
    work.run_once()
    assert record.is_sealed


def test_a_hospital_does_not_start_with_the_key_for_trying_out(settings, tmp_path):
    made = keys.key_for_trying_out(tmp_path / "keys")
    assert made.is_for_trying_out
    settings.DEMO, settings.KEYS_DIR = False, tmp_path / "keys"
    with pytest.raises(keys.UnusableKey, match="for trying out"):
        archive.check_ready()


# --- reading ---------------------------------------------------------------------------------------------------------


def test_a_changed_byte_is_found(sealed):
    path = archive.place(sealed.sha256)
    data = bytearray(path.read_bytes())
    data[1000] ^= 1
    path.write_bytes(data)
    with pytest.raises(archive.Damaged):
        archive.read(sealed)


def test_a_file_that_is_gone_is_said_to_be_gone(sealed):
    archive.place(sealed.sha256).unlink()
    with pytest.raises(archive.Missing):
        archive.read(sealed)


def test_a_copy_that_is_not_on_the_list_is_found_out(record, sealed):
    key = archive.sealing_key()
    again = archive.make(record, key, timezone.now()).sealed
    verdict = archive.verdict_on(again)
    assert (verdict.intact.outcome, verdict.listed.outcome, verdict.ok) == ("passed", "failed", False)


# --- commands --------------------------------------------------------------------------------------------------------


def test_verify_record_passes_what_was_sealed(sealed):
    out, code = told("verify_record", str(archive.place(sealed.sha256)))
    assert code == 0
    assert "This is a record sealed by this hospital." in out


@pytest.mark.parametrize("where", [0.01, 0.3, 0.6, 0.9, 0.999])
def test_verify_record_fails_a_flipped_byte(sealed, tmp_path, where):
    data = bytearray(archive.read(sealed))
    data[int(len(data) * where)] ^= 1
    (tmp_path / "flipped.pdf").write_bytes(data)
    out, code = told("verify_record", str(tmp_path / "flipped.pdf"))
    assert code == 1
    assert "Do not rely on this file." in out


def test_verify_record_fails_the_lot_for_one_bad_file(sealed, tmp_path):
    (tmp_path / "other.pdf").write_bytes(b"not a pdf")
    _, code = told("verify_record", str(archive.place(sealed.sha256)), str(tmp_path / "other.pdf"))
    assert code == 1


def test_verify_record_needs_only_the_certificate(sealed, settings, tmp_path, django_assert_num_queries):
    certificate = settings.KEYS_DIR / "for-trying-out" / "seal.crt"
    with django_assert_num_queries(0):
        out, code = told("verify_record", str(archive.place(sealed.sha256)), certificate=str(certificate))
    assert code == 0
    assert "not known  This file was not compared" in out


def test_verify_record_does_not_pass_another_hospitals_seal(sealed, tmp_path):
    (tmp_path / "theirs.crt").write_text(keys.make_key(timezone.now()).certificates_pem)
    _, code = told("verify_record", str(archive.place(sealed.sha256)), certificate=str(tmp_path / "theirs.crt"))
    assert code == 1


def test_verify_audit_passes_whole_chains(sealed):
    out, code = told("verify_audit")
    assert (code, out.startswith("Whole:")) == (0, True)


def test_verify_audit_finds_an_edited_event(record, sealed):
    with guards.lifted():
        Event.objects.filter(kind="sealed").update(actor="system:worker Somebody Else, system")
    out, code = told("verify_audit")
    assert code == 1
    assert f"episode:{record.episode_id}: event 1: was changed" in out
