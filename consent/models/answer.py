"""What was said on each step: appended, never edited."""

from functools import cached_property

from django.db import models

from procedures import canonical


class Answer(models.Model):
    """One party's answer on one step, with the digest of what the page showed. Frozen; the newest counts."""

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="answers")
    party = models.ForeignKey("consent.Party", models.PROTECT, related_name="answers")
    disclosure = models.ForeignKey("consent.Disclosure", models.PROTECT, null=True, related_name="answers")
    step = models.CharField(max_length=30)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    page_digest = models.CharField(max_length=64, blank=True)
    tapped_by = models.CharField(max_length=420, blank=True, help_text="Staff who tapped at the person's word")
    device = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["episode", "party", "step", "-id"])]

    def __str__(self):
        return f"answer {self.pk}"

    @cached_property
    def data(self):
        return canonical.loads(self.body)


class StepDraft(models.Model):
    """What is being typed on a step and not yet sent, so that a flat battery loses nothing."""

    episode = models.ForeignKey("consent.Episode", models.CASCADE, related_name="drafts")
    party = models.ForeignKey("consent.Party", models.CASCADE, related_name="drafts")
    step = models.CharField(max_length=30)
    data = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["party", "step"], name="one_draft_per_step")]

    def __str__(self):
        return f"draft {self.pk}"
