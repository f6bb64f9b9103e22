"""Reading at home: invite somebody, give them their code once, see what has become of the link, and end it."""

from dataclasses import dataclass

import segno
from django.conf import settings
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import inviting, lifecycle, policy, wording
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import InviteForm
from consent.identity import vault
from consent.models import Invitation, Role

ONCE = "shown_once"


@require_http_methods(["GET", "POST"])
@desk("invite")
def invite(request, episode):
    lifecycle.require(episode, *inviting.READING)
    inviting.refuse_unsettled(episode)
    last = episode.invitations.order_by("-id").first()
    parties = episode.parties.filter(role=Role.DECISION_MAKER, active=True).order_by("id")
    form = InviteForm(sent(request), parties=parties, channels=inviting.channels(), initial=as_before(last))
    if request.method == "POST" and form.is_valid():
        made = inviting.invite(episode=episode, site=site_of(request), by=actor(request), **form.cleaned_data)
        keep_for_once(request, made)
        return redirect("desk:invited", episode.pk)
    return page(
        request, "desk/invite.html", status=422 if form.errors else 200, episode=episode, form=form,
        lines=lines(episode), rules=policy.current().invitation, went_astray=went_astray(last),
    )  # fmt: skip


def as_before(last):
    """A new one goes where the last one went, unless staff say otherwise, or it reached somebody else there."""
    return {"channel": last.channel, "address": last.address} if last and not went_astray(last) else {}


def went_astray(last):
    return last is not None and last.ended_because == "not_me"


def site_of(request):
    """Patients may know this site by another address than staff."""
    return settings.SITE_URL or request.build_absolute_uri("/").rstrip("/")


@sensitive_variables("seen")
def keep_for_once(request, made):
    """Until the next page has shown it, and sealed: sessions lie in the database."""
    seen = {"link": made.link, "code": made.code}
    request.session[ONCE] = {name: vault.lock(text) for name, text in seen.items()} | {"of": made.invitation.pk}


@require_GET
@desk("invite")
def invited(request, episode):
    """The code, and on paper the link: once. Whoever opens this page again reads that they are not kept."""
    invitation = episode.invitations.order_by("-id").first()
    if invitation is None:
        raise Http404("invitation")
    kept = request.session.pop(ONCE, {})
    seen = kept if kept.get("of") == invitation.pk else {}
    link = vault.unlock(seen["link"]) if seen and invitation.channel == "paper" else ""
    return page(
        request, "desk/invited.html", episode=episode, invitation=invitation, link=link,
        code=vault.unlock(seen["code"]) if seen else "", language=inviting.language_of(invitation.party, episode),
        picture=segno.make(link, error="m").svg_data_uri(scale=5, border=2, light="#fff") if link else "",
    )  # fmt: skip


@require_POST
@desk("invite")
def revoke(request, episode, invitation):
    found = episode.invitations.filter(pk=invitation).first()
    if found is None:
        raise Http404("invitation")
    inviting.revoke(invitation=found, by=actor(request))
    return redirect("desk:episode", episode.pk)


# --- what has become of each -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One invitation for the list: its state in words, and whether it can still be ended."""

    invitation: Invitation
    state: str
    is_open: bool


def lines(episode):
    """Newest first."""
    rows = episode.invitations.select_related("party", "by").prefetch_related("work").order_by("-id")
    return [line(each, episode) for each in rows]


def line(invitation, episode):
    invitation.episode = episode
    return Line(invitation, state(invitation), invitation.is_open_at(timezone.now()))


def state(invitation):
    if invitation.ended_at:
        return invitation.get_ended_because_display()
    if not invitation.is_for_what_counts:
        return _("Over")
    if invitation.is_locked:
        return _("Dead after five wrong tries: send a new one")
    if timezone.now() >= invitation.expires_at:
        return _("Ran out: send a new one")
    if invitation.opened_at:
        return _("Opened on %(at)s") % {"at": wording.moment(invitation.opened_at)}
    return not_opened(invitation)


def not_opened(invitation):
    if invitation.channel == "paper":
        return _("Not opened yet")
    if invitation.sent_at:
        return _("Sent, not opened yet")
    trouble = next((each.trouble for each in invitation.work.all()), "")
    return _("Not sent yet, and tried again: %(trouble)s") % {"trouble": trouble} if trouble else _("Waits to be sent")


def is_expected(invitation):
    """Nobody has ended it and it is for what counts now: if it opens nothing any more, staff should know."""
    return not invitation.ended_at and invitation.is_for_what_counts
