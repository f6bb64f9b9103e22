"""Countersigning several consents with one proof of who signs: a list, then each whole, with its own tick and its own tap."""

import uuid

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import access, answering, events, handover, lifecycle, proving, signing, sittings
from consent.desk import countersign
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import WithProof
from consent.desk.person import person_of
from consent.identity import single

NOT_NOW = {
    lifecycle.WrongMove: lambda: _("This has moved on"),
    signing.NothingTold: lambda: _("Nothing has been told yet"),
    signing.GateClosed: lambda: _("Something is still open"),
    signing.AlreadySigned: lambda: _("This is signed already"),
    signing.NotThisPerson: lambda: _("Somebody else has to do this"),
    answering.Held: lambda: _("Stopped until staff settle it"),
    handover.Recalled: lambda: _("The text was recalled"),
}


@require_http_methods(["GET", "POST"])
@desk("countersign")
def several(request):
    """The list that one proof will cover. What cannot be signed now stands apart, with the reason."""
    said = request.POST if request.method == "POST" else request.GET
    ready, left_out = sorted_out(picked(request.user, said.getlist("one")), actor(request))
    sitting = sittings.of(session=request.session.session_key)
    form = WithProof(sent(request), methods=proving.to_sign_with(request.user, sitting))
    if request.method == "POST" and form.is_valid():
        require_shown(ready, said.getlist("shown"))
        listed = [(each["episode"], each["digest"]) for each in ready]
        proof = countersign.proved(form, proving.prove, by=actor(request), sitting=sitting, documents=listed)
        if proof:
            return redirect("desk:sign-one", proof.pk, 1)
    status = 422 if form.errors else 200
    return page(
        request, "desk/several.html", nav="countersign", status=status, form=form, ready=ready, left_out=left_out
    )


def picked(user, keys):
    """The consents ticked, each once. One that is not theirs to sign is 404 or 403, as everywhere."""
    valid = [key for key in dict.fromkeys(keys) if is_key(key)]
    return [access.episode(user, key, act="countersign") for key in valid[: proving.MOST]]


def is_key(text):
    try:
        return bool(uuid.UUID(text))
    except ValueError:
        return False


def sorted_out(episodes, by):
    """(what can be signed now, what cannot), each with what the list shows of it."""
    ready, left_out = [], []
    for episode in episodes:
        shown = line_of(episode)
        try:
            signing.require_ready(episode=episode, by=by)
            ready.append(shown)
        except tuple(NOT_NOW) as problem:
            left_out.append({**shown, "why": NOT_NOW[type(problem)]()})
    return ready, left_out


def line_of(episode):
    return {
        "episode": episode, "person": person_of(episode), "digest": countersign.document_now(episode),
        "record": countersign.newest_record(episode), "signature": countersign.signature_of(episode),
        "discussion": countersign.discussion_of(episode),
    }  # fmt: skip


def require_shown(ready, digests):
    """A proof is for what stood on the page: not for a consent that has come, gone or changed since."""
    if not ready or digests != [each["digest"] for each in ready]:
        raise lifecycle.Changed


# --- by single sign-on -----------------------------------------------------------------------------------------------


@require_POST
@desk("countersign")
def elsewhere(request):
    """The list as it was shown is kept here, by digest, while they go and prove who they are."""
    ready, _left_out = sorted_out(picked(request.user, request.POST.getlist("one")), actor(request))
    require_shown(ready, request.POST.getlist("shown"))
    sitting = sittings.of(session=request.session.session_key)
    listed = [(each["episode"], each["digest"]) for each in ready]
    return redirect("desk:sign-leave", proving.to_be_proved(sitting=sitting, documents=listed).pk)


@require_GET
@desk("countersign")
def leave(request, proof):
    """A page on the way: browsers let no form lead to another house."""
    proof = proving.of(pk=proof, sitting=sittings.of(session=request.session.session_key))
    way = single.way_to(reverse("desk:sign-back", args=[proof.pk]))
    response = page(request, "desk/leave.html", nav="countersign", way=way, name=single.name())
    response.headers["Refresh"] = f"0; url={way}"
    return response


@require_GET
@desk("countersign")
def back(request, proof):
    """To the first that is not signed yet; there it asks again, unless it was just them."""
    sitting = sittings.of(session=request.session.session_key)
    proof = proving.of(pk=proof, sitting=sitting)
    who = single.who_came_back(request)
    if who is not None:
        try:
            proving.renew(proof=proof, by=actor(request), sitting=sitting, method="single_sign_on", given=who)
        except proving.NotYou as wrong:
            messages.error(request, wrong.words)
    return onward(proof, 0)


# --- one after the other ---------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@desk("countersign")
def one(request, proof, number):
    """One document of the list. When the last signature is more than a minute ago, it asks again."""
    sitting = sittings.of(session=request.session.session_key)
    proof = proving.of(pk=proof, sitting=sitting)
    item = next((each for each in proof.documents.all() if each.number == number), None)
    if item is None:
        raise Http404("document")
    episode = access.episode(request.user, item.episode_id, act="countersign")
    if request.method == "GET" and not is_to_sign(request, item, episode):
        return onward(proof, number)
    methods = None if item.signed_at or proof.is_fresh else proving.to_sign_with(request.user, sitting)
    form = countersign.a_form(request, episode, methods)
    if request.method == "POST" and form.is_valid() and renewed(form, proof, actor(request), sitting):
        sign_or_pass_over(request, episode, form, proof, sitting)
        return onward(proof, number)
    if request.method == "GET":
        events.read(request.user, "opened", episode=episode, detail="countersign")
    place = {
        "number": number,
        "count": len(proof.documents.all()),
        "next": address_after(proof, number),
        "proof": proof,
    }
    return countersign.show(request, episode, form, place=place)


def renewed(form, proof, by, sitting):
    """Whether the proof holds: it is fresh, or they have just proved it anew."""
    return not form.asks or countersign.proved(form, proving.renew, proof=proof, by=by, sitting=sitting)


def sign_or_pass_over(request, episode, form, proof, sitting):
    """What changed while it was being read is not signed, and does not end the series."""
    try:
        countersign.sign(request, episode, form, proof, sitting)
        messages.success(request, _("Signed: %(number)s.") % {"number": episode.number})
    except (lifecycle.Changed, *NOT_NOW):
        warn_changed(request, episode)


def is_to_sign(request, item, episode):
    """Still as it was listed; otherwise a word on why it is passed over."""
    if item.signed_at:
        return False
    if item.digest == countersign.document_now(episode):
        return True
    warn_changed(request, episode)
    return False


def warn_changed(request, episode):
    """No name: messages travel in a cookie."""
    messages.warning(
        request,
        _("%(number)s has changed since you saw the list. Countersign it on its own.") % {"number": episode.number},
    )


def address_after(proof, number):
    """The next document that is not signed; after the last one the list of what is left."""
    following = next((each.number for each in proof.documents.all() if each.number > number and not each.signed_at), 0)
    return (
        reverse("desk:sign-one", args=[proof.pk, following])
        if following
        else f"{reverse('desk:today')}?show=countersign"
    )


def onward(proof, number):
    return redirect(address_after(proof, number))
