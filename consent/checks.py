"""What must be right before the site starts: database guards, keys, fonts, production settings."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def production_settings(app_configs, **kwargs):
    """The settings that a demonstration may leave open and a hospital may not."""
    found = []
    if not settings.SECRET_KEY_IS_OWN:
        found.append(
            Error("PLAIN_SECRET_KEY is not set: the key made on first run is for demonstration.", id="consent.E001")
        )
    if not settings.HTTPS:
        found.append(Error("PLAIN_HTTPS is off: patients' pages must not travel in clear.", id="consent.E002"))
    if settings.DEMO:
        found.append(Error("PLAIN_DEMO is on: its front door opens a patient's walk to anybody.", id="consent.E003"))
    return found


@register()
def policy_file(app_configs, **kwargs):
    from consent import policy

    try:
        policy.current()
    except policy.BadPolicy as problem:
        return [Error(str(problem), id="consent.E010")]
    return []


@register(Tags.compatibility)
def translations_are_built(app_configs, **kwargs):
    missing = [code for code, _ in settings.LANGUAGES if code != "en" and not built(code)]
    return (
        [Warning(f"Interface words are not built for: {', '.join(missing)}. Run make words.", id="consent.W020")]
        if missing
        else []
    )


def built(code):
    return any((folder / code / "LC_MESSAGES" / "django.mo").exists() for folder in settings.LOCALE_PATHS)
