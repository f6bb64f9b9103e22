"""A real provider of single sign-on in a process of its own, and a relay before it that can change what it says on the way."""

import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import requests
from django.urls import reverse

BEGIN = "/sign-in/single/"


class Provider:
    """`says` is what it knows of whom; `asked` is what its token endpoint was last asked; `tamper` may change its answer.

    `sends_on` is the path from which it sends whoever asks to somewhere else.
    """

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.behind = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.relay = ThreadingHTTPServer(("127.0.0.1", 0), relay_for(self))
        self.issuer = f"http://127.0.0.1:{self.relay.server_port}"
        threading.Thread(target=self.relay.serve_forever, daemon=True).start()
        self.tamper = self.sends_on = None
        self.wait()

    def wait(self):
        for _ in range(600):
            try:
                return requests.get(f"{self.behind}/jwks", timeout=5)
            except requests.ConnectionError:
                time.sleep(0.1)
        raise TimeoutError("the provider did not start")

    def close(self):
        self.relay.shutdown()
        self.relay.server_close()
        self.process.terminate()
        self.process.wait(10)

    def says(self, sub, **claims):
        requests.put(f"{self.behind}/users/{sub}", json=claims, timeout=10).raise_for_status()

    def send_back(self, url, sub):
        """What the provider's own page does when the person signs in there: the address it sends the browser back to."""
        answer = requests.post(url, data={"sub": sub}, allow_redirects=False, timeout=10)
        return answer.headers["Location"]

    def sign_in(self, client, sub, **more):
        """The whole way of one browser; returns our answer to what came back."""
        back = urlsplit(self.send_back(client.get(BEGIN, more).url, sub))
        assert back.path == reverse("single-sign-on-back")
        return client.get(f"{back.path}?{back.query}")


def relay_for(provider):
    class Relay(BaseHTTPRequestHandler):
        def pass_on(self):
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = requests.request(
                self.command, provider.behind + self.path, data=body, headers=dict(self.headers), allow_redirects=False, timeout=10
            )  # fmt: skip
            content = answer.content
            if urlsplit(self.path).path == provider.sends_on:
                self.send_response(307)
                self.send_header("Location", provider.behind + self.path)
                self.end_headers()
                return
            if urlsplit(self.path).path == "/oauth2/token":
                provider.asked = parse_qs(body.decode())
                content = provider.tamper(answer.json()) if provider.tamper else content
            self.send_response(answer.status_code)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = pass_on  # noqa: N815 (the standard library's names)

        def log_message(self, *args):
            pass

    return Relay
