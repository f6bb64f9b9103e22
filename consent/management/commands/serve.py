"""Run the whole site: look whether all is in order, then a web server and a worker as children.

The parent holds no request and no database connection, so that it outlives what goes wrong in either child.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor

from consent import demo, guards
from consent.records import NotReady, archive, keys
from consent.staff.models import Organisation

MANAGE = [sys.executable, str(settings.BASE_DIR / "manage.py")]
LAST_WAIT = 30  # seconds for the requests and the task in hand
PR_SET_PDEATHSIG = 1


class Command(BaseCommand):
    help = "Run the site: checks, then gunicorn and one worker. SIGTERM or SIGINT ends all of it."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")))
        parser.add_argument("--workers", type=int, default=2, help="web processes")
        parser.add_argument("--threads", type=int, default=4, help="threads in each web process")

    def handle(self, *args, **options):
        self.look_whether_all_is_in_order()
        self.stdout.write(f"Plain Consent is at http://{options['host']}:{options['port']}/ (Ctrl-C ends it)")
        self.stdout.flush()
        code = Site(web_command(**options), [*MANAGE, "worker"]).run()
        if code:
            raise SystemExit(code)

    def look_whether_all_is_in_order(self):
        """A site that could not keep its promises refuses to start, with a sentence that says why."""
        self.check(include_deployment_checks=not settings.DEMO)
        try:
            refuse_unmigrated()
            refuse_the_other_kind()
            guards.check()
            archive.check_ready()
        except (guards.GuardsMissing, NotReady, keys.UnusableKey) as problem:
            raise CommandError(str(problem)) from problem
        except Error as problem:
            raise CommandError(f"The database cannot be used: {type(problem).__name__}.") from problem
        finally:
            connections.close_all()


def refuse_unmigrated():
    executor = MigrationExecutor(connections["default"])
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError("The database is not up to date. Run manage.py migrate.")


def refuse_the_other_kind():
    """Invented people, whose password is known, never stand beside patients."""
    invented = Organisation.objects.filter(name=demo.HOSPITAL)
    if settings.DEMO and Organisation.objects.exclude(pk__in=invented).exists():
        raise CommandError("PLAIN_DEMO is on, and this database holds a hospital that is not the demonstration's.")
    if not settings.DEMO and invented.exists():
        raise CommandError("This database holds the demonstration's people, whose password is known. Take a new one.")


def web_command(*, host, port, workers, threads, **options):
    return [
        *(sys.executable, "-m", "gunicorn", "consent.wsgi:application", "--bind", f"{host}:{port}"),
        *("--workers", str(workers), "--threads", str(threads), "--worker-class", "gthread"),
        *("--timeout", "60", "--graceful-timeout", "20", "--log-level", "warning", "--no-control-socket"),
        # It believes no proxy: consent/client.py does, and one is enough. No log of requests: a link is a secret.
        *("--forwarded-allow-ips", "", "--forwarder-headers", ""),
        *("--chdir", str(settings.BASE_DIR)),
    ]


class Site:
    """Two children: without the web server the site is over, without a worker it gets another one."""

    def __init__(self, web, worker):
        self.commands = {"web": web, "worker": worker}
        self.stopping = threading.Event()
        self.began = 0.0

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        web, worker = self.start("web"), self.start("worker")
        try:
            while not self.stopping.wait(0.5) and web.poll() is None:
                worker = self.keep_alive(worker)
            return 0 if self.stopping.is_set() else self.web_ended(web)
        finally:
            end([web, worker])

    def start(self, name):
        self.began = time.monotonic()
        return subprocess.Popen(self.commands[name], preexec_fn=end_with_parent)

    def keep_alive(self, worker):
        # A worker that dies at once would otherwise be started in a storm.
        if worker.poll() is None or time.monotonic() - self.began < 1:
            return worker
        print(f"The worker ended with {worker.returncode}; another one starts.", file=sys.stderr, flush=True)
        return self.start("worker")

    def web_ended(self, web):
        print(f"The web server ended with {web.returncode}.", file=sys.stderr, flush=True)
        return 1


def end(children):
    for child in children:
        if child.poll() is None:
            child.terminate()
    latest = time.monotonic() + LAST_WAIT
    for child in children:
        try:
            child.wait(max(0.1, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


LIBC = ctypes.CDLL(None)


def end_with_parent():
    """A parent that is killed outright passes no signal on; Linux then does, or an orphan would keep the port."""
    if hasattr(LIBC, "prctl"):
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
