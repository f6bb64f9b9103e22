"""Records, the sealed files made of them, the keys that sealed, and scans of paper."""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures import canonical


class Record(models.Model):
    """The canonical record.json of one decision, composed in the transaction that made it true. Frozen."""

    KINDS = [
        ("signed", _("Consent, as first signed")),
        ("complete", _("Consent, complete")),
        ("refusal", _("Refusal")),
        ("confirmation", _("Confirmed on the day")),
        ("performed", _("Performed")),
        ("withdrawal", _("Withdrawal")),
        ("addendum", _("Addendum")),
        ("paper", _("Consent on paper, scanned")),
        ("best_interests", _("Best-interests decision")),
        ("emergency", _("Emergency")),
        ("voided", _("Entered in error")),
    ]

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="records")
    kind = models.CharField(max_length=20, choices=KINDS)
    body = models.BinaryField()
    digest = models.CharField(max_length=64, unique=True)
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"record {self.pk}"

    @cached_property
    def content(self):
        return canonical.loads(self.body)

    @property
    def newest_file(self):
        return self.files.order_by("-id").first()

    @property
    def is_sealed(self):
        return self.files.exists()


class SealKey(models.Model):
    """A certificate we seal or sealed with: the pinned list that verification trusts. Frozen."""

    fingerprint = models.CharField(max_length=64, unique=True)
    certificate = models.TextField(help_text="PEM")
    issuer = models.TextField(blank=True, help_text="PEM of the root it chains to")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    development = models.BooleanField(default=False)
    listed_at = models.DateTimeField()

    def __str__(self):
        return f"seal key {self.fingerprint[:16]}"


class RecordFile(models.Model):
    """One sealed PDF of a record, stored under its SHA-256. Frozen."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, unique=True)
    unsealed_sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=6, default="B-B")
    key = models.ForeignKey(SealKey, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self):
        return f"file {self.pk} of record {self.record_id}"


class Scan(models.Model):
    """Paper that was signed and scanned: when it was signed, apart from when it was entered. Frozen."""

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="scans")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    signed_at = models.DateTimeField()
    entered_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    def __str__(self):
        return f"scan {self.pk}"
