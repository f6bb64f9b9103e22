"""The seal as other programs see it: standards, syntax and signature."""

import subprocess

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.general import SigningError

from consent.records import keys
from consent.records.seal import Sealer
from consent.records.verify import PinnedKey, verify
from tests.records.conftest import SEALED_AT
from tests.records.samples import SAMPLES
from tests.vera import vera

pytestmark = pytest.mark.pdf
WORDS = {"reason": "Consent record sealed", "name": "Example General Hospital", "location": "Imaging"}


@pytest.fixture(scope="session")
def referee(laid):
    found = vera.check([each.path for each in laid.values()])
    return {name: found[str(each.path)] for name, each in laid.items()}


@pytest.mark.parametrize("flavour", ["3a", "ua1"])
@pytest.mark.parametrize("name", SAMPLES)
def test_the_sealed_file_keeps_to_the_standards(referee, name, flavour):
    assert referee[name][flavour] == []


def test_the_referee_finds_a_file_that_keeps_to_none(tmp_path):
    import pikepdf

    plain = tmp_path / "plain.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(plain)
    assert all(broken for broken in vera.check([plain])[str(plain)].values())


@pytest.mark.parametrize("name", SAMPLES)
def test_the_syntax_is_sound(laid, name):
    done = subprocess.run(["qpdf", "--check", str(laid[name].path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr


@pytest.mark.parametrize("name", SAMPLES)
def test_another_program_calls_the_signature_valid(laid, name):
    said = subprocess.run(["pdfsig", str(laid[name].path)], capture_output=True, text=True).stdout
    assert "Signature is Valid" in said
    assert "Total document signed" in said
    assert said.count("Signature #") == 1
    assert "ETSI.CAdES.detached" in said


def test_it_does_not_seal_twice(sealed, sealer):
    with pytest.raises(SigningError):
        sealer.seal(sealed, **WORDS)


def test_a_seal_adds_to_the_file_and_changes_none_of_it(laid):
    assert laid["consent"].sealed.startswith(laid["consent"].unsealed)


def test_a_key_of_the_rsa_kind_seals_too(laid, authority):
    key = rsa.generate_private_key(65537, 3072)
    draft = keys.draft_certificate(
        "RSA seal", authority.certificate.subject, key, SEALED_AT, SEALED_AT + keys.LIFETIME
    ).add_extension(keys.key_usage("digital_signature", "content_commitment"), critical=True)
    made = keys.SealingKey(draft.sign(authority.key, hashes.SHA256()), key, (authority.certificate,))
    sealed = Sealer.of(made).seal(laid["arabic"].unsealed, **WORDS, at=SEALED_AT)
    assert verify(sealed, pinned=[PinnedKey.of(made)]).ok
