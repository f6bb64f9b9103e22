"""The clinician's own signature: read the record, prove again who you are, sign."""

import uuid

from django.shortcuts import redirect
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from consent import events, lifecycle, policy, proving, signing, sittings
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import CountersignForm
from consent.models import Status
from consent.steps import Walk


@require_http_methods(["GET", "POST"])
@desk("countersign")
def countersign(request, episode):
    """A wrong password stores nothing; the same page sent twice signs once."""
    sitting = sittings.of(session=request.session.session_key)
    form = a_form(request, episode, proving.to_sign_with(request.user, sitting))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        listed = [(episode, signing.document(episode, said["record"], said["disclosure"]))]
        proof = proved(form, proving.prove, by=actor(request), sitting=sitting, documents=listed)
        if proof:
            sign(request, episode, form, proof, sitting)
            return redirect("desk:episode", episode.pk)
    if request.method == "GET":
        lifecycle.require(episode, Status.UNDERWAY, Status.SIGNED)
        events.read(request.user, "opened", episode=episode, detail="countersign")
    return show(request, episode, form)


def a_form(request, episode, methods):
    return CountersignForm(sent(request), methods=methods, initial=fresh(episode))


def fresh(episode):
    newest = newest_record(episode)
    told = Walk(episode, episode.decision_maker, None).disclosure
    return {
        "key": uuid.uuid4().hex,
        "record": newest.digest if newest else "",
        "disclosure": told.digest if told else "",
    }


def newest_record(episode):
    return episode.records.order_by("-id").first()


def document_now(episode):
    shown = fresh(episode)
    return signing.document(episode, shown["record"], shown["disclosure"])


def proved(form, prove, **more):
    """The proof, or None when the form now says what was wrong with what was given."""
    method, given = form.given()
    try:
        return prove(method=method, given=given, **more)
    except proving.NotYou as wrong:
        form.add_error(method, wrong.words)
        return None


def sign(request, episode, form, proof, sitting):
    said = form.cleaned_data
    return signing.countersign(
        episode=episode, by=actor(request), key=said["key"], proof=proof, sitting=sitting, record_digest=said["record"],
        disclosure=said["disclosure"],
    )  # fmt: skip


def show(request, episode, form, **more):
    walk = Walk(episode, episode.decision_maker, None)
    language = walk.disclosure.language if walk.disclosure else get_language()
    return page(
        request, "desk/countersign.html", nav="countersign", status=422 if form.errors else 200, episode=episode, form=form,
        record=newest_record(episode), open_items=walk.open_items if walk.disclosure else [], told=bool(walk.disclosure),
        statement=in_words(language), statement_here=in_words(get_language()), language=language,
        shown=document_now(episode), signature=signature_of(episode), questions=walk.questions, discussion=discussion_of(episode), **more,
    )  # fmt: skip


def in_words(language):
    return policy.words(policy.current().statements.clinician, language)


def signature_of(episode):
    """The newest yes under the release that counts now."""
    return episode.signatures.filter(meaning="consent", disclosure__release=episode.release).order_by("-id").first()


def discussion_of(episode):
    return episode.discussions.filter(release=episode.release).order_by("-id").first()
