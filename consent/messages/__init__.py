"""Messages that leave the house: by e-mail or as a text message. None says why anybody comes to hospital."""

from django.conf import settings
from django.core.mail import send_mail

from consent.messages import gateways

NotSent = gateways.NotSent


def by_email(address, words):
    send_mail(words.subject, words.text, settings.EMAIL_FROM, [address])


def by_text(number, words):
    gateways.chosen()(number, words.short)


WAYS = {"email": by_email, "sms": by_text}


def is_set_up(channel):
    """Can this site send so? Paper needs nothing but a printer."""
    return {"email": settings.EMAIL_IS_SET_UP, "sms": gateways.chosen() is not None, "paper": True}[channel]


def send(channel, address, words):
    """Raises NotSent, or OSError when nobody answers at the other end."""
    WAYS[channel](address, words)
