"""Prepare a consent: patient, plan, what is added for this person, preview, release, and taking it back to correct."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import events, lifecycle, preparing
from consent.desk.door import actor, desk, page, sent
from consent.desk.person import beside
from consent.desk.plan_forms import ArrangeForm, PlanForm, PrepareForm, ReasonForm, ReleaseForm, TailorForm
from consent.desk.preview import Preview
from consent.models import Status
from consent.staff.models import Clinic
from procedures.models import Procedure


def clinics_of(user):
    return Clinic.objects.filter(staff=user).select_related("site__organisation").order_by("name")


def published():
    """{slug: version} of what may be consented to now."""
    versions = {each.slug: each.in_use() for each in Procedure.objects.order_by("slug")}
    return {slug: version for slug, version in versions.items() if version}


@require_GET
@desk("prepare")
def choose(request):
    """Which procedure? With only one there is nothing to choose."""
    versions = published()
    if len(versions) == 1:
        return redirect("desk:prepare-one", next(iter(versions)))
    named = [(slug, version, version.texts(version.facts.source_language)) for slug, version in versions.items()]
    return page(request, "desk/choose.html", nav="prepare", procedures=named)


@require_http_methods(["GET", "POST"])
@desk("prepare")
def new(request, slug):
    version = published().get(slug)
    if version is None:
        raise Http404("procedure")
    form = PrepareForm(
        sent(request), version=version, clinics=clinics_of(request.user), initial=first_guess(request.user)
    )
    if request.method == "POST" and form.is_valid():
        made = prepare(form, actor(request))
        if made:
            return redirect("desk:edit", made.pk)
    status = 422 if form.errors else 200
    return page(
        request, "desk/prepare.html", nav="prepare", status=status, form=form, version=version, texts=form.texts
    )


def first_guess(user):
    return {"responsible": user.pk} if "clinician" in user.roles else {}


@transaction.atomic
def prepare(form, by):
    """The new episode, or None with the form saying why: name or birth date may not go with the number."""
    try:
        patient = preparing.find_or_add_patient(by=by, **form.patient())
    except preparing.PatientConflict:
        form.add_error(
            "number", _("This number belongs to somebody with another name or birth date. Check the wrist band")
        )
        return None
    return preparing.prepare(patient=patient, clinic=form.cleaned_data["clinic"], by=by, **form.plan())


@require_http_methods(["GET", "POST"])
@desk("prepare")
def edit(request, episode):
    """The draft: change the plan, add what matters to this person, look at it, release it."""
    lifecycle.require(episode, Status.DRAFT)
    form = PlanForm(
        sent(request),
        version=version_of(episode),
        clinics=Clinic.objects.filter(pk=episode.clinic_id),
        initial=planned(episode),
    )
    if request.method == "POST" and form.is_valid():
        preparing.revise(episode=episode, by=actor(request), **form.plan())
        return redirect("desk:edit", episode.pk)
    return show_draft(request, episode, form=form, status=422 if form.errors else 200)


def version_of(episode):
    return episode.items.select_related("version__procedure").first().version


def planned(episode):
    """What stands in the draft, as the form's first values."""
    values = {"responsible": episode.responsible_id, "language": episode.language}
    values |= {name: getattr(episode, name) for name in ArrangeForm.base_fields}
    for item, end in zip(episode.items.all(), ["", "_2"], strict=False):
        values |= {f"side{end}": item.side, f"levels{end}": item.levels}
        values |= {} if end else {"medicine": item.medicine, "reason": item.reason}
    return values


def show_draft(request, episode, *, form=None, tailor=None, status=200):
    version = version_of(episode)
    plan = form or PlanForm(
        version=version, clinics=Clinic.objects.filter(pk=episode.clinic_id), initial=planned(episode)
    )
    return page(
        request, "desk/edit.html", nav="prepare", status=status, episode=episode, plan=plan, form=tailor if tailor and tailor.errors else plan,
        tailor=tailor or TailorForm(version=version), tailorings=tailorings(episode, version), gaps=list(preparing.gaps(episode)),
        preview=Preview.of(episode, request.user), version=version, **beside(request.user, episode),
    )  # fmt: skip


def tailorings(episode, version):
    names = dict(TailorForm(version=version).fields["risk"].choices)
    return [(each, names.get(each.risk, each.risk)) for each in episode.tailorings.select_related("by")]


@require_POST
@desk("prepare")
def tailor(request, episode):
    form = TailorForm(request.POST, version=version_of(episode))
    if not form.is_valid():
        return show_draft(request, episode, tailor=form, status=422)
    preparing.tailor(episode=episode, by=actor(request), **form.cleaned_data)
    return redirect("desk:edit", episode.pk)


@require_POST
@desk("prepare")
def untailor(request, episode, tailoring):
    found = episode.tailorings.filter(pk=tailoring).first()
    if found is None:
        raise Http404("tailoring")
    preparing.untailor(tailoring=found, by=actor(request))
    return redirect("desk:edit", episode.pk)


@require_GET
@desk()
def preview(request, episode):
    """Every page as this person will see it, before anybody vouches for it or after."""
    fresh = "fresh" in request.GET
    shown = Preview.of(episode, request.user, request.GET.get("language", ""), fresh=fresh)
    events.read(request.user, "previewed", episode=episode)
    return page(
        request,
        "desk/preview.html",
        nav="prepare",
        episode=episode,
        preview=shown,
        fresh=fresh,
        gaps=[] if shown else list(preparing.gaps(episode)),
    )


def plan_of(episode, user):
    """What the page shows, so that nothing else is released; nothing while the plan has gaps."""
    return "" if list(preparing.gaps(episode)) else preparing.plan_of(episode, user)


@require_http_methods(["GET", "POST"])
@desk("release")
def release(request, episode):
    """A clinician's own word that all of it is right; also after a no, when the person has changed their mind."""
    others = beside(request.user, episode)
    form = ReleaseForm(sent(request), initial={"plan": plan_of(episode, request.user)}, beside=any(others.values()))
    if request.method == "POST" and form.is_valid():
        preparing.release(episode=episode, by=actor(request), **form.act())
        return redirect("desk:episode", episode.pk)
    status = 422 if form.errors else 200
    return page(
        request,
        "desk/release.html",
        status=status,
        episode=episode,
        form=form,
        gaps=list(preparing.gaps(episode)),
        **others,
    )


@require_http_methods(["GET", "POST"])
@desk("prepare")
def take_back(request, episode):
    """Back to draft, to correct something."""
    form = ReasonForm(sent(request))
    if request.method == "POST" and form.is_valid():
        preparing.take_back(episode=episode, by=actor(request), reason=form.cleaned_data["reason"])
        return redirect("desk:edit", episode.pk)
    return page(request, "desk/take_back.html", status=422 if form.errors else 200, episode=episode, form=form)
