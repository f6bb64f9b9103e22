"""What must not lie about: neither log nor error mail holds a token, a code or a birth date."""

import io
import logging

import pytest
from django.core import mail
from django.test import Client
from django.utils.log import AdminEmailHandler

from consent import inviting
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    return people.invite(people.a_released())


@pytest.fixture
def written():
    """All that any logger says, in the very words of its records."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    before, root.level = root.level, logging.DEBUG
    yield stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def mailed(settings):
    """Error mails in both their forms, as a site with ADMINS sends them."""
    settings.ADMINS = [("Site", "site@example.org")]
    handler = AdminEmailHandler(include_html=True)
    logger = logging.getLogger("django.request")
    logger.addHandler(handler)
    yield lambda: "".join(each.subject + each.body + str(each.alternatives) for each in mail.outbox)
    logger.removeHandler(handler)


def secrets_of(made):
    return [people.path_of(made).split("/")[2], made.code, made.link]


def broken(*_said, **_more):
    raise RuntimeError("broken on purpose")


def test_no_log_line_holds_the_token(made, written):
    path, given = people.path_of(made), people.opening(made)
    client = Client(raise_request_exception=False)
    client.get(path)
    client.put(path)
    client.post(path, {})
    client.post(path, {**given, "born_day": "1"})
    client.post(path.rstrip("/"), {**given, "born_day": "1"})
    client.get(f"{path}further/")
    client.get(path, headers={"host": "evil.example"})
    client.post(path, b"x", content_type="text/plain; charset=latin-1")
    Client(enforce_csrf_checks=True).post(path, given)
    client.post(path, given)
    log = written.getvalue()
    assert "/c/" in log
    assert [each for each in secrets_of(made) if each in log] == []


@pytest.mark.parametrize("where", ["check_password", "opened", "count_try"])
def test_no_error_mail_and_no_log_of_it_holds_token_code_or_birth_date(made, written, mailed, monkeypatch, where):
    monkeypatch.setattr(inviting, where, broken)
    client = Client(raise_request_exception=False)
    assert client.post(people.path_of(made), people.opening(made)).status_code == 500
    told = mailed() + written.getvalue()
    assert "broken on purpose" in told
    assert [each for each in [*secrets_of(made), "1961"] if each in told] == []


def test_an_error_while_inviting_tells_neither_link_nor_code(client, mailed, monkeypatch):
    from django.urls import reverse

    from tests.desk import scenes

    seen = []
    shown = inviting.secrets.token_urlsafe
    monkeypatch.setattr(inviting.secrets, "token_urlsafe", lambda n: seen.append(shown(n)) or seen[-1])
    monkeypatch.setattr(inviting.Work.objects, "create", broken)
    client.raise_request_exception = False
    episode = people.a_released()
    response = people.signed_in(client, "bo").post(reverse("desk:invite", args=[episode.pk]), scenes.inviting(episode))
    assert response.status_code == 500
    assert seen
    assert seen[0] not in mailed()
