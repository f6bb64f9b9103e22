"""The door book, kept in the log: who signed in and out and from where, that somebody failed to, and who was refused what.

People stand in it by the number of their account. A name that was typed at a failed sign-in does not: it may be a password.
"""

import logging

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver

from consent import client

log = logging.getLogger(__name__)


@receiver(user_logged_in)
def came_in(sender, request, user, **kwargs):
    log.info("user %s signed in from %s", user.pk, client.address(request))


@receiver(user_logged_out)
def went_out(sender, request, user, **kwargs):
    log.info("user %s signed out", user.pk if user else None)


@receiver(user_login_failed)
def failed(sender, request=None, **kwargs):
    log.warning("a sign-in failed from %s", client.address(request) if request else "nowhere")


def refused(request, status):
    """Somebody signed in asked for what they may not do, or for what is not theirs to know of."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        log.warning("user %s was answered %s at %s %s", user.pk, status, request.method, request.path_info)
