"""What is written down for whoever runs the site: which code failed and where, never what a person said or who they are.

The words of an exception may hold what somebody typed (a database quotes the row that it refuses), so they stay out. A
path is written, for it holds ids alone; what stands in it after /c/ is a secret and is not.
"""

import logging
import re
import traceback

from django.core import mail

SECRET = re.compile(r"(?<=/c/)[^/\s'\"<>]+")


class OnlyPlaces(logging.Formatter):
    """A traceback without words: class, file, line and function of every exception in the chain."""

    def format(self, record):
        record.exc_text = None  # another formatter may have left it here, with words
        return SECRET.sub("…", super().format(record))

    def formatException(self, ei):  # noqa: N802 (logging's name)
        return "\n".join(places_of(ei[1]))


def places_of(error):
    while error is not None:
        yield f"{type(error).__module__}.{type(error).__qualname__}, from:"
        yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


class MailToOperators(logging.Handler):
    """The same lines by mail to PLAIN_ERROR_MAIL: no form, no cookie, no local variable."""

    def emit(self, record):
        mail.mail_admins(f"{record.levelname} {record.name}", self.format(record), fail_silently=True)
