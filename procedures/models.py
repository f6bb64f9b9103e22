"""Procedures, their frozen versions and translations, and the states a version has gone through."""

from functools import cached_property

from django.conf import settings
from django.db import models

from procedures import canonical
from procedures.content import Facts, Texts


class Procedure(models.Model):
    """An entry of the catalogue."""

    slug = models.SlugField(max_length=80, unique=True)

    def __str__(self):
        return self.slug

    def newest(self):
        return self.versions.order_by("-number").first()

    def in_use(self):
        """The newest version that is published and not recalled or retired, or None."""
        return next((each for each in self.versions.order_by("-number") if each.is_published), None)


class ProcedureVersion(models.Model):
    """The content of a procedure at one time: canonical bytes of facts, parts already copied in, and drawings. Frozen."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    source_digest = models.CharField(max_length=64, db_index=True, help_text="Of the files or draft it was made from")
    origin = models.CharField(max_length=20, default="library")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["procedure", "number"], name="one_version_per_number")]
        permissions = [("publish_version", "May publish a version")]

    def __str__(self):
        return f"{self.procedure} {self.number}"

    @cached_property
    def content(self):
        return canonical.loads(self.body)

    @cached_property
    def facts(self):
        # What was frozen under an older shape stays readable: a field that is gone from the shape is passed over.
        return Facts.model_validate(self.content["facts"], extra="ignore")

    @property
    def drawings(self):
        return self.content["drawings"]

    @cached_property
    def states(self):
        return list(self.state_rows.filter(language="").order_by("id").values_list("state", flat=True))

    @property
    def is_published(self):
        last = next((each for each in reversed(self.states) if each in VersionState.AVAILABILITY), "")
        return last == "published"

    @property
    def is_approved(self):
        return "approved" in self.states

    def texts(self, language):
        """The Texts of one language. Raises Translation.DoesNotExist."""
        return self.translations.get(language=language).texts

    def approved_languages(self):
        """Languages a patient may be offered: the source language, and translations approved by a named person."""
        approved = set(self.state_rows.filter(state="approved").values_list("language", flat=True))
        source = self.facts.source_language
        return [each for each in self.languages() if each == source or each in approved]

    def languages(self):
        source = self.facts.source_language
        return sorted(self.translations.values_list("language", flat=True), key=lambda each: (each != source, each))


class Translation(models.Model):
    """Every sentence of one version in one language. Frozen."""

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="translations")
    language = models.CharField(max_length=12)
    body = models.BinaryField()
    digest = models.CharField(max_length=64)
    translator = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "language"], name="one_translation_per_language")]

    def __str__(self):
        return f"{self.version} {self.language}"

    @cached_property
    def texts(self):
        return Texts.model_validate(canonical.loads(self.body)["texts"], extra="ignore")


class VersionState(models.Model):
    """What happened to a version (or, with a language, to its translation): appended, never changed."""

    AVAILABILITY = ("published", "recalled", "retired")
    STATES = [(each, each) for each in ("reviewed", "approved", *AVAILABILITY)]

    version = models.ForeignKey(ProcedureVersion, models.PROTECT, related_name="state_rows")
    language = models.CharField(max_length=12, blank=True, default="")
    state = models.CharField(max_length=12, choices=STATES)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=200, help_text="Name and role, as signed")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    def __str__(self):
        return f"{self.version} {self.state}"


class ContentDraft(models.Model):
    """Content being written. Becomes a version when it is published."""

    procedure = models.ForeignKey(Procedure, models.PROTECT, related_name="drafts")
    based_on = models.ForeignKey(ProcedureVersion, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)
    texts = models.JSONField(default=dict)
    drawings = models.JSONField(default=dict)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self):
        return f"draft of {self.procedure}"
