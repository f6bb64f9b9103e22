"""Glass broken in need: somebody opened a consent of a clinic that is not theirs, and who looked at it afterwards."""

from django.conf import settings
from django.db import models


class BreakGlass(models.Model):
    """Open for one person until a time. Frozen: that it ended sooner, and that somebody looked at it, are rows of their own."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="glasses")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user", "episode", "until"])]

    def __str__(self):
        return f"glass {self.pk}"


class BreakGlassEnd(models.Model):
    """No longer needed. Frozen."""

    glass = models.OneToOneField(BreakGlass, models.PROTECT, related_name="end")
    at = models.DateTimeField()

    def __str__(self):
        return f"end of glass {self.glass_id}"


class BreakGlassReview(models.Model):
    """Somebody else looked at it, and what they think of it. Frozen."""

    glass = models.ForeignKey(BreakGlass, models.PROTECT, related_name="reviews")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"review of glass {self.glass_id}"
