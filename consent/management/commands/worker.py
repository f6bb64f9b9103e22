"""Do the work that transactions ordered: seal records, until told to stop."""

import signal
import threading

from django.core.management.base import BaseCommand

from consent import work


class Command(BaseCommand):
    help = "Seal records and do other work that is due, until SIGTERM or SIGINT. Several workers do no harm."
    requires_system_checks = []  # it goes on trying whatever is wrong; serve is the one that refuses to start

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="do what is due now, then stop")

    def handle(self, *args, once, **options):
        if once:
            while work.run_once():
                pass
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())  # the task in hand is finished first
        work.run_forever(stop)
