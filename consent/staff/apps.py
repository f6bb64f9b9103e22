"""The app of staff accounts, nested so that its first migration stands before those of procedures and consent."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class StaffConfig(AppConfig):
    name = "consent.staff"
    label = "staff"
    verbose_name = "Staff"

    def ready(self):
        from consent.staff import roles  # models are there only now

        post_migrate.connect(roles.make_groups, sender=self, dispatch_uid="roles")
