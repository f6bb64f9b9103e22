"""Whom wrong passwords lock out, and for how long: enough to stop guessing, too little to keep staff from their patients."""

import unicodedata

from allauth.account.internal.flows.login import get_authentication_records
from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_credentials
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

    def user_logged_in(self, sender, request, user, **kwargs):
        """The right password forgets the wrong ones given at this place, and no others.

        A PIN at a tablet is no password: whoever works here would wipe out the count of somebody who guesses elsewhere.
        """
        super().user_logged_in(sender, request, user, **kwargs)
        if any(each["method"] == "password" for each in get_authentication_records(request, user)):
            here, _anywhere = self.filter_user_attempts(request, get_credentials(user.get_username()))
            here.delete()
