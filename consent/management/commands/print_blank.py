"""Write the bare paper form of a procedure to a file, for the day on which there is no electricity."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from consent import papering
from consent.staff.models import Site
from procedures.models import Procedure


class Command(BaseCommand):
    help = "Print a procedure's consent form as PDF, with lines in place of a person's own plan."

    def add_arguments(self, parser):
        parser.add_argument("slug", help="the procedure, such as cervical-nerve-root-injection")
        parser.add_argument("--version", type=int, dest="number", help="its version; without it, the one in use")
        parser.add_argument("--language", default="en")
        parser.add_argument("--site", help="whose local values to print; needed when there are several")
        parser.add_argument("-o", "--output", required=True, metavar="FILE")

    def create_parser(self, prog_name, subcommand, **kwargs):
        # Django's own --version prints Django's; here it means the form's.
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *args, slug, number, language, site, output, **options):
        version = self.version(slug, number)
        try:
            form = papering.blank_for_version(version=version, language=language, site=self.site(site))
        except papering.NotPrintable as refusal:
            raise CommandError("\n".join(refusal.reasons)) from refusal
        Path(output).write_bytes(form)
        self.stdout.write(f"{slug}, version {version.number}, {language}: {Path(output).name}")

    def version(self, slug, number):
        procedure = Procedure.objects.filter(slug=slug).first()
        if procedure is None:
            raise CommandError(f"There is no procedure {slug}.")
        found = procedure.versions.filter(number=number).first() if number else procedure.in_use()
        if found is None:
            raise CommandError(f"There is no such version of {slug}, or none in use.")
        return found

    def site(self, name):
        sites = list(Site.objects.filter(name=name) if name else Site.objects.order_by("id")[:2])
        if len(sites) != 1:
            raise CommandError("Name the hospital with --site, as it is written in Plain Consent.")
        return sites[0]
