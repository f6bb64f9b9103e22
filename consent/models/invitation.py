"""A link by which one party reads, answers and perhaps signs away from the hospital."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Invitation(models.Model):
    """Of token and code only digests are kept; the link itself lies here sealed until it has been sent, and no longer."""

    TRIES = 5
    CHANNELS = [("email", _("By e-mail")), ("sms", _("By text message")), ("paper", _("On paper"))]
    # How whoever invites knows that link and code go to the right person, and where the address is from: kept in the event.
    KNOWN = [
        ("here", _("They are here, and said name and birth date")),
        ("phoned", _("I rang the number in our file")),
        ("other", _("Another way")),
    ]
    SOURCES = [
        ("given", _("They gave it to me")),
        ("file", _("From our file")),
        ("others", _("Somebody else gave it to me")),
    ]
    ENDS = [
        ("revoked", _("Revoked")),
        ("replaced", _("Replaced by a new one")),
        ("not_me", _("Reached the wrong person")),
    ]

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="invitations")
    party = models.ForeignKey("consent.Party", models.PROTECT, related_name="invitations")
    channel = models.CharField(max_length=5, choices=CHANNELS)
    address = models.CharField(max_length=254, blank=True, help_text="Where it was sent")
    token_digest = models.CharField(max_length=64, unique=True)
    code = models.CharField(max_length=200)
    tries = models.PositiveSmallIntegerField(default=0)
    sealed_link = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="When it was first opened")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_because = models.CharField(max_length=8, choices=ENDS, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=models.Q(ended_at=None), name="one_invitation_at_a_time_per_party"
            ),
            models.CheckConstraint(condition=models.Q(tries__lte=5), name="an_invitation_judges_five_tries"),
            models.CheckConstraint(
                condition=models.Q(ended_at=None, ended_because="") | models.Q(ended_at__isnull=False) & ~models.Q(ended_because=""),
                name="an_invitation_that_ended_says_why",
            ),
        ]  # fmt: skip

    def __str__(self):
        return f"invitation {self.pk}"

    @property
    def is_locked(self):
        """Guessed at too often: the link is dead, and staff make a new one."""
        return self.tries >= self.TRIES

    @property
    def is_for_what_counts(self):
        """Its party still decides, and the consent is being read under the release that it was made for."""
        episode, party = self.episode, self.party
        being_read = episode.status in ("ready", "underway") and episode.released_at <= self.made_at
        return being_read and party.active and party.role == "decision_maker"

    def is_open_at(self, moment):
        alive = self.ended_at is None and not self.is_locked and moment < self.expires_at
        return alive and self.is_for_what_counts
