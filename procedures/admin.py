"""The back office may look at content; it changes only through publishing."""

from django.contrib import admin

from procedures.models import Procedure, ProcedureVersion, Translation, VersionState


class LookOnly(admin.ModelAdmin):
    """No add, no change, no delete."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


for model in (Procedure, ProcedureVersion, Translation, VersionState):
    admin.site.register(model, LookOnly)
