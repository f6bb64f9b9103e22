"""Everybody who takes part in an episode, and the tablet in their hands."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    DECISION_MAKER = "decision_maker", _("Decides")
    SUPPORTER = "supporter", _("Supports")
    CHILD = "child", _("Child giving assent")
    SIGNATURE_WITNESS = "signature_witness", _("Witness of the signature")
    DISCUSSION_WITNESS = "discussion_witness", _("Witness of the discussion")
    INTERPRETER = "interpreter", _("Interpreter")
    CLINICIAN = "clinician", _("Clinician")


class Party(models.Model):
    """One person in one role. A representative is a decision-maker with an authority."""

    episode = models.ForeignKey("consent.Episode", models.CASCADE, related_name="parties")
    role = models.CharField(max_length=20, choices=Role)
    name = models.CharField(max_length=260)
    is_patient = models.BooleanField(default=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    job_title = models.CharField(max_length=200, blank=True)
    relationship = models.CharField(max_length=60, blank=True)
    authority = models.CharField(max_length=60, blank=True)
    evidence = models.CharField(max_length=300, blank=True)
    evidence_seen_by = models.CharField(max_length=420, blank=True)
    active = models.BooleanField(default=True)
    text_size = models.CharField(max_length=3, default="100")
    theme = models.CharField(max_length=5, blank=True)
    disclosure = models.ForeignKey("consent.Disclosure", models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name_plural = "parties"

    def __str__(self):
        return f"party {self.pk}"

    @property
    def is_representative(self):
        return self.role == Role.DECISION_MAKER and not self.is_patient

    @property
    def first_name(self):
        return self.name.split()[0]


class HandOver(models.Model):
    """A tablet, or by an invitation a device of the person's own, bound to one episode and one party.

    While it is open, that browser reaches nothing else.
    """

    OWN = "own device"
    CHECKED = ("link", "code", "birth_date")  # what has to be right before a device of the person's own is bound
    # Only the first says that staff have had the tablet in their hands again.
    ENDS = [
        ("returned", _("Tablet taken back")),
        ("replaced", _("Tablet closed: one was handed over anew")),
        ("own_device", _("Tablet closed: they opened their own device")),
        ("desk", _("Tablet closed from the desk; that it came back is not recorded")),
        ("decider", _("Tablet closed: somebody else decides now")),
        ("left", _("Closed by the person on their own device")),
        ("invitation", _("Closed on the own device: the link ended")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="handovers")
    party = models.ForeignKey(Party, models.PROTECT, related_name="handovers")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    invitation = models.ForeignKey(
        "consent.Invitation", models.PROTECT, null=True, blank=True, related_name="handovers"
    )
    device = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    said_name_and_birth_date = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_because = models.CharField(max_length=10, blank=True, choices=ENDS, help_text="Empty where it was not kept")
    wrong_pins = models.PositiveSmallIntegerField(default=0)

    PIN_TRIES = 5

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(by=None) ^ models.Q(invitation=None), name="handed_over_by_staff_or_by_invitation"
            )
        ]

    def __str__(self):
        return f"hand-over {self.pk}"

    @property
    def is_remote(self):
        """On the person's own device: nobody of staff has seen who they are."""
        return self.invitation_id is not None

    @property
    def is_open(self):
        return self.taken_back_at is None

    @property
    def pin_is_locked(self):
        return self.wrong_pins >= self.PIN_TRIES
