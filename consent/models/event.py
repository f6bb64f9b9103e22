"""The audit chain, the payloads it covers, and who looked at what."""

from django.conf import settings
from django.db import models


class Event(models.Model):
    """One line of an episode's (or, without episode, the organisation's) chain. Frozen.

    hash = SHA-256 of the canonical bytes of {chain, seq, prev, at, kind, actor, device, payload_digest}.
    """

    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="events")
    episode = models.ForeignKey("consent.Episode", models.PROTECT, null=True, related_name="events")
    chain = models.CharField(max_length=60)
    seq = models.PositiveBigIntegerField()
    prev = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    kind = models.CharField(max_length=40)
    actor = models.CharField(max_length=260, help_text="kind:id, then name and role")
    device = models.CharField(max_length=80, blank=True)
    payload_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="one_event_per_place_in_a_chain")]

    def __str__(self):
        return f"event {self.seq} of {self.chain}"


class EventPayload(models.Model):
    """What the event says, in a row of its own: a purge may forget it and the chain still verifies."""

    event = models.OneToOneField(Event, models.PROTECT, related_name="payload")
    salt = models.CharField(max_length=32)
    body = models.BinaryField()

    def __str__(self):
        return f"payload of {self.event_id}"


class Access(models.Model):
    """Staff reading: open, preview, download, export, search. Frozen."""

    MISSED, CONFLICT = "no such number", "number of somebody else"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    episode = models.ForeignKey("consent.Episode", models.PROTECT, null=True, related_name="reads")
    what = models.CharField(max_length=30)
    detail = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "accesses"

    def __str__(self):
        return f"access {self.pk}"
