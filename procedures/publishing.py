"""The only writers of versions, translations and their states. Each says by whom."""

from django.db import transaction
from django.utils import timezone

from procedures import canonical
from procedures.models import Procedure, ProcedureVersion, Translation, VersionState


class NotPublishable(Exception):
    """This version cannot take that step; the sentence says why."""


@transaction.atomic
def add_version(*, whole, by=None, origin="library"):
    """Insert `whole` (a library.Whole) as the next version, with its translations. Returns (version, made).

    The same content again gives the version that exists, so loading is idempotent.
    """
    procedure, _ = Procedure.objects.get_or_create(slug=whole.facts.slug)
    newest = procedure.newest()
    if newest and newest.source_digest == whole.source_digest:
        return newest, False
    now = timezone.now()
    version = ProcedureVersion.objects.create(
        procedure=procedure,
        number=newest.number + 1 if newest else 1,
        body=whole.body,
        digest=canonical.digest(whole.body),
        source_digest=whole.source_digest,
        origin=origin,
        made_by=by,
        made_at=now,
    )
    for language in whole.texts:
        add_translation(version, whole, language, now)
    return version, True


def add_translation(version, whole, language, at):
    body = whole.translation_body(language, version.digest)
    Translation.objects.create(
        version=version,
        language=language,
        body=body,
        digest=canonical.digest(body),
        translator=whole.texts[language].translator,
        made_at=at,
    )


def publish(*, version, by=None, by_name):
    """Make this version the one that new episodes get."""
    return append(version, "published", by, by_name)


def approve(*, version, by=None, by_name, language=""):
    """A named reviewer's word for the version or, with a language, for its translation."""
    if by is not None and by == version.made_by:
        raise NotPublishable("The author of a version cannot approve it.")
    if language and not version.translations.filter(language=language).exists():
        raise NotPublishable(f"There is no translation into {language}.")
    return append(version, "approved", by, by_name, language=language)


def recall(*, version, by, by_name, reason):
    """Nobody may be given this version any more, at once."""
    return append(version, "recalled", by, by_name, reason=reason)


def retire(*, version, by, by_name, reason=""):
    """New episodes do not get this version; what runs goes on."""
    return append(version, "retired", by, by_name, reason=reason)


def append(version, state, by, by_name, *, language="", reason=""):
    version.__dict__.pop("states", None)
    return VersionState.objects.create(
        version=version, state=state, language=language, by=by, by_name=by_name, reason=reason, at=timezone.now()
    )
