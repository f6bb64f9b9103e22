"""Patients, and the numbers that hospitals know them by."""

from django.db import models


class Patient(models.Model):
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="patients")
    family_name = models.CharField(max_length=120)
    given_name = models.CharField(max_length=120)
    born = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["family_name", "given_name"])]

    def __str__(self):
        # Never the name: this text reaches logs and error pages.
        return f"patient {self.pk}"

    @property
    def name(self):
        return f"{self.given_name} {self.family_name}"

    @property
    def first_name(self):
        return self.given_name.split()[0]

    @property
    def short_name(self):
        """What the tablet shows before anybody has said who they are: "Maria S."."""
        return f"{self.first_name} {self.family_name[:1]}."

    def age_on(self, day):
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


class PatientIdentifier(models.Model):
    """A number and the authority that issued it. Two hospitals in one database know the same person each for themselves."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="identifiers")
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")  # the patient's
    system = models.CharField(max_length=120, help_text="Issuing authority")
    value = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "system", "value"], name="one_patient_per_identifier")
        ]

    def __str__(self):
        return f"identifier {self.pk}"
