"""Sessions that know whose they are, so that a person sees their own and all of one account's end at once."""

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from consent.staff.models import Session


class SessionStore(DatabaseStore):
    """Django's own, with the signed-in person in a column of its own."""

    @classmethod
    def get_model_class(cls):
        return Session

    def create_model_instance(self, data):
        row = super().create_model_instance(data)
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
