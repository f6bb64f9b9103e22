"""What leaves the house: by mail, as a text message and on paper; when it does not; and what it never says."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.core import mail
from django.urls import reverse

from consent import inviting, messages, work
from consent.demo import REASONS
from consent.identity import vault
from consent.models import Episode, Event, Invitation, Work
from tests import people

pytestmark = pytest.mark.django_db
NUMBER = "+44 7700 900123"
# Nothing of these may be read off a message: who, what, which side, why, where.
CANARIES = ("Maria", "Sample", "nerve", "neck", "inject", "left", "C6", "arm", "pain", "dexa", "Imaging", "Ada", "consent", "patient", "1961")  # fmt: skip


@pytest.fixture(autouse=True)
def a_folder_for_texts(settings, tmp_path):
    settings.SMS_FOLDER = tmp_path / "sent"


def texts(settings):
    return [each.read_text() for each in sorted(settings.SMS_FOLDER.glob("*.txt"))]


def by_mail(**planned):
    return people.invite(people.a_released(**planned), "email", "maria@example.org")


def by_text(**planned):
    return people.invite(people.a_released(**planned), "sms", NUMBER)


def said(settings):
    """All that left."""
    return [f"{each.subject}\n{each.body}" for each in mail.outbox] + texts(settings)


# --- sent ------------------------------------------------------------------------------------------------------------


def test_the_worker_sends_the_mail_and_the_link_is_forgotten():
    made = by_mail()
    assert mail.outbox == []
    assert work.run_once()
    assert [each.to for each in mail.outbox] == [["maria@example.org"]]
    assert made.link in mail.outbox[0].body
    kept = Invitation.objects.get()
    assert (kept.sealed_link, bool(kept.sent_at)) == ("", True)
    assert Event.objects.order_by("id").last().kind == "invitation_sent"


def test_the_worker_sends_the_text_message(settings):
    made = by_text()
    assert work.run_once()
    assert made.link in texts(settings)[0]
    assert NUMBER in texts(settings)[0]


def test_paper_sends_nothing(settings):
    people.invite(people.a_released())
    assert not Work.objects.filter(kind="invitation").exists()
    assert Invitation.objects.get().sealed_link == ""


def test_the_link_in_the_message_opens_the_walk(client):
    made = by_mail()
    work.run_once()
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    assert client.post(link.removeprefix("http://testserver"), people.opening(made)).status_code == 303


@pytest.mark.parametrize("make", [by_mail, by_text])
def test_a_message_holds_no_word_about_the_person(settings, make):
    made = make()
    work.run_once()
    (message,) = said(settings)
    bare = message.replace(made.link, "").replace(NUMBER, "").replace("maria@example.org", "").casefold()
    assert [word for word in (*CANARIES, *REASONS.values()) if str(word).casefold() in bare] == []
    assert "example general hospital" in bare


@pytest.mark.parametrize("make", [by_mail, by_text])
def test_the_code_never_travels_with_the_link(settings, make):
    made = make()
    work.run_once()
    (message,) = said(settings)
    assert made.code not in message


def test_a_message_speaks_the_language_of_the_person(client):
    made = by_mail(language="es")
    work.run_once()
    assert mail.outbox[0].subject == "Un mensaje de Example General Hospital"
    assert made.link.endswith("/?in=es")
    assert "Abrir su página" in client.get(people.path_of(made)).content.decode()


def test_a_link_lies_sealed_until_it_is_sent():
    made = by_mail()
    kept = Invitation.objects.get().sealed_link
    assert kept
    assert people.path_of(made).split("/")[2] not in kept
    assert vault.unlock(kept) == made.link


def test_it_is_not_sent_twice():
    by_mail()
    work.run_once()
    inviting.deliver(Work.objects.get(kind="invitation"))
    assert len(mail.outbox) == 1


def test_what_was_revoked_before_is_not_sent():
    made = by_mail()
    inviting.revoke(invitation=made.invitation, by=people.actor("bo"))
    assert work.run_once()
    assert mail.outbox == []
    assert Work.objects.get(kind="invitation").done_at


def test_what_is_over_before_is_not_sent_and_forgotten():
    by_mail()
    people.walk_to(Episode.objects.get(), "sign")
    people.sign(Episode.objects.get())
    work.HANDLERS["invitation"](Work.objects.get(kind="invitation"))
    assert mail.outbox == []
    assert Invitation.objects.get().sealed_link == ""


# --- not sent --------------------------------------------------------------------------------------------------------


def test_what_could_not_be_sent_is_seen_at_the_desk_and_tried_again(client, monkeypatch):
    made = by_mail()
    broken = lambda *_said, **_more: (_ for _ in ()).throw(OSError("no route to maria@example.org"))  # noqa: E731
    monkeypatch.setitem(messages.WAYS, "email", broken)
    work.run_once()
    row = Work.objects.get(kind="invitation")
    assert (row.done_at, row.attempt, row.trouble) == (None, 1, "OSError: The disk or the network did not work.")
    page = people.signed_in(client, "bo").get(reverse("desk:episode", args=[made.invitation.episode_id]))
    assert "Not sent yet, and tried again: OSError" in page.content.decode()
    monkeypatch.undo()
    Work.objects.update(due_at=row.made_at)
    work.run_once()
    assert made.link in mail.outbox[0].body


def test_a_lost_key_is_a_sentence_and_no_message(settings):
    by_mail()
    settings.ENCRYPTION_KEYS = ["another-key-for-this-test-alone-0123456789"]
    work.run_once()
    assert mail.outbox == []
    assert "a new invitation is needed" in Work.objects.get(kind="invitation").trouble


def test_a_way_that_the_site_cannot_send_is_not_offered(client, settings):
    settings.SMS_FOLDER, settings.EMAIL_IS_SET_UP = None, False
    episode = people.a_released()
    html = people.signed_in(client, "bo").get(reverse("desk:invite", args=[episode.pk])).content.decode()
    assert 'value="paper"' in html
    assert 'value="sms"' not in html
    assert 'value="email"' not in html
    with pytest.raises(inviting.NotInvitable):
        people.invite(episode, "sms", NUMBER)


# --- the gateway by HTTP ---------------------------------------------------------------------------------------------


@pytest.fixture
def gateway(settings):
    """A real one on this machine, which keeps what it was sent and answers as told."""

    class Gateway(BaseHTTPRequestHandler):
        taken, status, location = [], 202, ""

        def do_POST(self):  # noqa: N802
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.taken.append((self.headers["Authorization"], self.headers["Content-Type"], body))
            self.send_response(self.status)
            if self.location:
                self.send_header("Location", self.location)
            self.end_headers()

        def do_GET(self):  # noqa: N802
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_said):
            pass

    Gateway.taken = []
    server = HTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    settings.SMS_TOKEN, settings.SMS_FIELDS = "gateway-token", ["number", "message"]
    yield Gateway
    server.shutdown()
    server.server_close()


def test_the_gateway_is_sent_number_and_text_as_json(gateway):
    made = by_text()
    work.run_once()
    ((token, kind, body),) = gateway.taken
    assert (token, kind) == ("Bearer gateway-token", "application/json")
    assert json.loads(body)["number"] == NUMBER
    assert made.link in json.loads(body)["message"]


def test_the_gateway_is_sent_a_form_when_it_wants_one(gateway, settings):
    settings.SMS_FORMAT = "form"
    made = by_text()
    work.run_once()
    assert made.link in parse_qs(gateway.taken[0][2])["message"][0]


@pytest.mark.parametrize(("status", "location"), [(500, ""), (401, ""), (302, "/elsewhere"), (307, "/elsewhere")])
def test_what_the_gateway_does_not_take_is_not_sent(gateway, status, location):
    gateway.status, gateway.location = status, location
    by_text()
    work.run_once()
    assert Invitation.objects.get().sent_at is None
    assert Work.objects.get(kind="invitation").trouble
