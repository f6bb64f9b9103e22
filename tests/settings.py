"""The product's settings with a throw-away state folder, quick password hashes and plain static files."""

import atexit
import os
import shutil
import tempfile

if "PLAIN_STATE_DIR" not in os.environ:
    os.environ["PLAIN_STATE_DIR"] = tempfile.mkdtemp(prefix="plain-consent-test-")
    atexit.register(shutil.rmtree, os.environ["PLAIN_STATE_DIR"], ignore_errors=True)
os.environ["PLAIN_DEBUG"] = "0"
os.environ["PLAIN_DEMO"] = "1"

from consent.settings import *  # noqa: E402, F403
from consent.settings import STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
