"""Who decides: a clinician's finding, a representative, or the patient after all."""

from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST

from consent import deciding
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import FINDINGS, RepresentativeForm


@require_http_methods(["GET", "POST"])
@desk("assess")
def assess(request, episode, kind):
    """A finding for this decision only: `kind` is minor or capacity."""
    if kind not in FINDINGS:
        raise Http404(kind)
    form = FINDINGS[kind](sent(request))
    if request.method == "POST" and form.is_valid():
        deciding.assess(episode=episode, kind=kind, findings=form.findings(), by=actor(request))
        return redirect("desk:representative", episode.pk)
    return page(request, "desk/assess.html", status=422 if form.errors else 200, episode=episode, form=form, kind=kind)


@require_http_methods(["GET", "POST"])
@desk("assess")
def representative(request, episode):
    """Somebody who speaks for the patient; offered only by rights that go with what was found."""
    kinds = deciding.findings(episode)
    form = RepresentativeForm(sent(request), kinds=kinds)
    if request.method == "POST" and form.is_valid():
        deciding.appoint(episode=episode, by=actor(request), **form.act())
        return redirect("desk:episode", episode.pk)
    status = 422 if form.errors else 200
    return page(request, "desk/representative.html", status=status, episode=episode, form=form, kinds=kinds)


@require_POST
@desk("assess")
def patient_decides(request, episode):
    deciding.patient_decides(episode=episode, by=actor(request))
    return redirect("desk:episode", episode.pk)
