"""What a clinician vouched for, and what this person was told: both frozen bytes."""

from functools import cached_property

from django.conf import settings
from django.db import models

from procedures import canonical

# Canonical JSON sorts the keys of an object; what a person chooses from is kept as pairs, so that its order is frozen too.
ORDERED = ("options", "each_options", "statements")


def closed(value):
    """`value` with every ordered mapping as a list of pairs, ready for canonical bytes."""
    if isinstance(value, dict):
        return {key: pairs(each) if key in ORDERED else closed(each) for key, each in value.items()}
    return [closed(each) for each in value] if isinstance(value, (list, tuple)) else value


def pairs(mapping):
    return [[key, each] for key, each in mapping.items()] if isinstance(mapping, dict) else mapping


def opened(value):
    """The other way round: lists of pairs as mappings that keep their order."""
    if isinstance(value, dict):
        return {key: dict(each) if key in ORDERED else opened(each) for key, each in value.items()}
    return [opened(each) for each in value] if isinstance(value, list) else value


class Release(models.Model):
    """A permitted clinician's word that procedure, side, level, medicine and tailoring are right. Frozen."""

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="releases")
    number = models.PositiveSmallIntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["episode", "number"], name="one_release_per_number")]

    def __str__(self):
        return f"release {self.number} of {self.episode_id}"

    @cached_property
    def content(self):
        return canonical.loads(self.body)


class Disclosure(models.Model):
    """The frozen whole of what one person is told, in one language. Each section carries its own digest."""

    episode = models.ForeignKey("consent.Episode", models.PROTECT, related_name="disclosures")
    release = models.ForeignKey(Release, models.PROTECT, related_name="disclosures")
    language = models.CharField(max_length=12)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "digest"], name="one_disclosure_per_digest")]

    def __str__(self):
        return f"disclosure {self.pk}"

    @cached_property
    def content(self):
        return opened(canonical.loads(self.body))

    def section(self, key):
        """One section as a dict, or None when this disclosure has no such page."""
        return self.content["sections"].get(key)

    def section_digest(self, key):
        return self.content["digests"].get(key, "")
