"""The key that seals: read from a PKCS#12 or PEM file, or, for trying things out, made on the first run."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

NOT_CLINICAL = "NOT FOR CLINICAL USE"
LIFETIME = timedelta(days=5 * 365)


class UnusableKey(ValueError):
    """The key cannot seal; the message tells an operator why, and never holds the key or its passphrase."""


@dataclass(frozen=True)
class SealingKey:
    """A private key, its certificate, and the certificates above it, nearest first."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    chain: tuple[x509.Certificate, ...] = ()

    def __post_init__(self):
        if self.key.public_key() != self.certificate.public_key():
            raise UnusableKey("The sealing key and its certificate do not belong together.")
        if not sealable(self.key):
            raise UnusableKey("The sealing key must be P-256 or P-384, or RSA of 3072 bits or more.")

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def not_before(self) -> datetime:
        return self.certificate.not_valid_before_utc

    @property
    def not_after(self) -> datetime:
        return self.certificate.not_valid_after_utc

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def certificates_pem(self) -> str:
        """The sealing certificate, then the chain: what verifying needs later, kept when the key is first used."""
        return "".join(pem(each) for each in (self.certificate, *self.chain))

    @property
    def is_for_trying_out(self) -> bool:
        return NOT_CLINICAL in self.subject

    def is_in_force(self, at: datetime) -> bool:
        return self.not_before <= at <= self.not_after


def sealable(key) -> bool:
    # Ed25519 would be faster, but the viewers that hospitals have call such a seal corrupted.
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return isinstance(key.curve, (ec.SECP256R1, ec.SECP384R1))
    return isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 3072


# --- from files ------------------------------------------------------------------------------------------------------


def load_pkcs12(path, passphrase: str | None = None) -> SealingKey:
    try:
        found = pkcs12.load_pkcs12(read(path), passphrase.encode() if passphrase else None)
    except ValueError as error:
        raise UnusableKey(f"{path} is not PKCS#12, or its passphrase is another one.") from error
    if not found.key or not found.cert:
        raise UnusableKey(f"{path} holds no key with its certificate.")
    return SealingKey(found.cert.certificate, found.key, tuple(each.certificate for each in found.additional_certs))


def load_pem(certificate_path, key_path, passphrase: str | None = None) -> SealingKey:
    """The first certificate in the file belongs to the key; those after it are the chain."""
    try:
        first, *chain = x509.load_pem_x509_certificates(read(certificate_path))
    except ValueError as error:
        raise UnusableKey(f"{certificate_path} holds no certificate in PEM.") from error
    try:
        key = serialization.load_pem_private_key(read(key_path), passphrase.encode() if passphrase else None)
    except (ValueError, TypeError) as error:
        raise UnusableKey(f"{key_path} is no private key in PEM, or its passphrase is another one.") from error
    return SealingKey(first, key, tuple(chain))


def read(path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnusableKey(f"{path} cannot be read: {error.strerror}.") from error


# --- for trying things out -------------------------------------------------------------------------------------------


def key_for_trying_out(folder, now: datetime | None = None) -> SealingKey:
    """The key in `folder`, made now if there is none. Its name says that it is not for clinical use."""
    folder = Path(folder)
    if not folder.exists():
        make_folder(folder, now or datetime.now(UTC))
    return load_pem(folder / "seal.crt", folder / "seal.key")


def make_folder(folder: Path, now: datetime) -> None:
    """Whole or not at all: server and worker may both start first, and the second must find the first one's key."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".key-") as made:
        fresh = Path(made) / "key"
        fresh.mkdir(mode=0o700)
        write_files(fresh, make_key(now))
        try:
            fresh.rename(folder)
        except OSError:
            if not folder.exists():
                raise


def write_files(folder, made):
    private = made.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "seal.crt").write_text(made.certificates_pem)
    with os.fdopen(os.open(folder / "seal.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(private)


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def make_key(now: datetime) -> SealingKey:
    # The authority's own key is never kept, so nobody can make a second certificate that looks like this one.
    return make_authority(now).issue(now)


@dataclass(frozen=True)
class Authority:
    """An authority for trying out and for tests."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def issue(self, now: datetime, *, until: datetime | None = None) -> SealingKey:
        key = ec.generate_private_key(ec.SECP256R1())
        draft = draft_certificate("Consent record seal", self.certificate.subject, key, now, until or now + LIFETIME)
        above = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        draft = (
            draft.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(key_usage("digital_signature", "content_commitment"), critical=True)
            .add_extension(above, critical=False)
        )
        return SealingKey(draft.sign(self.key, hashes.SHA256()), key, (self.certificate,))


def make_authority(now: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    draft = draft_certificate("Consent record authority", None, key, now, now + 2 * LIFETIME)
    draft = draft.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    draft = draft.add_extension(key_usage("key_cert_sign", "crl_sign"), critical=True)
    return Authority(draft.sign(key, hashes.SHA256()), key)


def draft_certificate(common, issuer, key, start, end):
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, NOT_CLINICAL),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{common}: {NOT_CLINICAL}"),
        ]
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # A day of grace: a tablet's or a viewer's clock may run behind the server's.
        .not_valid_before(start - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def key_usage(*wanted):
    kinds = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return x509.KeyUsage(**{kind: kind in wanted for kind in kinds})
