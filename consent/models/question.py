"""Questions, their answers, and what the asker said to that."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """Asked by a party in their own words. Frozen."""

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="questions")
    party = models.ForeignKey("consent.Party", models.PROTECT, related_name="questions")
    text = models.TextField()
    about = models.CharField(max_length=60, blank=True, help_text="The step or risk it was asked on")
    language = models.CharField(max_length=12, default="en")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"question {self.pk}"


class Reply(models.Model):
    """One line under a question or an unsure item: an answer or a talk by staff, or the asker's own word. Frozen."""

    class Word(models.TextChoices):
        ANSWERED = "answered", _("Answered")
        TALKED = "talked", _("Talked about it")
        SATISFIED = "satisfied", _("That answers it")
        GO_AHEAD = "go_ahead", _("I still worry but want to go ahead")
        NOT_YET = "not_yet", _("Not yet")

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="replies")
    question = models.ForeignKey(Question, models.PROTECT, null=True, related_name="replies")
    item = models.CharField(
        max_length=60, blank=True, help_text="checklist:key or check:key, when not about a question"
    )
    word = models.CharField(max_length=10, choices=Word)
    text = models.TextField(blank=True)
    by_user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_party = models.ForeignKey("consent.Party", models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=420)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="reply_is_about_one_thing",
                condition=models.Q(question__isnull=False, item="")
                | (models.Q(question__isnull=True) & ~models.Q(item="")),
            ),
            models.CheckConstraint(
                name="reply_is_by_one_person",
                condition=models.Q(by_user__isnull=False, by_party__isnull=True)
                | models.Q(by_user__isnull=True, by_party__isnull=False),
            ),
        ]

    def __str__(self):
        return f"reply {self.pk}"
