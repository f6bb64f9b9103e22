"""What a start needs: production settings are complete or named, and nothing secret is made for production."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

OWN = {
    "PLAIN_SECRET_KEY": "an-own-key-of-more-than-fifty-letters-for-this-test-alone-1234567890",
    "PLAIN_ENCRYPTION_KEYS": "an-own-key-for-what-signs-staff-in-1234567890",
    "PLAIN_HTTPS": "1",
    "PLAIN_PHONE": "01632 960 000",
}


def ran(tmp_path, *words, **environment):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PLAIN_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, *words],
        cwd=settings.BASE_DIR,
        env={**kept, "PLAIN_STATE_DIR": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def manage(tmp_path, *words, **environment):
    return ran(tmp_path, "manage.py", *words, **environment)


def test_a_complete_production_start_has_no_warning(tmp_path):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **OWN)
    assert done.returncode == 0, done.stderr


UNSAFE = [
    ({"PLAIN_SECRET_KEY": ""}, "PLAIN_SECRET_KEY is not set"),
    ({"PLAIN_SECRET_KEY": "abcdefghijklmnopqrst"}, "PLAIN_SECRET_KEY is shorter than 50 letters"),
    ({"PLAIN_ENCRYPTION_KEYS": ""}, "PLAIN_ENCRYPTION_KEYS is not set"),
    ({"PLAIN_ENCRYPTION_KEYS": "x" * 40 + ",short"}, "PLAIN_ENCRYPTION_KEYS: 32 letters are the least"),
    ({"PLAIN_OIDC_ISSUER": "http://sso.example"}, "PLAIN_OIDC_ISSUER does not begin with https://"),
    ({"PLAIN_HTTPS": "0"}, "PLAIN_HTTPS is off"),
    ({"PLAIN_DEBUG": "1"}, "PLAIN_DEBUG is on"),
    ({"PLAIN_ALLOWED_HOSTS": "consent.example,*"}, "PLAIN_ALLOWED_HOSTS lets in every name"),
    ({"PLAIN_TRUSTED_PROXIES": "10.0.0.7,proxy.example"}, "proxy.example is neither an address nor a network"),
    ({"PLAIN_TRUSTED_PROXIES": "0.0.0.0/0"}, "0.0.0.0/0 would let anybody say where they come from"),
]
# `serve` looks at all of these itself; `check --deploy` has more to say.
ALSO_UNSAFE = [
    UNSAFE[0],
    ({"PLAIN_DEMO": "1"}, "PLAIN_DEMO is on"),
    ({"PLAIN_PHONE": ""}, "PLAIN_PHONE is not set"),
    ({"PLAIN_POLICY": "nowhere.yaml"}, "The policy nowhere.yaml cannot be read"),
]


@pytest.mark.parametrize(("missing", "said"), ALSO_UNSAFE)
def test_what_is_missing_is_named(tmp_path, missing, said):
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING", **{**OWN, **missing})
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(("missing", "said"), UNSAFE)
def test_the_site_does_not_start_with_it(tmp_path, missing, said):
    done = manage(tmp_path, "serve", **{**OWN, **missing})
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert said in done.stderr


@pytest.mark.parametrize(("missing", "said"), UNSAFE[::3])
def test_nor_does_a_web_server_that_is_started_without_us(tmp_path, missing, said):
    done = ran(tmp_path, "-m", "gunicorn", "--check-config", "consent.wsgi", **{**OWN, **missing})
    assert done.returncode != 0
    assert said in done.stderr


def test_a_complete_web_server_starts_without_us(tmp_path):
    done = ran(tmp_path, "-m", "gunicorn", "--check-config", "consent.wsgi", **OWN)
    assert done.returncode == 0, done.stderr


def test_it_does_not_start_where_everybody_on_the_machine_may_read(tmp_path):
    tmp_path.chmod(0o755)
    assert "PLAIN_STATE_DIR is open to every account" in manage(tmp_path, "serve", **OWN).stderr


def test_a_folder_that_it_makes_is_its_own_alone(tmp_path):
    manage(tmp_path / "new", "check", **OWN)
    assert (tmp_path / "new").stat().st_mode & 0o077 == 0


def test_the_demonstrations_front_door_is_not_there_in_production(tmp_path):
    code = "from django.urls import resolve; resolve('/demo/')"
    assert "Resolver404" in manage(tmp_path, "shell", "-c", code, **OWN).stderr


def test_the_key_made_on_first_run_can_be_read_by_its_owner_alone(tmp_path):
    manage(tmp_path, "check")
    for name in ("secret-key-not-for-production", "encryption-key-not-for-production"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0


def test_cookies_are_bound_to_this_host_and_browsers_are_told_to_stay_on_tls(tmp_path):
    code = """
from django.conf import settings
from django.test import Client
from consent.desk.door import DEVICE
answer = Client().get("/sign-in/", secure=True, headers={"host": "localhost"})
print(settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, DEVICE)
print(answer.cookies.output())
print(answer.headers["Strict-Transport-Security"])
print(Client().get("/sign-in/", headers={"host": "localhost"}).headers["Location"])
"""
    manage(tmp_path, "collectstatic", "--noinput", **OWN)
    names, cookie, lasting, elsewhere = manage(tmp_path, "shell", "-v", "0", "-c", code, **OWN).stdout.splitlines()
    assert all(name.startswith("__Host-") for name in names.split())
    assert cookie.startswith("Set-Cookie: __Host-plain-csrf=")
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} <= set(cookie.split("; "))
    assert lasting == "max-age=31536000; includeSubDomains; preload"
    assert elsewhere == "https://localhost/sign-in/"
