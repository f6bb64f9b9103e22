"""Which browser a session belongs to, in words its owner knows again. Neither an address nor a place is kept."""

import re

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

KEPT = "signed_in_on"
# The first that is found: a browser also names those that it wants to be taken for.
BROWSERS = [("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("FxiOS", "Firefox"), ("CriOS", "Chrome"),
            ("Chrome", "Chrome"), ("Safari", "Safari")]  # fmt: skip
DEVICES = [("iPad", "iPad"), ("iPhone", "iPhone"), ("Android", "Android"), ("Windows", "Windows"), ("Macintosh", "Mac"),
           ("CrOS", "Chromebook"), ("Linux", "Linux")]  # fmt: skip


@receiver(user_logged_in)
def keep(sender, request, user, **kwargs):
    agent = request.META.get("HTTP_USER_AGENT", "")
    request.session[KEPT] = {
        "browser": first(agent, BROWSERS),
        "device": first(agent, DEVICES),
        "at": timezone.now().isoformat(),
    }


def first(agent, names):
    return next((name for sign, name in names if re.search(rf"\b{sign}\b", agent)), "")


def kept(said):
    """{device, since} of a session's data."""
    found = said.get(KEPT) or {}
    browser, device = found.get("browser"), found.get("device")
    both = _("%(browser)s on %(device)s") % {"browser": browser, "device": device} if browser and device else ""
    return {
        "device": both or browser or device or _("A browser we do not know"),
        "since": parse_datetime(found["at"]) if found else None,
    }
