"""What signs staff in and must be readable again is kept encrypted, under keys that can be changed."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet  # noqa: F401 (InvalidToken is what unlock raises)
from django.conf import settings


def keys():
    """A key is any long text, so that whatever an administrator's tools make will do."""
    return MultiFernet([Fernet(urlsafe_b64encode(sha256(key.encode()).digest())) for key in settings.ENCRYPTION_KEYS])


def lock(text):
    return keys().encrypt(text.encode()).decode()


def unlock(token):
    return keys().decrypt(token.encode()).decode()


def lock_again(token):
    """The same secret under the newest key."""
    return keys().rotate(token.encode()).decode()
