"""The cast of the tests: the demonstration's people (consent/demo.py), Dr Chidi from elsewhere, and browsers.

an_episode(step="checklist")   Maria's episode, walked up to (not through) that step by the verbs themselves
a_tablet(client, episode)      this browser holds the tablet of that episode
signed_in(client, "bo")        this browser is signed in as that member of staff
"""

from django.utils import translation

from consent import demo
from consent.demo import *  # noqa: F403
from consent.demo import actor, user
from consent.staff.models import Clinic


def hospital():
    """The demonstration's hospital, and a clinic that none of it works in."""
    organisation = demo.hospital()
    elsewhere, _ = Clinic.objects.get_or_create(site=organisation.sites.first(), name="Elsewhere")
    demo.staff("chidi", "Dr Chidi Example", "Consultant, elsewhere", "clinician", elsewhere)
    return organisation


def signed_in(client, username):
    client.force_login(user(username))
    return client


def a_tablet(client, episode, party=None):
    """`client` holds the tablet that Bo handed over for this episode."""
    from consent import handover

    hand = handover.hand_over(
        episode=episode, party=party or episode.decision_maker, by=actor("bo"), said_name_and_birth_date=True
    )
    client.cookies.clear()
    session = client.session
    session["hand_over"] = str(hand.pk)
    session["language"] = episode.language
    session.save()
    return client


def in_language(code):
    return translation.override(code)
