"""Where the sealing key comes from, and which keys are refused."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12

from consent.records import keys
from tests.records.conftest import SEALED_AT


def test_the_first_run_makes_a_key_and_the_second_finds_it(tmp_path):
    first = keys.key_for_trying_out(tmp_path / "key", SEALED_AT)
    assert keys.key_for_trying_out(tmp_path / "key").fingerprint == first.fingerprint


def test_two_that_start_at_once_find_one_key(tmp_path):
    with ThreadPoolExecutor(8) as together:
        found = list(together.map(lambda _: keys.key_for_trying_out(tmp_path / "key", SEALED_AT), range(8)))
    assert len({key.fingerprint for key in found}) == 1


def test_only_its_owner_may_read_the_key(tmp_path):
    keys.key_for_trying_out(tmp_path / "key", SEALED_AT)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "key" / "seal.key").stat().st_mode) == 0o600


def test_the_authoritys_own_key_is_not_kept(tmp_path):
    keys.key_for_trying_out(tmp_path / "key", SEALED_AT)
    assert sorted(path.name for path in (tmp_path / "key").iterdir()) == ["seal.crt", "seal.key"]


def test_a_key_for_trying_out_says_so(tmp_path):
    key = keys.key_for_trying_out(tmp_path / "key", SEALED_AT)
    assert key.is_for_trying_out
    assert "NOT FOR CLINICAL USE" in key.subject
    assert isinstance(key.key.curve, ec.SECP256R1)


def test_a_key_is_in_force_from_to(authority):
    key = authority.issue(SEALED_AT, until=SEALED_AT + timedelta(days=30))
    assert key.is_in_force(SEALED_AT)
    assert not key.is_in_force(SEALED_AT + timedelta(days=31))
    assert not key.is_in_force(SEALED_AT - timedelta(days=2))


@pytest.fixture
def p12(tmp_path, sealing_key):
    path, locked = tmp_path / "seal.p12", serialization.BestAvailableEncryption(b"open sesame")
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"seal", sealing_key.key, sealing_key.certificate, sealing_key.chain, locked
        )
    )
    return path


def test_a_pkcs12_file_brings_key_certificate_and_chain(p12, sealing_key):
    key = keys.load_pkcs12(p12, "open sesame")
    assert key.fingerprint == sealing_key.fingerprint
    assert key.certificates_pem == sealing_key.certificates_pem


@pytest.mark.parametrize("passphrase", ["open barley", None])
def test_another_passphrase_is_told_and_not_repeated(p12, passphrase):
    with pytest.raises(keys.UnusableKey, match="passphrase") as refusal:
        keys.load_pkcs12(p12, passphrase)
    assert "barley" not in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(keys.UnusableKey, match="nowhere.p12"):
        keys.load_pkcs12(tmp_path / "nowhere.p12", "x")


def test_a_file_that_is_no_key_is_told(tmp_path):
    (tmp_path / "x").write_text("no key")
    with pytest.raises(keys.UnusableKey, match="PEM"):
        keys.load_pem(tmp_path / "x", tmp_path / "x")


def test_a_key_and_another_keys_certificate_are_refused(authority, sealing_key):
    with pytest.raises(keys.UnusableKey, match="belong together"):
        keys.SealingKey(sealing_key.certificate, authority.key)


def test_weak_and_unread_kinds_of_key_are_refused():
    assert not keys.sealable(ed25519.Ed25519PrivateKey.generate())
    assert not keys.sealable(rsa.generate_private_key(65537, 2048))
    assert keys.sealable(ec.generate_private_key(ec.SECP384R1()))
