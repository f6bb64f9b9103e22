"""Seal a PDF: a PAdES signature (B-B), invisible, that certifies the file and allows no change to it.

Only pyHanko's signing is used here; checking is verify.py's. `Sealer.seal` runs an event loop of its own, so it is for
a worker process, not for a running loop.
"""

import asyncio
import io
from datetime import UTC, datetime

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko_certvalidator.registry import SimpleCertificateStore

from consent.records.keys import SealingKey

FIELD = "ConsentSeal"
LEVEL = "B-B"


class KeptKey(signers.Signer):
    """A key parsed once; pyHanko's own signer parses and checks it anew for every seal, twice."""

    def __init__(self, certificate, key, chain):
        store = SimpleCertificateStore()
        store.register_multiple(map(parsed, chain))
        super().__init__(signing_cert=parsed(certificate), cert_registry=store, prefer_pss=False)
        self.key = key

    async def async_sign_raw(self, data, digest_algorithm, dry_run=False):
        return bytes(self.longest()) if dry_run else self.sign_now(data)

    def sign_now(self, data):
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            return self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    def longest(self):
        """Room for a signature: as long as an RSA key, or two numbers of a curve's length with their headers."""
        size = self.key.key_size // 8
        return 2 * (size + 1) + 8 if isinstance(self.key, ec.EllipticCurvePrivateKey) else size


def parsed(certificate: x509.Certificate):
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


class Sealer:
    """Seals with one key, kept parsed: one for each process."""

    def __init__(self, certificate, key, chain=()):
        self.signer = KeptKey(certificate, key, chain)

    @classmethod
    def of(cls, sealing_key: SealingKey) -> "Sealer":
        return cls(sealing_key.certificate, sealing_key.key, sealing_key.chain)

    def seal(self, pdf: bytes, *, reason: str, name: str, location: str, at: datetime | None = None) -> bytes:
        """`pdf` with the seal; `at` is this machine's word for the time, and is no proof of it."""
        return asyncio.run(self.sealed(pdf, settings(reason, name, location), at or datetime.now(UTC)))

    async def sealed(self, pdf, wanted, at):
        pdf_signer = signers.PdfSigner(wanted, self.signer, new_field_spec=fields.SigFieldSpec(FIELD))
        session = pdf_signer.init_signing_session(IncrementalPdfFileWriter(io.BytesIO(pdf)))
        session.system_time = at
        room = await session.estimate_signature_container_size(None, tight=False)
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=room)
        digest, out = document.digest_tbs_document()
        attributes = PdfCMSSignedAttributes(signing_time=at)
        await document.perform_signature(document_digest=digest.document_digest, pdf_cms_signed_attrs=attributes)
        return out.getvalue()


def settings(reason, name, location):
    # Invisible: the library's visible stamp breaks PDF/A and PDF/UA. Page 1 says in words what the seal means.
    return signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        reason=reason,
        name=name,
        location=location,
    )
