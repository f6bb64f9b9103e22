"""One browser in which somebody of the staff is signed in, and what they have proved there."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


class Sitting(models.Model):
    """Beside the session and gone with it; the session's own row is written whole by Django, so this cannot stand there.

    `wrong` counts wrong credentials, `proved_at` is the last whole proof in this stretch without an idle lock, `kept` is
    the form that came while it was locked.
    """

    session = models.OneToOneField("staff.Session", models.CASCADE, primary_key=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    wrong = models.PositiveSmallIntegerField(default=0)
    proved_at = models.DateTimeField(null=True)
    kept = models.JSONField(null=True)

    TRIES = 5

    def __str__(self):
        return "sitting"  # never its key: that is a way in

    @property
    def seconds_left(self):
        """Until it locks; nought when it is locked."""
        rest = self.seen_at + timedelta(seconds=settings.STAFF_IDLE_SECONDS) - timezone.now()
        return max(0, rest.total_seconds())

    @property
    def is_locked(self):
        return not self.seconds_left

    @property
    def is_over(self):
        """However busy: after this long somebody signs in again."""
        return timezone.now() - self.began_at > timedelta(seconds=settings.SESSION_COOKIE_AGE)


class Proof(models.Model):
    """Somebody has proved again who they are, for the documents that a page listed. `used_at` is their last act with it.

    Until they have, it is the list alone, without times: they may have gone to single sign-on to do it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sitting = models.ForeignKey(Sitting, models.CASCADE, related_name="proofs")
    method = models.CharField(max_length=20)
    made_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    SOON = timedelta(seconds=60)

    def __str__(self):
        return f"proof {self.pk}"

    @property
    def is_fresh(self):
        return self.holds_at(timezone.now())

    def holds_at(self, at):
        return self.used_at is not None and at - self.used_at <= self.SOON


class ToSign(models.Model):
    """One document that a proof is good for, once. `digest` says which state of it the page showed."""

    proof = models.ForeignKey(Proof, models.CASCADE, related_name="documents")
    number = models.PositiveSmallIntegerField()
    episode = models.ForeignKey("consent.Episode", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    signed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["proof", "number"], name="one_document_per_number")]

    def __str__(self):
        return f"{self.number} of {self.proof_id}"
