"""After a new key stands first in PLAIN_ENCRYPTION_KEYS: put every kept secret under it, so that the old key may go."""

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from consent.identity import vault

SECRETS = ("secret", "seed")


class Command(BaseCommand):
    help = "Encrypt what signs staff in again, under the first of PLAIN_ENCRYPTION_KEYS."

    @transaction.atomic
    def handle(self, *args, **options):
        kept = Authenticator.objects.select_for_update().exclude(type=Authenticator.Type.WEBAUTHN)
        for each in kept:
            each.data |= {name: vault.lock_again(each.data[name]) for name in SECRETS if name in each.data}
            each.save(update_fields=["data"])
        self.stdout.write(f"{len(kept)} secrets are under the newest key.")
