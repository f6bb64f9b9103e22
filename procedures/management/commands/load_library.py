"""Load the library's procedures into the database: idempotent, and all of a procedure or nothing of it."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from procedures import library, publishing


class Command(BaseCommand):
    help = "Load procedures from a library folder. The same content again makes no new version."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=str(settings.LIBRARY_DIR))
        parser.add_argument("--approve", metavar="NAME", help="approve what is loaded, in the name of this person")

    def handle(self, *args, folder, approve, **options):
        found = library.folders(Path(folder))
        if not found:
            raise CommandError(f"There is no procedure in {Path(folder).name}.")
        bad = [problem for each in found for problem in self.load(each, approve)]
        if bad:
            raise CommandError("\n".join(map(str, bad)))

    def load(self, folder, approve):
        """Load one folder; returns its problems."""
        try:
            whole = library.read(folder)
        except library.BadContent as problem:
            self.stderr.write(f"{folder.name}: not loaded")
            return problem.problems
        version, made = publishing.add_version(whole=whole)
        if made:
            publishing.publish(version=version, by_name="load_library")
        if approve and not version.is_approved:
            for language in ["", *version.languages()]:
                publishing.approve(version=version, by_name=approve, language=language)
        self.stdout.write(f"{folder.name}: version {version.number}{'' if made else ', unchanged'}")
        return []
