"""The back office for accounts and places; nothing that is frozen can be added, changed or deleted there."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from consent import events
from consent.staff import accounts
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


@admin.register(Organisation)
class OrganisationAdmin(Place):
    fields = ("name", "time_zone")

    def save_model(self, request, obj, form, change):
        """Only what was edited: the row also carries the head of the audit chain, which moves meanwhile."""
        obj.save(update_fields=form.changed_data if change else None)


admin.site.register([Site, Clinic], Place)
# What signs people in is changed by its own pages and verbs alone.
admin.site.unregister([Authenticator, EmailAddress, SocialAccount, SocialApp, SocialToken])
