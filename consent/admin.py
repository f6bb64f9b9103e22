"""The back office for accounts and places, for superusers alone; nothing that is frozen can be added, changed or deleted there."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse

from consent import events
from consent.staff import accounts
from consent.staff.models import Clinic, Organisation, Site, User

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


class StaffAdmin(UserAdmin):
    """Accounts are disabled, never deleted."""

    list_display = ("username", "full_name", "job_title", "is_active")
    search_fields = ("username", "full_name")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("On records", {"fields": ("full_name", "job_title", "email")}),
        ("Where and what", {"fields": ("clinics", "groups", "is_active", "is_staff", "is_superuser")}),
    )
    add_fieldsets = (
        (
            None,
            {
                "classes": ("wide",),
                "fields": ("username", "full_name", "job_title", "usable_password", "password1", "password2"),
            },
        ),
    )

    actions = ("forget_second_factor",)

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.action(description="Forget the second factor", permissions=["change"])
    def forget_second_factor(self, request, queryset):
        for user in queryset:
            accounts.forget_second_factor(user=user, by=events.staff(request.user))

    def save_model(self, request, obj, form, change):
        """Closing and opening an account is done by its verb, which ends sessions and writes the event."""
        verb = accounts.enable if obj.is_active else accounts.disable
        moved = change and "is_active" in form.changed_data
        if moved:
            obj.is_active = not obj.is_active
        super().save_model(request, obj, form, change)
        if moved:
            verb(user=obj, by=events.staff(request.user))


class Place(admin.ModelAdmin):
    def has_delete_permission(self, request, obj=None):
        return False


class OrganisationAdmin(Place):
    fields = ("name", "time_zone")

    def save_model(self, request, obj, form, change):
        """Only what was edited: the row also carries the head of the audit chain, which moves meanwhile."""
        obj.save(update_fields=form.changed_data if change else None)


back_office = BackOffice()
back_office.register(User, StaffAdmin)
back_office.register(Organisation, OrganisationAdmin)
back_office.register([Site, Clinic], Place)
