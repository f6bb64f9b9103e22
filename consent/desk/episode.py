"""One consent, the whole story: where it stands, who signed, what was asked, the sealed files; and what staff may record."""

from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import access, deciding, events, handover, preparing, signing, steps
from consent.desk import invitations, standing, story
from consent.desk.door import actor, attachment, desk, page, sent
from consent.desk.forms import MoreTimeForm, OwnWordsForm
from consent.desk.person import beside
from consent.desk.plan_forms import ArrangeForm
from consent.models import Role, Status
from consent.records import archive
from consent.steps import Walk

NEWEST = 12
MAY_WITHDRAW = (Status.SIGNED, Status.COMPLETE, Status.CONFIRMED)
BEFORE_SIGNING = (Status.READY, Status.UNDERWAY)


@require_GET
@desk()
def episode(request, episode):
    events.read(request.user, "opened", episode=episode)
    return page(
        request, "desk/episode.html", episode=episode, next=standing.next_of(episode), way=story.way(episode), people=people(episode),
        threads=threads(episode), records=episode.records.order_by("-id").prefetch_related("files", "work"), trail=story.lines(episode, NEWEST),
        events_count=episode.head_seq, allowed=allowed(episode), tablets=episode.handovers.filter(taken_back_at=None),
        invitations=invitations.lines(episode), may_withdraw=episode.status in MAY_WITHDRAW, before_signing=episode.status in BEFORE_SIGNING,
        may_release_again=episode.status in (Status.REFUSED, Status.WITHDRAWN), assessments=episode.assessments.order_by("id"),
        discussions=episode.discussions.select_related("by").order_by("id"), tailorings=episode.tailorings.all(), picked=picked(episode),
        **(beside(request.user, episode) if episode.status in access.OPEN else {}),
    )  # fmt: skip


def picked(episode):
    """The side that did not match, in the words that the person chose."""
    walk = Walk(episode, episode.decision_maker, None)
    section = walk.section("side") if episode.held_because == "side" else None
    return section["options"].get(walk.said("side", "side"), "") if section else ""


def people(episode):
    """[(party, signature or None)]: who takes part, those who decide first; nobody twice."""
    current = episode.signatures.filter(disclosure__release=episode.release).order_by("id")
    signatures = {each.party_id: each for each in current}
    parties = episode.parties.filter(active=True).order_by("id")
    return [
        (each, signatures.get(each.pk)) for each in sorted(parties, key=lambda each: each.role != Role.DECISION_MAKER)
    ]


def threads(episode):
    """[(question, its replies, closed)], of everybody who asked."""
    rows = episode.questions.select_related("party").prefetch_related("replies")
    return [(each, list(each.replies.all()), steps.is_closed(list(each.replies.all()))) for each in rows]


def allowed(episode):
    """(allowed, not allowed), as the record names them; empty until the person has said."""
    walk = Walk(episode, episode.decision_maker, None)
    said = walk.said("permissions")
    rows = walk.section("permissions")["rows"] if said else []
    yes = [row["allowed"] for row in rows if said.get(row["key"]) == "yes"]
    return yes, [row["allowed"] for row in rows if said.get(row["key"]) != "yes"]


@require_GET
@desk("read_trail")
def trail(request, episode):
    events.read(request.user, "opened", episode=episode, detail="trail")
    verdict = events.verify_chain(f"episode:{episode.pk}", episode.head_seq, episode.head_hash)
    return page(request, "desk/trail.html", episode=episode, trail=story.lines(episode), verdict=verdict)


@require_GET
@desk("download")
def download(request, record):
    """The sealed PDF. Its name says the number and the kind, never the person."""
    record = access.record(request.user, record)
    file = record.newest_file
    if file is None:
        return page(request, "desk/not_sealed.html", episode=record.episode, record=record)
    data = archive.read(file)
    events.read(request.user, "downloaded", episode=record.episode, detail=file.sha256)
    return attachment(data, f"{record.episode.number}-{record.kind}.pdf")


@require_http_methods(["GET", "POST"])
@desk("prepare")
def arrange(request, episode):
    initial = {name: getattr(episode, name) for name in ArrangeForm.base_fields}
    form = ArrangeForm(sent(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        preparing.arrange(episode=episode, by=actor(request), **form.cleaned_data)
        return redirect("desk:episode", episode.pk)
    return page(request, "desk/arrange.html", status=422 if form.errors else 200, episode=episode, form=form)


@require_POST
@desk("answer")
def settle(request, episode):
    """Staff have looked at what stopped the walk: the person is asked again."""
    handover.settle(episode=episode, by=actor(request))
    return redirect("desk:episode", episode.pk)


@require_http_methods(["GET", "POST"])
@desk("hand_over")
def more_time(request, episode):
    form = MoreTimeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        deciding.wants_time(episode=episode, by=actor(request), until=form.cleaned_data["until"])
        return redirect("desk:episode", episode.pk)
    return page(request, "desk/more_time.html", status=422 if form.errors else 200, episode=episode, form=form)


@require_POST
@desk("hand_over")
def wants_paper(request, episode):
    signing.wants_paper(episode=episode, by=actor(request))
    return redirect("desk:episode", episode.pk)


@require_http_methods(["GET", "POST"])
@desk("hand_over")
def refuse(request, episode):
    """The person has told staff that they do not want this. Never gated."""
    form = OwnWordsForm(sent(request))
    if request.method == "POST" and form.is_valid():
        walk = Walk(episode, episode.decision_maker, None)
        signing.refuse(walk=walk, by=actor(request), reason=form.cleaned_data["words"])
        return redirect("desk:episode", episode.pk)
    return page(request, "desk/refuse.html", status=422 if form.errors else 200, episode=episode, form=form)


@require_http_methods(["GET", "POST"])
@desk("hand_over")
def withdraw(request, episode):
    """The person has changed their mind after signing, and told staff."""
    form = OwnWordsForm(sent(request))
    if request.method == "POST" and form.is_valid():
        signing.withdraw(episode=episode, by=actor(request), words=form.cleaned_data["words"])
        return redirect("desk:episode", episode.pk)
    return page(request, "desk/withdraw.html", status=422 if form.errors else 200, episode=episode, form=form)
