"""The app of staff accounts, nested so that its first migration stands before those of procedures and consent."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "consent.staff"
    label = "staff"
    verbose_name = "Staff"
