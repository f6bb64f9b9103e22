"""Accounts and clinics: who works here, in which roles and where. No patient is on these pages."""

import secrets

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import accounts, placing
from consent.desk.door import actor, desk, page, sent
from consent.desk.staff_forms import AccountForm, ClinicForm, NewAccountForm, PasswordForm
from consent.staff.models import Clinic, Organisation, Site, User

# Without letters and digits that are taken for one another when read aloud or from paper.
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


def clinics_of(user):
    """Clinics of the hospitals that this administrator works for."""
    return Clinic.objects.filter(site__organisation__in=user.employers).select_related("site").order_by("site__name", "name")  # fmt: skip


def accounts_of(user):
    """Everybody of those hospitals and of no other. A superuser, who works for all, is named to all, and sees everybody."""
    found = User.objects.prefetch_related("groups", "clinics").order_by("-is_active", "full_name")
    if user.is_superuser:
        return found
    theirs, others = user.employers, Organisation.objects.exclude(pk__in=user.employers)
    here = found.filter(Q(organisation__in=theirs) | Q(clinics__site__organisation__in=theirs))
    elsewhere = User.objects.filter(Q(organisation__in=others) | Q(clinics__site__organisation__in=others))
    return found.filter(Q(pk__in=here.values("pk")) | Q(is_superuser=True, organisation=None)).exclude(
        pk__in=elsewhere.values("pk")
    )


def account_of(request, pk):
    """One account: 404 when it is not of these hospitals, 403 when it is a superuser's and the reader is none."""
    found = accounts_of(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("account")
    if found.is_superuser and not request.user.is_superuser:
        raise PermissionDenied("superuser")
    return found


def first_password():
    return "-".join("".join(secrets.choice(SIGNS) for _each in range(4)) for _group in range(4))


@require_GET
@desk("manage_staff")
def staff(request):
    return page(request, "desk/staff.html", nav="staff", accounts=accounts_of(request.user))


@require_http_methods(["GET", "POST"])
@desk("manage_staff")
def new(request):
    """The first password is shown here and nowhere else again."""
    form = NewAccountForm(sent(request), clinics=clinics_of(request.user), initial={"password": first_password()})
    if request.method == "POST" and form.is_valid():
        made = accounts.add(by=actor(request), **form.cleaned_data)
        messages.success(request, _("%(name)s can sign in now.") % {"name": made.full_name})
        return redirect("desk:staff")
    return page(request, "desk/staff_new.html", nav="staff", status=422 if form.errors else 200, form=form)


@require_http_methods(["GET", "POST"])
@desk("manage_staff")
def one(request, account):
    user = account_of(request, account)
    form = AccountForm(sent(request), clinics=clinics_of(request.user), initial=as_it_is(user))
    if request.method == "POST" and form.is_valid():
        accounts.change(user=user, by=actor(request), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("desk:staff")
    status = 422 if form.errors else 200
    return page(request, "desk/staff_one.html", nav="staff", status=status, form=form, account=user,
                from_elsewhere=is_from_elsewhere(user))  # fmt: skip


def is_from_elsewhere(user):
    """Signs in by the hospital's single sign-on, which says at every sign-in what their roles and clinics are."""
    return user.socialaccount_set.exists()


def as_it_is(user):
    names = list(user.groups.values_list("name", flat=True))
    return {"full_name": user.full_name, "job_title": user.job_title, "roles": names, "clinics": user.clinics.all()}


@require_POST
@desk("manage_staff")
def close(request, account):
    accounts.disable(user=account_of(request, account), by=actor(request))
    messages.success(request, _("Closed. All sessions of this account have ended."))
    return redirect("desk:staff")


@require_POST
@desk("manage_staff")
def open_again(request, account):
    accounts.enable(user=account_of(request, account), by=actor(request))
    messages.success(request, _("Open again, with the roles and clinics it had."))
    return redirect("desk:staff")


@require_http_methods(["GET", "POST"])
@desk("manage_staff")
def password(request, account):
    """For whoever has forgotten theirs. One's own is changed under My account."""
    user = account_of(request, account)
    if user == request.user:
        raise accounts.OwnAccount
    if is_from_elsewhere(user):
        raise Http404("no password")
    form = PasswordForm(sent(request), user=user, initial={"password": first_password()})
    if request.method == "POST" and form.is_valid():
        accounts.set_password(user=user, password=form.cleaned_data["password"], by=actor(request))
        messages.success(
            request, _("The new password counts. All sessions of this account have ended, and its PIN is gone.")
        )
        return redirect("desk:staff")
    status = 422 if form.errors else 200
    return page(request, "desk/staff_password.html", nav="staff", status=status, form=form, account=user)


@require_POST
@desk("manage_staff")
def forget_second_factor(request, account):
    """For whoever has lost telephone and codes: the next sign-in leads to a new one."""
    user = account_of(request, account)
    if user == request.user:
        raise accounts.OwnAccount
    accounts.forget_second_factor(user=user, by=actor(request))
    messages.success(request, _("Forgotten. The next sign-in leads to a new second factor. The PIN is gone too."))
    return redirect("desk:staff-one", user.pk)


@require_http_methods(["GET", "POST"])
@desk("manage_staff")
def clinics(request):
    sites = Site.objects.filter(organisation__in=request.user.employers).order_by("name")
    form = ClinicForm(sent(request), sites=sites)
    if request.method == "POST" and form.is_valid():
        placing.add_clinic(by=actor(request), **form.cleaned_data)
        return redirect("desk:clinics")
    status = 422 if form.errors else 200
    return page(request, "desk/clinics.html", nav="clinics", status=status, form=form, clinics=clinics_of(request.user))
