"""Check sealed files and say, truth by truth, what was found."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from django.core.management.base import BaseCommand, CommandError

from consent.records import archive, verify


class Command(BaseCommand):
    help = "Check sealed record files. Exit code 0 when every file passes, 1 when one does not."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument(
            "--certificate",
            metavar="PEM",
            help="trust this sealing certificate (with those above it in the same file) instead of the database's list",
        )

    def handle(self, *args, files, certificate, **options):
        pinned = [pinned_from(certificate)] if certificate else None
        verdicts = [self.look_at(Path(name), pinned) for name in files]
        if not all(verdicts):
            raise SystemExit(1)

    def look_at(self, path, pinned):
        self.stdout.write(f"{path}")
        try:
            data = path.read_bytes()
        except OSError as error:
            self.stdout.write(f"  cannot be read: {error.strerror}\n")
            return False
        verdict = archive.verdict_on(data) if pinned is None else verify.verify(data, pinned=pinned)
        self.tell(verdict)
        return verdict.ok

    def tell(self, verdict):
        for name, truth in verdict.truths.items():
            self.stdout.write(f"  {name.replace('_', ' '):<12} {truth.outcome:<10} {truth.reason}")
        if verdict.record_digest:
            self.stdout.write(
                f"  record digest {verdict.record_digest}, sealed at {verdict.sealed_at:%Y-%m-%d %H:%M:%S %Z}"
            )
        self.stdout.write(f"{verdict.bottom_line}\n")


def pinned_from(path):
    """A certificate that somebody kept outside: with it, nothing of this site is needed to check a file."""
    try:
        data = Path(path).read_bytes()
        first = x509.load_pem_x509_certificates(data)[0]
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} holds no certificate in PEM.") from error
    return verify.PinnedKey(data, min(first.not_valid_before_utc, datetime.now(UTC)))
