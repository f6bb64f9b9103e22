"""Fill an empty demonstration with invented people in every state, and say who to sign in as."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from consent import demo, work
from consent.models import Episode


class Command(BaseCommand):
    help = "Demonstration only: invented staff, patients and episodes. Running it again changes nothing."

    def handle(self, *args, **options):
        if not settings.DEMO:
            raise CommandError("This is for a demonstration: set PLAIN_DEMO=1.")
        if not Episode.objects.exists():
            for name, what, _ in demo.cast():
                self.stdout.write(f"  {name}: {what}")
            while work.run_once():
                pass
        self.stdout.write("\nSign in with one of these names:")
        for username, (name, title, _) in demo.STAFF.items():
            self.stdout.write(f"  {username:5} {name}, {title}")
        self.stdout.write(f"Password {demo.PASSWORD}   PIN {demo.PIN}")
        port = os.environ.get("PORT", "8000")
        self.stdout.write(f"\nStart at http://127.0.0.1:{port}/demo/ : be a patient there with one touch.")
