"""What was talked about face to face, and a clinician's finding on who may decide."""

from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from procedures import canonical


class Discussion(models.Model):
    """Who explained, when, how, and who was there. Frozen."""

    MODES = [("here", _("here")), ("video", _("by video")), ("phone", _("by phone"))]

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="discussions")
    release = models.ForeignKey("consent.Release", models.PROTECT, related_name="discussions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    mode = models.CharField(max_length=10, choices=MODES)
    happened_at = models.DateTimeField()
    present = models.CharField(max_length=300, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"discussion {self.pk}"


class Assessment(models.Model):
    """A clinician's finding, for this decision, that the patient is a minor or lacks capacity. Frozen."""

    KINDS = [("minor", _("The patient is a child")), ("capacity", _("The patient cannot decide this"))]

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="assessments")
    kind = models.CharField(max_length=10, choices=KINDS)
    body = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by_name = models.CharField(max_length=200)
    by_title = models.CharField(max_length=200)
    at = models.DateTimeField()

    def __str__(self):
        return f"assessment {self.pk}"

    @cached_property
    def content(self):
        return canonical.loads(self.body)
