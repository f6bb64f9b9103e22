"""What every answer tells the browser, whatever made it, and how a form is known to come from our own page."""

from django.conf import settings
from django.http.request import split_domain_port
from django.middleware.csrf import CsrfViewMiddleware

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
        "manifest-src 'self'",
    ]
)
# What a page of ours never asks for. Passkeys are not in the list: sign-in does.
NEVER_USED = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts",
    "magnetometer", "microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(f"{name}=()" for name in NEVER_USED),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A file that is handed out, should a browser show it after all: nothing in it runs, and it may load nothing.
FILE = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox"}
PATIENTS = ("/p/", "/c/")
THIS_MACHINE = ("localhost", "127.0.0.1", "[::1]")


def headers(get_response):
    """Outermost, so that error pages, redirects and static files carry them too. Nothing about a patient stays in a cache."""

    def middleware(request):
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if not request.path_info.startswith(f"/{settings.STATIC_URL.strip('/')}/"):
            response.headers.setdefault("Cache-Control", "no-store")
        if request.path_info.startswith(PATIENTS) and says_where_a_form_comes_from(request):
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    return middleware


def says_where_a_form_comes_from(request):
    """Browsers send Sec-Fetch-Site over TLS and to their own machine only, and CameFromUs needs it."""
    return request.is_secure() or split_domain_port(request.META.get("HTTP_HOST", ""))[0] in THIS_MACHINE


class CameFromUs(CsrfViewMiddleware):
    """Django's check of forms, on pages that tell nobody their address as well.

    From a page with "no-referrer" a browser sends its form with `Origin: null`, as it would from a sandboxed frame
    somewhere else. Sec-Fetch-Site, which no script can set, tells the two apart. The secret of the form is asked for as ever.
    """

    def _origin_verified(self, request):
        if request.headers["Origin"] == "null":
            return request.headers.get("Sec-Fetch-Site") == "same-origin"
        return super()._origin_verified(request)
