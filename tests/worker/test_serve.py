"""The site as one command: it refuses to start broken, keeps a worker alive, and ends without leaving anything behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from consent import demo

ROOT = Path(__file__).parents[2]


def manage(state, *words, **more):
    environment = {**os.environ, "PLAIN_STATE_DIR": str(state), "PLAIN_DEMO": "1", **more}
    environment["DJANGO_SETTINGS_MODULE"] = "consent.settings"
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # for tests alone; the site refuses it
    return [sys.executable, "manage.py", *words], {"cwd": ROOT, "env": environment}


def ran(state, *words, **more):
    command, options = manage(state, *words, **more)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, **options)


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    folder = tmp_path_factory.mktemp("state")
    assert ran(folder, "migrate", "--verbosity", "0").returncode == 0
    assert ran(folder, "collectstatic", "--noinput", "--verbosity", "0").returncode == 0
    return folder


@pytest.fixture
def site(state):
    """A site that runs: its process, and the port that it answers on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command, options = manage(state, "serve", "--port", str(port), "--workers", "1")
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)
    try:
        until(lambda: answers(port))
        yield process, port
    finally:
        process.kill()
        process.wait()


def until(true, seconds=30):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def answers(port):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in/", timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


def children(process):
    """{pid: command} of the living children."""
    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    found = {}
    for pid in listed.read_text().split() if listed.exists() else []:
        found[int(pid)] = Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    return found


def worker_of(process):
    return next((pid for pid, command in children(process).items() if "worker" in command.split()), None)


def is_alive(pid):
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_site_and_all_its_children(site, number):
    process, port = site
    family = children(process)
    assert len(family) == 2
    process.send_signal(number)
    assert process.wait(20) == 0
    assert not any(map(is_alive, family))
    assert not answers(port)


def test_a_worker_that_dies_is_replaced(site):
    process, port = site
    first = worker_of(process)
    os.kill(first, signal.SIGKILL)
    until(lambda: worker_of(process) not in (None, first))
    assert not is_alive(first)
    assert answers(port)


def test_a_killed_parent_leaves_no_orphans(site):
    process, _ = site
    family = children(process)
    process.kill()
    process.wait()
    until(lambda: not any(map(is_alive, family)))


def test_it_does_not_start_on_a_database_that_is_not_migrated(tmp_path):
    done = ran(tmp_path, "serve")
    assert done.returncode == 1
    assert "Run manage.py migrate." in done.stderr
    assert "Traceback" not in done.stderr


def test_it_does_not_start_without_guards(state):
    lift = "from consent import guards; guards.remove()"
    assert ran(state, "shell", "-c", lift).returncode == 0
    done = ran(state, "serve")
    assert ran(state, "shell", "-c", "from consent import guards; guards.install()").returncode == 0
    assert (done.returncode, "does not guard" in done.stderr) == (1, True)


def test_a_hospital_does_not_start_with_demonstration_settings(state):
    done = ran(state, "serve", PLAIN_DEMO="0")
    assert done.returncode == 1
    assert "PLAIN_SECRET_KEY is not set" in done.stderr


def test_a_hospital_does_not_start_without_its_key(state, tmp_path):
    ours = {
        "PLAIN_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "PLAIN_ENCRYPTION_KEYS": "0123456789abcdefghijklmnopqrstuvwxyz",
        "PLAIN_HTTPS": "1",
        "PLAIN_KEYS_DIR": str(tmp_path),
    }
    done = ran(state, "serve", PLAIN_DEMO="0", **ours)
    assert done.returncode == 1
    assert "There is no sealing key" in done.stderr


def with_organisation(folder, name):
    assert ran(folder, "migrate", "--verbosity", "0").returncode == 0
    code = f"from consent.staff.models import Organisation; Organisation.objects.create(name={name!r})"
    assert ran(folder, "shell", "-c", code).returncode == 0
    return folder


def test_a_demonstration_does_not_start_beside_patients(tmp_path):
    """Its front door opens a walk to anybody."""
    done = ran(with_organisation(tmp_path, "Sample Infirmary"), "serve")
    assert done.returncode == 1
    assert "this database holds a hospital that is not the demonstration's" in done.stderr


def test_a_hospital_does_not_start_beside_invented_people(tmp_path):
    ours = {
        "PLAIN_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "PLAIN_ENCRYPTION_KEYS": "0123456789abcdefghijklmnopqrstuvwxyz",
        "PLAIN_HTTPS": "1",
    }
    done = ran(with_organisation(tmp_path, demo.HOSPITAL), "serve", PLAIN_DEMO="0", **ours)
    assert done.returncode == 1
    assert "This database holds the demonstration's people" in done.stderr
