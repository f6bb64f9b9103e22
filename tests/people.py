"""The cast of the tests: the demonstration's people (consent/demo.py), Dr Chidi from elsewhere, and browsers.

an_episode(step="checklist")   Maria's episode, walked up to (not through) that step by the verbs themselves
a_tablet(client, episode)      this browser holds the tablet of that episode
at_home(client, episode)       this browser is the person's own device, and has opened a link
far_away()                     a clinic of another hospital, in the same database
signed_in(client, "bo")        this browser is signed in as that member of staff
"""

from django.utils import translation

from consent import demo, inviting
from consent.demo import *  # noqa: F403
from consent.demo import actor, user
from consent.staff.models import Clinic, Organisation, Site


def hospital():
    """The demonstration's hospital, and a clinic that none of it works in."""
    organisation = demo.hospital()
    elsewhere, _ = Clinic.objects.get_or_create(site=organisation.sites.first(), name="Elsewhere")
    demo.staff("chidi", "Dr Chidi Example", "Consultant, elsewhere", "clinician", elsewhere)
    return organisation


def far_away():
    """A clinic of another hospital in the same database."""
    other, _ = Organisation.objects.get_or_create(name="Faraway Sample Hospital")
    site, _ = Site.objects.get_or_create(organisation=other, name="Faraway Sample Hospital")
    return Clinic.objects.get_or_create(site=site, name="Far clinic")[0]


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


def invite(episode, channel="paper", address="", party=None, **known):
    """inviting.Made: the invitation, its link and its code."""
    return inviting.invite(
        episode=episode, party=party or episode.decision_maker, channel=channel, address=address,
        site="http://testserver", by=actor("bo"), **{"source": "", "known": "here", "known_words": "", **known},
    )  # fmt: skip


def at_home(client, episode):
    """`client` is the person's own device, which has opened a link to this episode."""
    made = invite(episode)
    response = client.post(path_of(made), opening(made))
    assert response.status_code == 303, response.content.decode()
    return client


def path_of(made):
    return made.link.removeprefix("http://testserver")


def opening(made, **more):
    """What opens the link: the code, and the patient's birth date in its three parts."""
    born = made.invitation.episode.patient.born
    parts = {"born_day": born.day, "born_month": born.month, "born_year": born.year}
    return {"code": made.code, **parts, **more}


def in_language(code):
    return translation.override(code)
