"""The back office for accounts and places; nothing that is frozen can be added, changed or deleted there."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from consent.staff.models import Clinic, Organisation, Site, User


@admin.register(User)
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

    def has_delete_permission(self, request, obj=None):
        return False


class Place(admin.ModelAdmin):
    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Organisation)
class OrganisationAdmin(Place):
    fields = ("name", "time_zone")

    def save_model(self, request, obj, form, change):
        """Only what was edited: the row also carries the head of the audit chain, which moves meanwhile."""
        obj.save(update_fields=form.changed_data if change else None)


admin.site.register([Site, Clinic], Place)
