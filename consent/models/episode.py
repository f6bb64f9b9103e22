"""One consent, from its preparation to its last record, and the items it is about."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    DRAFT = "draft", _("Draft")
    READY = "ready", _("Ready")
    UNDERWAY = "underway", _("Underway")
    SIGNED = "signed", _("Signed")
    COMPLETE = "complete", _("Complete")
    CONFIRMED = "confirmed", _("Confirmed")
    PERFORMED = "performed", _("Performed")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    SUPERSEDED = "superseded", _("Superseded")
    VOIDED = "voided", _("Voided")


class Episode(models.Model):
    """Status moves only through consent.lifecycle; the head of its audit chain moves only through consent.events."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=30, unique=True)
    patient = models.ForeignKey("consent.Patient", models.PROTECT, related_name="episodes")
    clinic = models.ForeignKey("staff.Clinic", models.PROTECT, related_name="episodes")
    responsible = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="episodes")
    status = models.CharField(max_length=12, choices=Status, default=Status.DRAFT)
    language = models.CharField(max_length=12, default="en", help_text="The language expected; the person picks")
    made_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    given_at = models.DateTimeField(null=True, blank=True, help_text="When the person first had the text")
    valid_until = models.DateField(null=True, blank=True)
    wants_time_until = models.DateField(null=True, blank=True)
    wants_time = models.BooleanField(default=False)
    held_because = models.CharField(max_length=40, blank=True, help_text="The walk is stopped until staff settle this")
    on_paper = models.BooleanField(default=False)
    uses_allowed = models.PositiveSmallIntegerField(default=1, help_text="More than one for a course")

    # Arrangements: may change without a new disclosure.
    planned_on = models.DateField(null=True, blank=True)
    planned_time = models.TimeField(null=True, blank=True)
    room = models.CharField(max_length=60, blank=True)
    performer = models.CharField(max_length=200, blank=True)

    head_seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["clinic", "status", "planned_on"])]

    def __str__(self):
        return f"episode {self.pk}"

    @property
    def site(self):
        return self.clinic.site

    @property
    def organisation(self):
        return self.clinic.site.organisation

    @property
    def release(self):
        return self.releases.order_by("-number").first()

    @property
    def decision_maker(self):
        return self.parties.filter(role="decision_maker", active=True).order_by("id").first()

    @property
    def has_been_signed(self):
        return self.status in (Status.SIGNED, Status.COMPLETE, Status.CONFIRMED, Status.PERFORMED)

    def is_expired_on(self, day):
        return bool(self.valid_until and day > self.valid_until)


class EpisodeItem(models.Model):
    """What is to be done, once: bilateral is two items. Its truth after release stands in the release."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=1)
    version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="+")
    side = models.CharField(max_length=5, blank=True, choices=[("left", _("Left")), ("right", _("Right"))])
    levels = models.JSONField(default=list, blank=True)
    medicine = models.CharField(max_length=60, blank=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self):
        return f"item {self.position} of {self.episode_id}"


class Tailoring(models.Model):
    """What is added for this person: a risk that matters more, or a note in free words. Editable until release."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="tailorings")
    risk = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=500, help_text="Shown to the person in the language it was written in")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"tailoring {self.pk}"
