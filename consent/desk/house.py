"""What belongs to the house and to no patient: checking a file, local values, one's own PIN."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import access, events, placing, sittings
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import PinChangeForm, SiteValuesForm, VerifyForm
from consent.desk.locking import is_them
from consent.desk.verdict import judge
from consent.identity import second
from consent.staff.models import Site, SiteValue
from procedures.models import Procedure


@require_http_methods(["GET", "POST"])
@desk("download")
def verify(request):
    """Read a file, compare it, forget it: nothing is changed, so that the answer is shown at once."""
    form = VerifyForm(sent(request), request.FILES or None)
    if not form.is_valid():
        return page(request, "desk/verify.html", nav="verify", status=422 if form.errors else 200, form=form)
    file = form.cleaned_data["file"]
    judged = judge(file.read(), access.episodes(request.user))
    events.read(request.user, "verified", episode=judged.episode, detail=judged.verdict.sha256)
    return page(request, "desk/verify.html", nav="verify", form=VerifyForm(), judged=judged, file_name=file.name)


def sites_of(user):
    """Those of one's own clinics; an administrator looks after every site of the hospital."""
    if access.may(user, "manage_staff"):
        return Site.objects.filter(organisation__in=user.employers).order_by("name")
    return Site.objects.filter(clinics__staff=user).distinct().order_by("name")


@require_GET
@desk("set_site_values")
def values(request):
    """[(site, version, name, how many are not set)] of what is published."""
    versions = [each for each in (procedure.in_use() for procedure in Procedure.objects.order_by("slug")) if each]
    rows = [
        (site, each, each.texts(each.facts.source_language).name, unset(site, each))
        for site in sites_of(request.user)
        for each in versions
    ]
    return page(request, "desk/values.html", nav="values", rows=rows)


def unset(site, version):
    known = SiteValue.current(site, version.procedure.slug)
    return sum(not known.get(spec.key) for spec in version.facts.site_values)


@require_http_methods(["GET", "POST"])
@desk("set_site_values")
def site_values(request, site, slug):
    place = sites_of(request.user).filter(pk=site).first()
    procedure = Procedure.objects.filter(slug=slug).first()
    version = procedure and procedure.in_use()
    if not (place and version):
        raise Http404("site or procedure")
    form = SiteValuesForm(sent(request), version=version, initial=SiteValue.current(place, slug))
    if request.method == "POST" and form.is_valid():
        changed = placing.set_site_values(site=place, procedure=slug, values=form.values(), by=actor(request))
        messages.success(request, _("Saved. Changed: %(n)s.") % {"n": len(changed)})
        return redirect("desk:site-values", place.pk, slug)
    texts = version.texts(version.facts.source_language)
    return page(
        request,
        "desk/site_values.html",
        nav="values",
        status=422 if form.errors else 200,
        form=form,
        site=place,
        version=version,
        texts=texts,
    )


@require_http_methods(["GET", "POST"])
@desk()
def pin(request):
    """One's own PIN, which brings a tablet back to staff. Whoever has no password here shows by single sign-on who they are."""
    if not (request.user.has_usable_password() or second.was_just_asked(request)):
        return redirect(f"{reverse('single-sign-on')}?again=yes&next={reverse('desk:pin')}")
    form = PinChangeForm(sent(request), user=request.user)
    if request.method == "POST" and form.is_valid() and proves_it(request, form):
        placing.set_pin(user=request.user, pin=form.cleaned_data["pin"], by=actor(request))
        messages.success(request, _("Your new PIN is set."))
        return redirect("desk:pin")
    return page(request, "desk/pin.html", nav="pin", status=422 if form.errors else 200, form=form)


def proves_it(request, form):
    """By the password, counted as when signing; whoever has none has just come back from single sign-on."""
    return not form.given() or is_them(form, actor(request), sittings.of(session=request.session.session_key))
