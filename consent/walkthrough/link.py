"""Coming in by a link on a device of one's own, and going out again. Neither page says whose, or whether there is anybody."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponseRedirect
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from consent import inviting
from consent.steps import LANGUAGES
from consent.walkthrough.bedside import cleared
from consent.walkthrough.forms import OpenForm
from consent.walkthrough.views import posted

# A cookie with the language alone: when the session has run out, the page that says so speaks to somebody at home.
AT_HOME = "__Host-at-home" if settings.HTTPS else "at-home"


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request):
    """GET is the same for every link, real or not, and uses nothing up: scanners of mail open links too."""
    form = OpenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            return bind(request, inviting.redeem(token=request.link_token, **form.cleaned_data))
        except inviting.NotOpened:
            return HttpResponseRedirect(here(request, wrong=1))
    context = {"form": form, "languages": languages(), "wrong": request.method == "GET" and "wrong" in request.GET}
    return render(request, "walkthrough/open.html", context, status=422 if form.errors else 200)


def here(request, **more):
    """This address with its language: relative, because the token stands in no reply. So Back and Reload send nothing twice."""
    kept = {"in": request.GET["in"]} if "in" in request.GET else {}
    return f"?{urlencode({**kept, **more})}"


def languages():
    return [(code, LANGUAGES.get(code, code)) for code, _name in settings.LANGUAGES]


def bind(request, hand):
    """A new session, whatever this browser held before; from here on the link's address is left behind."""
    request.session.flush()
    rotate_token(request)
    request.session["hand_over"], request.session["own_device"] = str(hand.pk), True
    request.session["language"] = spoken(request, hand)
    # Each page that is touched starts these minutes anew (walkthrough/views.py: bound), and the session ends with them.
    request.session.set_expiry(settings.OWN_DEVICE_IDLE_MINUTES * 60)
    response = redirect("walk:go-on")
    response.status_code = 303
    response.set_cookie(AT_HOME, request.session["language"], httponly=True, samesite="Lax", secure=request.is_secure())
    return response


def spoken(request, hand):
    """What the person has picked on the walk; before that, what they chose on the link's page, or what is expected."""
    asked = request.GET.get("in")
    if hand.party.disclosure or asked not in dict(settings.LANGUAGES):
        return inviting.language_of(hand.party, hand.episode)
    request.session["expects"] = asked
    return asked


@require_safe
def closed(request, not_me=False, is_over=False):
    """They have left: nothing about them is on this page, and nothing of theirs is kept by the browser."""
    return cleared(render(request, "walkthrough/closed.html", {"not_me": not_me, "is_over": is_over}))
