"""The only door to rows about patients: it gives the row, or 404 to those who may not know of it, or 403."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, Subquery, Value
from django.db.models.functions import Replace
from django.http import Http404
from django.utils import timezone

from consent import policy
from consent.models import Access as Reading
from consent.models import (
    BreakGlass,
    Episode,
    HandOver,
    Party,
    Patient,
    PatientIdentifier,
    Question,
    Record,
    Release,
    Reply,
    Scan,
    Signature,
    Status,
    Work,
)
from consent.staff.models import Organisation, User

ASKING = (Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE, Status.CONFIRMED)
OPEN = (Status.DRAFT, Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE, Status.CONFIRMED)


def allow(user, act):
    """Raise PermissionDenied unless the policy lets this member of staff do `act`."""
    if not policy.current().allows(user, act):
        raise PermissionDenied(act)


def may(user, act):
    return policy.current().allows(user, act)


def episodes(user, act="open_desk"):
    """Episodes of the clinics that this member of staff works in, for those who may `act`."""
    if not may(user, act):
        return Episode.objects.none()
    return (
        Episode.objects.filter(clinic__in=user.clinics.all())
        .select_related("patient", "clinic__site__organisation", "responsible")
        .prefetch_related("patient__identifiers")
    )


def episode(user, pk, *, act="open_desk"):
    """One episode: 404 when it is not theirs to know of, 403 when they may know of it but not do `act`."""
    known = episodes(user, "open_desk" if may(user, "open_desk") else "read_trail")
    found = known.filter(pk=pk).first()
    if found is None:
        raise Http404("episode")
    allow(user, act)
    return found


def open_beside(episode):
    """Other open consents of this patient, in whatever clinic, that could be taken for this one: same procedure, or same day."""
    alike = Q(items__version__procedure__in=episode.items.values("version__procedure"))
    if episode.planned_on:
        alike |= Q(planned_on=episode.planned_on)
    rows = Episode.objects.filter(alike, patient=episode.patient_id, status__in=OPEN).exclude(pk=episode.pk)
    return rows.exclude(valid_until__lt=timezone.localdate()).distinct().order_by("made_at")


def beside(user, episode):
    """(those of open_beside that this member of staff may open, names of the clinics that have the others)"""
    rows = open_beside(episode)
    seen = list(episodes(user).filter(pk__in=rows.values("pk")).order_by("made_at"))
    others = rows.exclude(pk__in=[each.pk for each in seen])
    return seen, sorted({each.clinic.name for each in others.select_related("clinic")})


def episode_at_desk(user, pk, *, act="open_desk"):
    """One episode: of their own clinics, or behind glass that they have broken and for what the policy then lets them do."""
    glass = broken_glass(user).filter(episode=pk).first()
    if glass is None:
        return episode(user, pk, act=act)
    if act not in policy.current().break_glass.acts:
        raise PermissionDenied(act)
    allow(user, act)
    found = glass.episode
    found.glass = glass
    return found


def record(user, pk, *, act="download"):
    found = Record.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("record")
    found.episode = episode_at_desk(user, found.episode_id, act=act)
    return found


def party(user, episode_pk, pk, *, act="open_desk"):
    found = Party.objects.filter(pk=pk, episode=episode(user, episode_pk, act=act)).first()
    if found is None:
        raise Http404("party")
    return found


def patients_known(user, *, system, value):
    """Patients of the user's organisation with this number; for preparing, so that nobody is entered twice."""
    allow(user, "prepare")
    organisations = {clinic.site.organisation_id for clinic in user.clinics.select_related("site")}
    return Patient.objects.filter(organisation__in=organisations, identifiers__system=system, identifiers__value=value)


def scan(user, pk, *, act="download"):
    found = Scan.objects.filter(pk=pk).first()
    if found is None:
        raise Http404("scan")
    found.episode = episode_at_desk(user, found.episode_id, act=act)
    return found


def record_of_file(sha256, digest):
    """The record that a file on somebody's desk belongs to, or None. Who holds the file holds what it says."""
    known = Q(files__sha256=sha256) | Q(digest=digest or "none")
    return Record.objects.filter(known).select_related("episode").order_by("id").first()


def unsealed(user):
    """Work on seals not done yet, of the episodes that this member of staff may see."""
    waiting = Work.objects.filter(kind="seal", done_at=None, record__episode__in=episodes(user))
    return waiting.select_related("record__episode").order_by("made_at")


# --- in need ---------------------------------------------------------------------------------------------------------


def beyond_the_glass(user, number, born=None):
    """Episodes of the user's hospital but not of their clinics, with exactly this number of the patient.

    Consents are numbered in order and can be counted through: their number opens nothing without the patient's birth
    date. A date that was given has to be right with either number.
    """
    allow(user, "break_glass")
    bare = "".join(number.split())
    numbered = PatientIdentifier.objects.annotate(bare=Replace("value", Value(" "), Value(""))).filter(bare=bare)
    others = Episode.objects.filter(clinic__site__organisation__in=user.employers).exclude(
        clinic__in=user.clinics.all()
    )
    named = Q(patient__identifiers__in=numbered)
    if born:
        named = (named | Q(number__iexact=bare)) & Q(patient__born=born)
    return others.filter(named).distinct() if bare else []


def broken_glass(user):
    """Glass that this member of staff has broken and that is still open, newest first; none in clinics that are their own by now."""
    if not may(user, "break_glass"):
        return BreakGlass.objects.none()
    rows = BreakGlass.objects.filter(user=user, until__gt=timezone.now(), end=None)
    theirs = rows.exclude(episode__clinic__in=user.clinics.all())
    return theirs.select_related("episode__patient", "episode__clinic__site__organisation").order_by("-id")


def own_glass(user, pk):
    found = broken_glass(user).filter(pk=pk).first()
    if found is None:
        raise Http404("glass")
    return found


def glass_for_review(user, pk):
    found = glass_to_review(user).filter(pk=pk).first()
    if found is None:
        raise Http404("glass")
    return found


def glass_to_review(user):
    """Glass broken over the consents of the user's clinics, newest first; one's own is for others to look at."""
    allow(user, "review_break_glass")
    rows = BreakGlass.objects.filter(episode__clinic__in=user.clinics.all()).exclude(user=user)
    return rows.select_related("user", "episode__patient", "end").prefetch_related("reviews__by").order_by("-id")


def readings(user, *, username="", number="", on=None):
    """Who looked at what in the user's clinics, newest first; reading without a consent counts where the reader works.

    Wrong numbers were meant for anybody's patients: every auditor of the organisation sees them.
    """
    allow(user, "read_access")
    clinics = user.clinics.all()
    of_mine = Q(episode__clinic__in=clinics) | Q(episode=None, user__in=User.objects.filter(clinics__in=clinics))
    house = Q(user__organisation__in=user.employers) | Q(user__organisation=None)
    guessed = Q(pk__in=Reading.objects.filter(house, what__in=(Reading.MISSED, Reading.CONFLICT)).values("pk"))
    rows = Reading.objects.filter(of_mine | guessed).select_related("user", "episode").order_by("-id")
    rows = rows.filter(user__username__iexact=username) if username else rows
    rows = rows.filter(episode__number__iexact=number) if number else rows
    return rows.filter(at__date=on) if on else rows


# --- among rows that came through this door --------------------------------------------------------------------------


def questions_waiting(rows):
    """Questions about these episodes that wait for a word of staff."""
    last = Reply.objects.filter(question=OuterRef("pk")).order_by("-id").values("word")[:1]
    asked = Question.objects.filter(episode__in=rows.filter(status__in=ASKING))
    return asked.annotate(last=Subquery(last)).filter(Q(last=None) | Q(last=Reply.Word.NOT_YET))


def to_countersign(rows):
    """Episodes signed by those who decide, with no clinician's signature under the release that counts now."""
    newest = Release.objects.filter(episode=OuterRef("pk")).order_by("-number").values("pk")[:1]
    explained = Signature.objects.filter(
        episode=OuterRef("pk"), meaning="explained", disclosure__release=OuterRef("newest")
    )
    return rows.filter(status=Status.SIGNED).annotate(newest=Subquery(newest)).filter(~Exists(explained))


def found_by_words(rows, words):
    """Episodes among `rows` whose patient, number or procedure these words name."""
    for word in words.split():
        rows = rows.filter(
            Q(patient__family_name__icontains=word)
            | Q(patient__given_name__icontains=word)
            | Q(patient__identifiers__value__icontains=word)
            | Q(number__icontains=word)
            | Q(items__version__procedure__slug__icontains=word)
        )
    return rows.distinct()


# --- the tablet ------------------------------------------------------------------------------------------------------


def time_zone_of(request):
    """The zone of the hospital whose tablet or member of staff this is; empty for a stranger."""
    key = request.session.get("hand_over")
    rows = Organisation.objects.filter(sites__clinics__episodes__handovers=key) if key else Organisation.objects.none()
    if not key and request.user.is_authenticated:
        rows = Organisation.objects.filter(sites__clinics__staff=request.user)
    return rows.values_list("time_zone", flat=True).first() or ""


class NoTablet(Exception):
    """This browser has no open hand-over: it belongs on the hand-back page."""


def tablet(request):
    """The open hand-over that this browser is bound to. Raises NoTablet."""
    key = request.session.get("hand_over")
    found = (
        HandOver.objects.filter(pk=key, taken_back_at=None)
        .select_related("episode__patient", "episode__clinic__site__organisation", "party__disclosure")
        .first()
        if key
        else None
    )
    if found is None or (found.is_remote and is_over(found)):
        raise NoTablet
    return found


class HandOverClosed(Exception):
    """The tablet, or the link on an own device, was closed after its page was opened: nothing may be changed by it any more."""


def require_open(hand_over):
    """Call with the episode locked: everything that closes a hand-over waits for that lock. None is staff at their desk."""
    if hand_over is None:
        return
    now = HandOver.objects.select_related("episode").get(pk=hand_over.pk)
    if not now.is_open or (now.is_remote and is_over(now)):
        raise HandOverClosed


def is_over(hand_over):
    """On an own device, after two hours, and as soon as another text was released: then link and code are asked for again."""
    longest = timedelta(minutes=settings.OWN_DEVICE_MINUTES)
    return timezone.now() - hand_over.at > longest or hand_over.at < hand_over.episode.released_at
