"""The back office: hospitals, sites and the names of clinics, for superusers alone. All else has a page of its own on the desk."""

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from consent.staff.models import Clinic, Organisation, Site

# A password is changed where everybody changes theirs, by the same rules; of the others nothing here makes use.
NOT_HERE = {"password_change", "password_change_done", "autocomplete", "view_on_site"}


class BackOffice(admin.AdminSite):
    """Not Django's own site: what a library registers there does not turn up here."""

    site_url = None

    def has_permission(self, request):
        return request.user.is_active and request.user.is_superuser

    def login(self, request, extra_context=None):
        """No second door: strangers sign in on the one page there is, and come back."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied("back office")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))

    def get_urls(self):
        return [each for each in super().get_urls() if getattr(each, "name", "") not in NOT_HERE]


class Place(admin.ModelAdmin):
    def has_delete_permission(self, request, obj=None):
        return False


class OrganisationAdmin(Place):
    fields = ("name", "time_zone", "prefix")

    def get_readonly_fields(self, request, obj=None):
        return ("prefix",) if obj else ()

    def save_model(self, request, obj, form, change):
        """Only what was edited: the row also carries the head of the audit chain, which moves meanwhile."""
        obj.save(update_fields=form.changed_data if change else None)


back_office = BackOffice()
back_office.register(Organisation, OrganisationAdmin)
back_office.register([Site, Clinic], Place)
