"""The app that takes and keeps consent."""

from django.apps import AppConfig


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "Consent"

    def ready(self):
        from consent import checks, guards  # noqa: F401 (registers checks and the post_migrate hook)
        from consent.identity import devices, second  # noqa: F401 (they listen to sign-ins)

        guards.connect()
