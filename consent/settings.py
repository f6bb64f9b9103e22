"""Settings, all from environment variables; what is missing in production is named at start."""

import os
import shlex
from datetime import timedelta
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

# The folder of everything that must survive: database, sealed records, keys. For the eyes of the service alone.
STATE_DIR = Path(env.str("PLAIN_STATE_DIR", default=str(BASE_DIR / "var")))
STATE_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)

DEBUG = env.bool("PLAIN_DEBUG", default=False)
DEMO = env.bool("PLAIN_DEMO", default=False)


def made_on_first_run(name):
    """A secret for demonstration and test, kept in the state folder and never in the repository."""
    from django.core.management.utils import get_random_secret_key

    path = STATE_DIR / name
    try:
        with open(path, "x", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(get_random_secret_key())
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = env.str("PLAIN_SECRET_KEY", default="") or made_on_first_run("secret-key-not-for-production")
SECRET_KEY_IS_OWN = bool(env.str("PLAIN_SECRET_KEY", default=""))
# They encrypt what signs staff in and must be readable again. The first encrypts, all of them decrypt.
ENCRYPTION_KEYS = env.list("PLAIN_ENCRYPTION_KEYS", default=[]) or [
    made_on_first_run("encryption-key-not-for-production")
]
ENCRYPTION_KEYS_ARE_OWN = bool(env.list("PLAIN_ENCRYPTION_KEYS", default=[]))
ALLOWED_HOSTS = env.list("PLAIN_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("PLAIN_TRUSTED_ORIGINS", default=[])
HTTPS = env.bool("PLAIN_HTTPS", default=False)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "axes",
    "consent.staff",
    "procedures",
    "consent",
]

MIDDLEWARE = [
    "consent.client.behind_proxies",
    "consent.headers.headers",
    "django.middleware.security.SecurityMiddleware",
    "consent.middleware.link",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "consent.middleware.not_too_large",
    "consent.middleware.only_utf8",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "consent.headers.CameFromUs",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "consent.middleware.tablet",
    "consent.middleware.zone",
    "consent.middleware.language",
    "consent.middleware.second_factor",
    "consent.middleware.idle_lock",
    "consent.middleware.errors_to_pages",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "consent.urls"
WSGI_APPLICATION = "consent.wsgi.application"
FORCE_SCRIPT_NAME = ""  # we stand at the root of our host: gunicorn takes this name from a header that anybody can send
AUTH_USER_MODEL = "staff.User"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "desk:today"
LOGOUT_REDIRECT_URL = "sign-in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# --- staff sign-in (decision 13) ---

# A password alone opens nothing but the page that sets up a second factor.
SECOND_FACTOR = env.bool("PLAIN_SECOND_FACTOR", default=not DEMO)
# The name that passkeys are bound to. Empty: the host that the browser asked.
PASSKEY_DOMAIN = env.str("PLAIN_PASSKEY_DOMAIN", default="")

ACCOUNT_ADAPTER = "consent.identity.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False  # a colleague may sign in where somebody still is
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SESSION_COOKIE_AGE = 12 * 60 * 60
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_FORMS = {
    "login": "consent.identity.forms.SignInForm",
    "reauthenticate": "consent.identity.forms.PasswordAgainForm",
    "change_password": "consent.identity.forms.ChangePasswordForm",
}
ACCOUNT_RATE_LIMITS = {
    "change_password": "10/15m/user",
    "login": "120/m/ip",  # a whole hospital may come from one address
    # Of codes, by person: whoever gets here knows the password. Passwords are counted by axes.
    "login_failed": "5/15m/key",
}
MFA_ADAPTER = "consent.identity.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Plain Consent"
MFA_TOTP_TOLERANCE = 1  # telephones and servers are half a minute apart now and then
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_RATE_LIMITS = {"webauthn_login": "120/m/ip"}
MFA_FORMS = {
    "authenticate": "consent.identity.forms.CodeForm",
    "reauthenticate": "consent.identity.forms.CodeAgainForm",
    "activate_totp": "consent.identity.forms.FirstCodeForm",
    "add_webauthn": "consent.identity.forms.AddPasskeyForm",
    "login_webauthn": "consent.identity.forms.PasskeySignInForm",
    "authenticate_webauthn": "consent.identity.forms.PasskeyForm",
    "reauthenticate_webauthn": "consent.identity.forms.PasskeyAgainForm",
}

# The hospital's single sign-on. Empty: there is none.
OIDC_ISSUER = env.str("PLAIN_OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("PLAIN_OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET = env.str("PLAIN_OIDC_CLIENT_SECRET", default="")
OIDC_NAME = env.str("PLAIN_OIDC_NAME", default="")
OIDC_ROLES_CLAIM = env.str("PLAIN_OIDC_ROLES_CLAIM", default="roles")
OIDC_CLINICS_CLAIM = env.str("PLAIN_OIDC_CLINICS_CLAIM", default="clinics")
# {the provider's name: our role}. Empty: the provider calls them as we do.
OIDC_ROLES = env.dict("PLAIN_OIDC_ROLES", default={})
# May it let somebody in whom it has not asked just now? Only for PCs that lock themselves.
OIDC_SILENT = env.bool("PLAIN_OIDC_SILENT", default=False)
SOCIALACCOUNT_ADAPTER = "consent.identity.single.SocialAdapter"
SOCIALACCOUNT_EMAIL_VERIFICATION = "none"

AXES_HANDLER = "consent.identity.lockout.Lockouts"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "username"]
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = False  # consent/identity/lockout.py does, for a password
AXES_USERNAME_CALLABLE = "consent.identity.lockout.name_of"
AXES_CLIENT_IP_CALLABLE = "consent.client.address"
AXES_LOCKOUT_CALLABLE = "consent.errors.locked_out"
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ("clear",)
CRISPY_TEMPLATE_PACK = "clear"
CRISPY_FAIL_SILENTLY = False

DATABASES = {"default": env.db_url("PLAIN_DATABASE_URL", default=f"sqlite:///{STATE_DIR / 'plain-consent.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["ENGINE"] = "consent.sqlite"  # the same, with a fair queue for writers
    DATABASES["default"]["OPTIONS"] = {
        # A reader that later writes would fail at once under load: every transaction says at its start that it writes.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA recursive_triggers=ON;",
    }
    # A file even in tests: an in-memory database locks under a live server.
    DATABASES["default"]["TEST"] = {"NAME": str(STATE_DIR / "test.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In the database, so that all processes and machines count tries together.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_TZ = True
TIME_ZONE = env.str("PLAIN_TIME_ZONE", default="Europe/London")

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = STATE_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
RECORDS_DIR = Path(env.str("PLAIN_RECORDS_DIR", default=str(STATE_DIR / "records")))
UPLOADS_DIR = Path(env.str("PLAIN_UPLOADS_DIR", default=str(STATE_DIR / "uploads")))
KEYS_DIR = Path(env.str("PLAIN_KEYS_DIR", default=str(STATE_DIR / "keys")))
LIBRARY_DIR = BASE_DIR / "procedures" / "library"
POLICY_FILE = Path(env.str("PLAIN_POLICY", default=str(BASE_DIR / "consent" / "policies" / "demo.yaml")))
# The hospital's own program against viruses: told a file, it answers 0 (clean) or 1 (infected).
SCAN_COMMAND = shlex.split(env.str("PLAIN_SCAN_COMMAND", default=""))
FILE_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 9 * 1024 * 1024

# Django looks for its own middleware by name; ours is the same and more.
SILENCED_SYSTEM_CHECKS = ["security.W003"]
CSRF_FAILURE_VIEW = "consent.errors.forged"
SESSION_ENGINE = "consent.staff.sessions"
SESSION_COOKIE_NAME = "__Host-plain" if HTTPS else "plain"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_NAME = "__Host-plain-csrf" if HTTPS else "plain-csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
# consent/client.py takes this header off every request that none of these proxies has sent.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
TRUSTED_PROXIES = env.list("PLAIN_TRUSTED_PROXIES", default=[])
# The desk's. Patients' pages say "no-referrer" (consent/headers.py).
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

STAFF_IDLE_SECONDS = env.int("PLAIN_STAFF_IDLE_SECONDS", default=600)
# Messages: how they leave, and the address that their links begin with.
SITE_URL = env.str("PLAIN_SITE_URL", default="").rstrip("/")
SENT_DIR = STATE_DIR / "sent"
# Whom somebody at home phones who is locked out, or held up: a page that may not know whose it is can name no ward's number.
PHONE = env.str("PLAIN_PHONE", default="01632 960 000" if DEMO else "")
EMAIL_IS_SET_UP = DEMO or bool(env.str("PLAIN_EMAIL_URL", default=""))
vars().update(env.email_url("PLAIN_EMAIL_URL", default=f"filemail://{SENT_DIR}"))
EMAIL_FROM = env.str("PLAIN_EMAIL_FROM", default="consent@localhost")
EMAIL_TIMEOUT = 10
SMS_URL = env.str("PLAIN_SMS_URL", default="")
SMS_TOKEN = env.str("PLAIN_SMS_TOKEN", default="")
SMS_FORMAT = env.str("PLAIN_SMS_FORMAT", default="json")
SMS_FIELDS = env.list("PLAIN_SMS_FIELDS", default=["to", "text"])
SMS_FOLDER = SENT_DIR if DEMO else None

# On a person's own device: minutes without a touch, and minutes in all, before link and code are asked for again.
OWN_DEVICE_IDLE_MINUTES = env.int("PLAIN_OWN_DEVICE_IDLE_MINUTES", default=20)
OWN_DEVICE_MINUTES = env.int("PLAIN_OWN_DEVICE_MINUTES", default=120)

PRIVACY_COVER_SECONDS = env.int("PLAIN_PRIVACY_COVER_SECONDS", default=300)
TABLET_ALONE_MINUTES = env.int("PLAIN_TABLET_ALONE_MINUTES", default=120)

# Who is told by mail when a page breaks or work cannot be done.
ADMINS = [("", each) for each in env.list("PLAIN_ERROR_MAIL", default=[])]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"()": "consent.logs.OnlyPlaces", "format": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "mail": {"class": "consent.logs.MailToOperators", "formatter": "plain", "level": "ERROR"},
    },
    "root": {"handlers": ["console", "mail"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        # Django's own handlers would write an exception's words, and mail the form that was sent.
        "django": {"handlers": [], "level": "INFO"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # or any stranger could send mail by it
        "fontTools": {"level": "ERROR"},
        "weasyprint": {"level": "ERROR"},
        "pyhanko": {"level": "ERROR"},
        "pikepdf": {"level": "WARNING"},
    },
}
