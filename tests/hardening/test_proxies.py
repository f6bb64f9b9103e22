"""Where a request comes from: our proxies are believed, and nobody else, whatever a header says."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import get_script_prefix, reverse
from hypothesis import given
from hypothesis import strategies as some

from consent import client as clients
from tests import people
from tests.identity.ways import sign_in

PROXY, INNER, BROWSER, FORGED = "10.0.0.7", "10.1.0.9", "203.0.113.5", "198.51.100.66"


@pytest.fixture(autouse=True)
def proxies(settings):
    settings.TRUSTED_PROXIES = [PROXY, "10.1.0.0/24", "2001:db8::/64"]


def told(peer, **headers):
    """(address, whether it came by TLS, what is left of the headers) as a view sees them."""
    seen = {}

    def view(request):
        seen.update(address=clients.address(request), tls=request.is_secure(), left=dict(request.headers))
        return HttpResponse()

    clients.behind_proxies(view)(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))
    return seen


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (PROXY, BROWSER, BROWSER),
        (PROXY, f"{FORGED}, {BROWSER}", BROWSER),
        (PROXY, f"{FORGED}, {BROWSER}, {INNER}", BROWSER),
        (PROXY, f"{PROXY}, {BROWSER}", BROWSER),
        (PROXY, f" {FORGED} ,\t{BROWSER} ", BROWSER),
        (PROXY, "2001:db8:1::5", "2001:db8:1::5"),
        ("2001:db8::1", BROWSER, BROWSER),
        (f"::ffff:{PROXY}", BROWSER, BROWSER),
        (PROXY, f"::ffff:{BROWSER}", BROWSER),
        (PROXY, "", PROXY),
        (PROXY, INNER, INNER),
        (PROXY, f"{FORGED}, unknown", PROXY),
        (PROXY, f"{FORGED}, unknown, {INNER}", INNER),
        (PROXY, f"{BROWSER}:4711", PROXY),
        (PROXY, "<script>", PROXY),
        (PROXY, "9" * 10_000, PROXY),
        (PROXY, "1.2.3.4," * 5_000, PROXY),
        (BROWSER, FORGED, BROWSER),
        (BROWSER, f"{FORGED}, {PROXY}", BROWSER),
        ("127.0.0.1", FORGED, "127.0.0.1"),
        ("", FORGED, ""),
    ],
)
def test_the_browser_is_the_first_from_the_right_that_is_not_ours(peer, forwarded, address):
    assert told(peer, x_forwarded_for=forwarded)["address"] == address


@pytest.mark.parametrize(
    ("peer", "proto", "tls"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS", True),
        (PROXY, "https, https", True),
        (PROXY, "https, http", False),
        (PROXY, "http", False),
        (PROXY, "", False),
        (BROWSER, "https", False),
        ("127.0.0.1", "https", False),
    ],
)
def test_tls_is_believed_of_our_proxies_alone(peer, proto, tls):
    assert told(peer, x_forwarded_proto=proto)["tls"] is tls


@pytest.mark.parametrize("peer", [PROXY, BROWSER])
@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Ssl", "Forwarded", "X-Real-Ip", "Client-Ip", "X-Client-Ip", "True-Client-Ip"],
)  # fmt: skip
def test_nothing_further_in_can_read_what_they_said(peer, name):
    assert name not in told(peer, **{name: FORGED})["left"]


def test_without_proxies_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []
    said = told("127.0.0.1", x_forwarded_for=FORGED, x_forwarded_proto="https", x_real_ip=FORGED)
    assert (said["address"], said["tls"]) == ("127.0.0.1", False)


@given(some.text(), some.text())
def test_nothing_that_a_stranger_says_changes_anything(forwarded, proto):
    said = told(BROWSER, x_forwarded_for=forwarded, x_forwarded_proto=proto)
    assert (said["address"], said["tls"]) == (BROWSER, False)


@given(some.text(alphabet="0123456789abcdef.:, \t"))
def test_whatever_stands_left_of_the_browser_changes_nothing(written):
    assert told(PROXY, x_forwarded_for=f"{written}, {BROWSER}, {INNER}")["address"] == BROWSER


@pytest.mark.django_db
def test_a_form_over_a_proxy_is_checked_as_one_over_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sign-in/", headers={"x-forwarded-proto": "https"}).status_code == 301
    assert client.get("/sign-in/", headers={"x-forwarded-proto": "https"}, REMOTE_ADDR=PROXY).status_code == 200


# --- a header that names a folder: gunicorn cuts it off the address, so that routing sees "/desk/" ------------------


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["/account", "/static", "/sign-in", "/healthy"])
def test_no_folder_in_a_header_passes_by_the_second_factor(client, settings, folder):
    settings.SECOND_FACTOR = True
    sign_in(client)
    answer = client.get("/desk/", SCRIPT_NAME=folder)
    assert (answer.status_code, answer.get("Location")) == (302, reverse("account"))


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ["/p", "/static"])
def test_no_folder_in_a_header_leads_out_of_a_tablet(client, folder):
    people.a_tablet(client, people.a_released())
    for path in ("/account/", "/sign-in/", "/desk/"):
        assert client.get(path, SCRIPT_NAME=folder).get("Location") == reverse("walk:back-to-staff")


@pytest.mark.django_db
def test_no_folder_in_a_header_changes_what_a_page_says_or_where_it_leads(client):
    answer = people.signed_in(client, "bo").get("/desk/", SCRIPT_NAME="/static/p")
    assert answer.wsgi_request.path == "/desk/"
    assert answer["Cache-Control"] == "no-store"
    assert get_script_prefix() == "/"
    assert b'"/static/p/' not in answer.content
