"""The clinician's own signature: read the record, give the password again, sign."""

import uuid

from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from consent import events, lifecycle, policy, signing
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import CountersignForm
from consent.models import Status
from consent.steps import Walk


@require_http_methods(["GET", "POST"])
@desk("countersign")
def countersign(request, episode):
    """A wrong password stores nothing; the same page sent twice signs once."""
    form = CountersignForm(sent(request), user=request.user, initial=fresh(episode))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        signing.countersign(
            episode=episode,
            by=actor(request),
            key=said["key"],
            record_digest=said["record"],
            disclosure=said["disclosure"],
        )
        return redirect("desk:episode", episode.pk)
    if request.method == "GET":
        lifecycle.require(episode, Status.UNDERWAY, Status.SIGNED)
        events.read(request.user, "opened", episode=episode, detail="countersign")
    return show(request, episode, form)


def fresh(episode):
    newest = newest_record(episode)
    told = Walk(episode, episode.decision_maker).disclosure
    return {
        "key": uuid.uuid4().hex,
        "record": newest.digest if newest else "",
        "disclosure": told.digest if told else "",
    }


def newest_record(episode):
    return episode.records.order_by("-id").first()


def show(request, episode, form):
    walk = Walk(episode, episode.decision_maker)
    language = walk.disclosure.language if walk.disclosure else get_language()
    return page(
        request, "desk/countersign.html", nav="countersign", status=422 if form.errors else 200, episode=episode, form=form,
        record=newest_record(episode), open_items=walk.open_items if walk.disclosure else [], told=bool(walk.disclosure),
        statement=policy.words(policy.current().statements.clinician, language), language=language,
        signature=episode.signatures.filter(meaning="consent", disclosure__release=episode.release).order_by("-id").first(), questions=walk.questions,
        discussion=episode.discussions.filter(release=episode.release).order_by("-id").first(),
    )  # fmt: skip
