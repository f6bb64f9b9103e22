"""Ways for a text message to leave: through the hospital's gateway by HTTP, or into a folder for the demonstration."""

import json
import urllib.request
import uuid
from urllib.parse import urlencode

from django.conf import settings

TIMEOUT = 10


class NotSent(Exception):
    """The gateway did not take the message."""


def chosen():
    """What this site's settings name, or None."""
    if settings.SMS_URL:
        return over_http
    return into_folder if settings.SMS_FOLDER else None


def over_http(number, text):
    """One POST with the number and the text. Only a plain yes counts: a redirect led somewhere that may not have sent it."""
    request = urllib.request.Request(settings.SMS_URL, method="POST", **body_of(number, text))
    if settings.SMS_TOKEN:
        request.add_unredirected_header("Authorization", f"Bearer {settings.SMS_TOKEN}")
    with urllib.request.build_opener().open(request, timeout=TIMEOUT) as reply:
        if reply.geturl() != settings.SMS_URL or not 200 <= reply.status < 300:
            raise NotSent


def body_of(number, text):
    to, said = settings.SMS_FIELDS
    fields = {to: number, said: text}
    if settings.SMS_FORMAT == "form":
        return {"data": urlencode(fields).encode(), "headers": {"Content-Type": "application/x-www-form-urlencoded"}}
    return {"data": json.dumps(fields).encode(), "headers": {"Content-Type": "application/json"}}


def into_folder(number, text):
    settings.SMS_FOLDER.mkdir(parents=True, exist_ok=True)
    (settings.SMS_FOLDER / f"{uuid.uuid4()}.txt").write_text(f"To: {number}\n\n{text}\n", encoding="utf-8")
