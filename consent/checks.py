"""What must be right before the site starts: database guards, keys, fonts, production settings."""

import ipaddress
import shutil

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured

from consent import policy

SHORTEST_KEY, SHORTEST_ENCRYPTION_KEY = 50, 32


@register(Tags.security, deploy=True)
def production_settings(app_configs, **kwargs):
    """The settings that a demonstration may leave open and a hospital may not."""
    return [Error(sentence, id=f"consent.{number}") for number, wrong, sentence in unsafe() if wrong]


def unsafe():
    """(number, whether it is so, sentence) of each."""
    yield (
        "E001",
        not settings.SECRET_KEY_IS_OWN,
        "PLAIN_SECRET_KEY is not set: the key made on first run is for demonstration.",
    )
    yield "E002", not settings.HTTPS, "PLAIN_HTTPS is off: patients' pages must not travel in clear."
    yield "E003", settings.DEMO, "PLAIN_DEMO is on: its front door opens a patient's walk to anybody."
    yield "E004", settings.DEBUG, "PLAIN_DEBUG is on: error pages would show patients to anybody."
    yield "E005", len(settings.SECRET_KEY) < SHORTEST_KEY, f"PLAIN_SECRET_KEY is shorter than {SHORTEST_KEY} letters."
    yield "E006", "*" in settings.ALLOWED_HOSTS, "PLAIN_ALLOWED_HOSTS lets in every name: set the names of this site."
    yield (
        "E009",
        not settings.ENCRYPTION_KEYS_ARE_OWN,
        "PLAIN_ENCRYPTION_KEYS is not set: the key made on first run is for demonstration.",
    )
    shortest = min(len(key) for key in settings.ENCRYPTION_KEYS)
    yield (
        "E011",
        shortest < SHORTEST_ENCRYPTION_KEY,
        f"PLAIN_ENCRYPTION_KEYS: {SHORTEST_ENCRYPTION_KEY} letters are the least.",
    )
    plain = settings.OIDC_ISSUER and not settings.OIDC_ISSUER.startswith("https://")
    yield "E012", plain, "PLAIN_OIDC_ISSUER does not begin with https://: anybody on the way could sign in as anybody."
    clear = [each for each in (settings.SITE_URL, settings.SMS_URL) if each and not each.startswith("https://")]
    yield (
        "E015",
        clear,
        "PLAIN_SITE_URL and PLAIN_SMS_URL must begin with https://: what they carry must not travel in clear.",
    )
    everybody = settings.STATE_DIR.stat().st_mode & 0o007
    yield "E007", everybody, "PLAIN_STATE_DIR is open to every account of this machine: take others' rights off it."


def refuse_unsafe():
    """For a web server that is started without manage.py serve. A demonstration may leave all this open."""
    found = [] if settings.DEMO else [*production_settings(None), *trusted_proxies(None)]
    if found:
        raise ImproperlyConfigured(" ".join(each.msg for each in found))


@register(Tags.security)
def trusted_proxies(app_configs, **kwargs):
    """Nobody may be trusted by a slip of the pen."""
    return [Error(f"PLAIN_TRUSTED_PROXIES: {each} {why}", id="consent.E008") for each, why in not_proxies()]


def not_proxies():
    for each in settings.TRUSTED_PROXIES:
        try:
            network = ipaddress.ip_network(each, strict=False)
        except ValueError:
            yield each, "is neither an address nor a network."
        else:
            if not network.prefixlen:
                yield each, "would let anybody say where they come from."


@register(Tags.security)
def scanner_of_uploads(app_configs, **kwargs):
    command = settings.SCAN_COMMAND
    missing = bool(command) and shutil.which(command[0]) is None
    return [Error(f"PLAIN_SCAN_COMMAND: there is no program {command[0]}.", id="consent.E012")] if missing else []


@register(Tags.security, deploy=True)
def phone_for_people_at_home(app_configs, **kwargs):
    """Whoever is locked out at home is told to phone: they need a number for it."""
    if settings.PHONE or policy_file(None) or not policy.current().invitation.channels:
        return []
    sentence = "PLAIN_PHONE is not set: people at home whose link does not open are told to phone, and not where."
    return [Warning(sentence, id="consent.W016")]


@register()
def policy_file(app_configs, **kwargs):
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
