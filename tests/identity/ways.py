"""How people sign in, in tests: by password, with codes from an app, from other addresses and browsers."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.urls import reverse

from tests import people

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def sign_in(client, username="bo", password=people.PASSWORD, address="192.0.2.1", **more):
    data = {"username": username, "password": password, **more}
    return client.post(reverse("sign-in"), data, REMOTE_ADDR=address)


def is_in(client, username="bo"):
    return client.session.get("_auth_user_id") == str(people.user(username).pk)


def code(secret=SECRET, later=0):
    """What the app shows now, or `later` half minutes from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def with_app(username="bo"):
    """This person has an app with codes, and recovery codes."""
    TOTP.activate(people.user(username), SECRET)
    return RecoveryCodes.activate(people.user(username)).generate_codes()


def give_code(client, given):
    return client.post(reverse("mfa_authenticate"), {"code": given})


def factors(username="bo"):
    return set(Authenticator.objects.filter(user=people.user(username)).values_list("type", flat=True))
