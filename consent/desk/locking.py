"""The idle lock: a desk that nobody uses is covered; what was sent to it is kept, and goes on only by one's own tap."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.shortcuts import redirect, render
from django.urls import resolve, reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import access, events, proving, sittings
from consent.desk.door import COVER, actor, page, sent, way_to_unlock
from consent.desk.forms import UnlockForm
from consent.identity import passkeys, single

# Reached without unlocking: the way out, and what the cover itself asks; and the whole way in, for a colleague.
FREE = {
    "sign-out",
    "healthy",
    "desk:unlock",
    "desk:passkey",
    "desk:unlock-elsewhere",
    "desk:still-here",
    "desk:time-left",
}
# Forms with words in them, which are kept. All else is done anew: signatures, attestations, secrets, single taps, mere looking.
KEPT = {
    "desk:prepare-one": lambda: _("Prepare a consent"),
    "desk:edit": lambda: _("Prepare a consent"),
    "desk:tailor": lambda: _("A note for this person"),
    "desk:take-back": lambda: _("Take it back to correct"),
    "desk:arrange": lambda: _("Day, time, room, who does it"),
    "desk:more-time": lambda: _("They want more time"),
    "desk:refuse": lambda: _("They do not want this"),
    "desk:withdraw": lambda: _("They have changed their mind"),
    "desk:paper": lambda: _("Attach the signed paper"),
    "desk:answer": lambda: _("Answer in writing"),
    "desk:talked-question": lambda: _("We talked about it"),
    "desk:talked": lambda: _("We talked about it"),
    "desk:discussion": lambda: _("Record the discussion"),
    "desk:assess": lambda: _("Who decides"),
    "desk:representative": lambda: _("Who decides"),
    "desk:site-values": lambda: _("Local values"),
}
STAYS_LOCKED = {
    "password": lambda: _("That is not your password"),
    "pin": lambda: _("That is not your PIN"),
    "passkey": lambda: _("That is not your passkey, or it was too late"),
    "single_sign_on": lambda: _("Somebody else came back from single sign-on. It stays locked"),
}
SECRET = re.compile(r"csrf|password|passphrase|secret|token|(^|[_-])pin($|[_-])")


def stop(request):
    """The lock page, when this browser was left alone for too long. Otherwise None, and its time runs anew."""
    is_free = request.resolver_match.view_name in FREE or request.path_info.startswith(reverse("sign-in"))
    if is_free or not request.user.is_authenticated:
        return None
    sitting = sittings.of(session=request.session.session_key)
    if sitting.is_over:
        single.leave(request)
        return redirect_to_login(shown_at(request) or reverse("desk:today"))
    if sitting.is_locked:
        return lock_page(request, status=403, said=kept_or_not(request, sitting))
    if is_by_hand(request):
        sittings.seen(sitting=sitting)
    if request.method == "POST" and sitting.kept and sitting.kept["path"] == request.get_full_path():
        sittings.forget(sitting=sitting)
    return None


def is_by_hand(request):
    """Somebody opened or sent a page; what a script fetches or a browser loads ahead is nobody's presence."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    fetched = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or "X-Requested-With" in request.headers
    return not (ahead or fetched)


def shown_at(request):
    """The address, when asking for it again shows the same; empty for what was sent."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else ""


def kept_or_not(request, sitting):
    """What becomes of what was sent: kept (without secrets and files), to be done anew, or nothing was sent."""
    if request.method != "POST":
        return ""
    path = request.get_full_path()
    if request.resolver_match.view_name not in KEPT:
        return "anew"
    fields = [(key, value) for key, values in request.POST.lists() for value in values if not SECRET.search(key)]
    kept = sittings.keep(sitting=sitting, path=path, fields=fields, files=bool(request.FILES))
    return "kept" if kept else "anew"


def lock_page(request, *, status, said, form=None):
    """It stands at the address that was asked for, so that no address has to be carried in another one."""
    back = form["next"].value() if form else shown_at(request)
    form = form or UnlockForm(methods=proving.to_unlock_with(request.user), initial={"next": back})
    context = {"form": form, "said": said, "elsewhere": way_to_unlock(back)}
    return render(request, "desk/locked.html", context, status=status)


@require_http_methods(["GET", "POST"])
@login_required
def unlock(request):
    """By the lock page, or in place by the cover's script, which keeps the form that stands behind it."""
    sitting = sittings.of(session=request.session.session_key)
    prefix = COVER if by_script(request) else None
    form = UnlockForm(sent(request), methods=proving.to_unlock_with(request.user), prefix=prefix)
    if request.method == "GET" or not sitting.is_locked:
        return go_on(request, sitting, "")
    if form.is_valid() and is_them(form, actor(request), sitting):
        sittings.unlock(sitting=sitting)
        return go_on(request, sitting, form.cleaned_data["next"])
    if by_script(request):
        return JsonResponse({"wrong": [each for found in form.errors.values() for each in found]}, status=422)
    return lock_page(request, status=422, said="kept" if sitting.kept else "", form=form)


@require_GET
@login_required
def passkey(request):
    """By script: what the browser must be asked. Only this person's passkeys will do, for a signature as for the lock."""
    if not passkeys.has(request.user):
        raise Http404("passkey")
    return JsonResponse({"request_options": passkeys.options(request.user)})


@require_GET
@login_required
def unlock_elsewhere(request):
    """Back from single sign-on."""
    sitting = sittings.of(session=request.session.session_key)
    who = single.who_came_back(request)
    back = request.GET.get("next", "")
    if who is None or not sitting.is_locked:
        return go_on(request, sitting, back)
    try:
        proving.check(sitting=sitting, by=actor(request), method="single_sign_on", given=who)
        sittings.unlock(sitting=sitting)
    except proving.NotYou:
        messages.error(request, STAYS_LOCKED["single_sign_on"]())
    return go_on(request, sitting, back)


def is_them(form, by, sitting):
    method, given = form.given()
    try:
        proving.check(sitting=sitting, by=by, method=method, given=given)
    except proving.NotYou:
        # Not the words for a signature: "nothing was stored" frightens whoever has half a page behind the cover.
        form.add_error(method, STAYS_LOCKED[method]())
        if form.prefix == COVER:
            form.add_error(method, _("Your text is still here"))
    return form.is_valid()


def go_on(request, sitting, back):
    if by_script(request):
        return JsonResponse({"left": left_of(request)})
    if sitting.kept:
        return redirect("desk:kept")
    return redirect(back if is_ours(back) else "desk:today")


def is_ours(path):
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


def by_script(request):
    return request.headers.get("X-Requested-With") == COVER


@require_GET
@login_required
def time_left(request):
    """Asking does not count as being there."""
    return JsonResponse({"left": left_of(request)})


@require_POST
@login_required
def still_here(request):
    """Somebody types or reads on a page that asks the server for nothing. What is locked stays locked."""
    sitting = sittings.of(session=request.session.session_key)
    if not sitting.is_locked:
        sittings.seen(sitting=sitting)
    return JsonResponse({"left": left_of(request)})


def left_of(request):
    return sittings.of(session=request.session.session_key).seconds_left


# --- the form that was kept ------------------------------------------------------------------------------------------


@require_GET
@login_required
def kept(request):
    """What was sent while it was locked: whose it is, the words in it, and one button to send it now."""
    found = sittings.of(session=request.session.session_key).kept
    if not found:
        return redirect("desk:today")
    words = [value for _name, value in found["fields"] if " " in value.strip()]
    place = resolve(found["path"].partition("?")[0])
    episode = episode_of(request, place)
    events.read(request.user, "opened", episode=episode, detail="kept form")
    return page(
        request, "desk/kept.html", episode=episode, sent=found, act=KEPT[place.view_name](), words=words,
        at=parse_datetime(found["at"]),
    )  # fmt: skip


def episode_of(request, place):
    """The consent that the form is about, if it is about one and still theirs to see."""
    key = place.kwargs.get("pk")
    try:
        return access.episode(request.user, key) if key else None
    except (Http404, PermissionDenied):
        return None


@require_POST
@login_required
def forget(request):
    sittings.forget(sitting=sittings.of(session=request.session.session_key))
    return redirect("desk:today")
