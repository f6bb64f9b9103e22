"""Today's list: who is next, where each stands, what is missing, and the one thing to do."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from consent import access, events
from consent.desk import nav, standing
from consent.desk.door import desk, page
from consent.desk.forms import FindForm
from consent.desk.person import is_expired, person_of
from consent.models import Status
from consent.staff.models import Clinic

MOST = 100
SOON = timedelta(hours=1)
SEALED_WITHIN = timedelta(minutes=5)
UNSIGNED = (Status.DRAFT, Status.READY, Status.UNDERWAY, Status.SIGNED)
OPEN = (*UNSIGNED, Status.COMPLETE, Status.CONFIRMED)
WORDS = "find"


@dataclass(frozen=True)
class Row:
    """One line of the list."""

    episode: object
    person: dict
    next: standing.Next
    minutes: int | None

    @property
    def is_late(self):
        """Theatre is near and not everybody has signed."""
        return self.minutes is not None and self.episode.status in UNSIGNED


@require_POST
@desk()
def find(request):
    """Words searched for are kept in the session: they name patients, and an address would keep them for anybody to read."""
    request.session[WORDS] = request.POST.get("words", "").strip()[:80]
    kept = {name: request.POST[name] for name in ("clinic", "status", "when") if request.POST.get(name)}
    return redirect(f"{reverse('desk:today')}?{urlencode(kept)}")


@require_GET
@login_required
def today(request):
    """Where everybody comes in: those who see no patients go on to their own first page."""
    if not access.may(request.user, "open_desk"):
        return elsewhere(request.user)
    words = request.session.get(WORDS, "")
    form = FindForm({**request.GET.dict(), "words": words}, clinics=Clinic.objects.filter(staff=request.user))
    rows = access.episodes(request.user)
    found = chosen(rows, form, request.GET.get("show", ""))
    if words:
        # Only that somebody searched, and how much came of it: this table is never forgotten, and the words may be a name.
        events.read(request.user, "searched", detail=f"{found.count()} found")
    shown = [row_of(each) for each in found[:MOST]]
    return page(
        request, "desk/today.html", nav=current(request), form=form, rows=shown, more=max(0, found.count() - MOST), counts=counts(rows),
        may_sign_several=current(request) == "countersign" and len(shown) > 1 and access.may(request.user, "countersign"),
        late=[row for row in shown if row.is_late], unsealed=unsealed(request.user), words=words, day=timezone.localdate(),
        has_clinic=request.user.clinics.exists(),
    )  # fmt: skip


def elsewhere(user):
    home = nav.home_of(user)
    if not home:
        raise PermissionDenied("no role")
    return redirect(home)


def current(request):
    show = request.GET.get("show", "")
    return show if show in ("questions", "countersign") else "today"


def chosen(rows, form, show):
    """Episodes that the filters let through, soonest first."""
    said = form.cleaned_data if form.is_valid() else {}
    if show in SHOWS:
        rows = SHOWS[show](rows)
    elif said.get("words"):
        rows = access.found_by_words(rows, said["words"])
    else:
        rows = WHENS.get(said.get("when", ""), today_and_open)(rows)
    if said.get("clinic"):
        rows = rows.filter(clinic=said["clinic"])
    if said.get("status"):
        rows = rows.filter(status=said["status"])
    ordered = rows.order_by(F("planned_on").asc(nulls_last=True), F("planned_time").asc(nulls_last=True), "made_at")
    return ordered.prefetch_related("items__version")


def today_and_open(rows):
    day = timezone.localdate()
    undone = Q(status__in=OPEN) & (Q(planned_on=None) | Q(planned_on__gte=day - timedelta(days=30)))
    return rows.filter(Q(planned_on=day) | undone)


def within(days):
    def filtered(rows):
        first = timezone.localdate()
        return rows.filter(planned_on__range=(first, first + timedelta(days=days)))

    return filtered


WHENS = {"": today_and_open, "today": within(0), "week": within(7), "all": lambda rows: rows}


def unsigned_today(rows):
    return rows.filter(planned_on=timezone.localdate(), status__in=UNSIGNED)


def with_questions(rows):
    return rows.filter(pk__in=access.questions_waiting(rows).values("episode"))


def expiring(rows):
    first = timezone.localdate()
    return rows.filter(
        status__in=(Status.COMPLETE, Status.CONFIRMED), valid_until__range=(first, first + timedelta(days=7))
    )


SHOWS = {
    "unsigned": unsigned_today,
    "questions": with_questions,
    "countersign": access.to_countersign,
    "expiring": expiring,
}


def counts(rows):
    """[{show, count, text, care}]: each is a link to the lines it counts."""
    questions = access.questions_waiting(rows).count()
    return [
        {"show": "unsigned", "count": unsigned_today(rows).count(), "text": _("unsigned today"), "care": True},
        {"show": "questions", "count": questions, "text": _("open questions"), "care": True},
        {
            "show": "countersign",
            "count": access.to_countersign(rows).count(),
            "text": _("to countersign"),
            "care": False,
        },
        {"show": "expiring", "count": expiring(rows).count(), "text": _("run out this week"), "care": False},
    ]


def unsealed(user):
    """Records whose seal has waited too long: the key, the worker or the disk needs somebody."""
    before = timezone.now() - SEALED_WITHIN
    return access.unsealed(user).filter(made_at__lt=before)


def row_of(episode):
    return Row(episode, person_of(episode), standing.next_of(episode), minutes_to(episode))


def minutes_to(episode):
    """Minutes to the planned time when that is within the hour, or None."""
    if episode.planned_on != timezone.localdate() or not episode.planned_time or is_expired(episode):
        return None
    planned = timezone.make_aware(datetime.combine(episode.planned_on, episode.planned_time))
    left = planned - timezone.now()
    return int(left.total_seconds() // 60) if timedelta() <= left <= SOON else None
