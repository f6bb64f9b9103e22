"""Whom wrong passwords lock out, and for how long: enough to stop guessing, too little to keep staff from their patients."""

import unicodedata

from axes.handlers.database import AxesDatabaseHandler
from django.db.models import Sum

# Wrong passwords for one name from anywhere count a fifth of those from one address. Somebody who guesses from a
# single place locks the name at that place alone, and its owner signs in from everywhere else.
ANYWHERE = 5


def name_of(request, credentials=None):
    """The name as it is counted: Bo and bo are one person, and so are two ways of writing one letter."""
    given = (credentials or request.POST).get("username") or ""
    return unicodedata.normalize("NFKC", given).casefold()[:255]


class Lockouts(AxesDatabaseHandler):
    """Five wrong passwords in a quarter of an hour, for one name from one address; twenty-five for it from anywhere."""

    def get_failures(self, request, credentials=None):
        here, anywhere = (
            attempts.aggregate(n=Sum("failures_since_start"))["n"] or 0
            for attempts in self.get_user_attempts(request, credentials)
        )
        return max(here, anywhere // ANYWHERE)
