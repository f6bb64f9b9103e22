"""Work that must be done after a transaction, kept as rows so that a crash loses none of it."""

from django.db import models


class Work(models.Model):
    """One task with a lease. A dead worker's lease runs out and another takes over; the attempt number fences the first."""

    kind = models.CharField(max_length=20)
    record = models.ForeignKey("consent.Record", models.PROTECT, null=True, related_name="work")
    invitation = models.ForeignKey("consent.Invitation", models.PROTECT, null=True, related_name="work")
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "record"], name="one_task_per_kind_and_record")]
        indexes = [models.Index(fields=["done_at", "due_at"])]

    def __str__(self):
        return f"{self.kind} {self.pk}"
