"""A party's act of signing, bound to what was told and answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures import canonical


class Signature(models.Model):
    """Frozen. `body` holds the canonical bytes that the signature's own digest is taken of."""

    METHODS = [
        ("drawn", _("Drawn")),
        ("typed", _("Typed")),
        ("mark", _("Mark")),
        ("spoken", _("Spoken")),
        ("written_by_other", _("Written by somebody else")),
        ("paper", _("On paper")),
        ("password", _("Password")),
        ("pin", _("PIN")),
        ("passkey", _("Passkey")),
        ("single_sign_on", _("Single sign-on")),
    ]
    MEANINGS = [
        ("consent", _("I agree")),
        ("refuse", _("I do not want this")),
        ("explained", _("I explained this")),
        ("witness_signature", _("I saw this signature being made")),
        ("withdraw", _("I have changed my mind")),
    ]

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="signatures")
    party = models.ForeignKey("consent.Party", models.PROTECT, related_name="signatures")
    disclosure = models.ForeignKey("consent.Disclosure", models.PROTECT, null=True, related_name="signatures")
    meaning = models.CharField(max_length=20, choices=MEANINGS)
    method = models.CharField(max_length=20, choices=METHODS)
    printed_name = models.CharField(max_length=260)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    key = models.CharField(max_length=64, unique=True, help_text="Made by the page, so that a double tap signs once")
    request_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["party", "disclosure", "meaning"], name="one_signature_per_party_and_meaning"
            )
        ]

    def __str__(self):
        return f"signature {self.pk}"

    @property
    def is_remote(self):
        """Made on the person's own device: no member of staff saw who signed."""
        return bool(canonical.loads(self.body).get("remote"))
