"""The tablet leaves the hands of staff, and comes back."""

from django.http import Http404
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from consent import handover, lifecycle
from consent.client import DEVICE
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import HandOverForm
from consent.desk.person import beside
from consent.models import Role
from consent.steps import LANGUAGES

A_YEAR = 365 * 24 * 60 * 60


@require_http_methods(["GET", "POST"])
@desk("hand_over")
def hand_over(request, episode):
    """Ask, listen, hand over: from then on this browser opens one consent for one person, and nothing else."""
    lifecycle.require(episode, *handover.OPEN_TO_READ)
    parties = episode.parties.filter(role=Role.DECISION_MAKER, active=True).order_by("id")
    form = HandOverForm(
        sent(request), parties=parties, patient=episode.patient, initial={"device": request.COOKIES.get(DEVICE, "")}
    )
    if request.method == "POST" and form.is_valid():
        return bind(request, episode, form)
    return page(
        request,
        "desk/hand_over.html",
        status=422 if form.errors else 200,
        episode=episode,
        form=form,
        release=episode.release,
        language=language_of(episode),
        **beside(request.user, episode),
    )


def language_of(episode):
    """The language that the person picked, or the one expected, by its own name."""
    told = episode.decision_maker.disclosure
    code = told.language if told else episode.language
    return LANGUAGES.get(code, code)


def bind(request, episode, form):
    device, party = form.cleaned_data["device"], form.cleaned_data["party"]
    request.COOKIES[DEVICE] = device
    hand = handover.hand_over(
        episode=episode, party=party, by=actor(request), said_name_and_birth_date=form.said_name_and_birth_date
    )
    # The staff session ends on the server: no going back in the browser brings it to life again.
    request.session.flush()
    rotate_token(request)
    request.session["hand_over"] = str(hand.pk)
    request.session["language"] = party.disclosure.language if party.disclosure else episode.language
    response = redirect("walk:go-on")
    response.set_cookie(DEVICE, device, max_age=A_YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    return response


@require_POST
@desk("hand_over")
def take_tablet_back(request, episode, tablet):
    """A tablet that was put away, lost or left switched off: its hand-over ends here, and it opens nothing any more."""
    hand = episode.handovers.filter(pk=tablet, taken_back_at=None).first()
    if hand is None:
        raise Http404("hand-over")
    handover.take_back(hand_over=hand, by=actor(request), because="desk")
    return redirect("desk:episode", episode.pk)
