"""How one comes into a desk page: signed in, with the right to do what it does, and with the episode already fetched."""

import io
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import FileResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from consent import access, events, headers, policy, proving
from consent.client import DEVICE
from consent.desk.forms import UnlockForm
from consent.desk.nav import desk_nav
from consent.desk.person import person_of
from consent.identity import single

COVER = "cover"


def desk(act="open_desk"):
    """A page for staff who may do `act`. A view whose address has `pk` is given that episode, or answers 404 or 403."""

    def guarded(view):
        @wraps(view)
        def checked(request, *args, pk=None, **kwargs):
            if pk is None:
                access.allow(request.user, act)
                return view(request, *args, **kwargs)
            return view(request, access.episode_at_desk(request.user, pk, act=act), *args, **kwargs)

        return login_required(checked)

    return guarded


def actor(request):
    """The signed-in member of staff, at the device that this browser was once named as."""
    return events.staff(request.user, request.COOKIES.get(DEVICE, "")[:80])


def attachment(data, name):
    """A PDF to keep. Ours hold nothing that runs; a browser is told not to run it all the same."""
    return FileResponse(
        io.BytesIO(data), as_attachment=True, filename=name, content_type="application/pdf", headers=headers.FILE
    )


def sent(request):
    """What a form is bound to: nothing on GET, and what was sent on POST even when that is nothing."""
    return request.POST if request.method == "POST" else None


def page(request, template, *, nav="", status=200, episode=None, **context):
    """Render a desk page, with its links on top and, on a page about one patient, who and what."""
    glass = getattr(episode, "glass", None)
    if episode is not None:
        context |= {"episode": episode, "person": person_of(episode), "glass": glass}
    context |= {
        "desk_nav": desk_nav(request.user, nav),
        "may": may_of(request.user, glass),
        "cover": cover_of(request.user),
    }
    return render(request, template, context, status=status)


def may_of(user, glass=None):
    """{act: bool} for templates: a link stands only where it leads somewhere. Behind broken glass that is less."""
    rules = policy.current()
    return {act: rules.allows(user, act) and (glass is None or act in rules.break_glass.acts) for act in rules.may}


def cover_of(user):
    """What comes down over a desk page that nobody uses: static/js/desk.js shows it, and the way back is in it."""
    form = UnlockForm(methods=proving.to_unlock_with(user), prefix=COVER)
    return {"form": form, "seconds": settings.STAFF_IDLE_SECONDS, "elsewhere": way_to_unlock()}


def way_to_unlock(back=""):
    """To single sign-on, and on to where they were."""
    return single.way_to(f"{reverse('desk:unlock-elsewhere')}?{urlencode({'next': back or ''})}")
