"""What every request passes through: the tablet's bounds, the idle lock, language, and errors that become pages."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.utils import timezone, translation

from consent import access, accounts, errors
from consent.desk import locking
from consent.identity import second, single
from consent.walkthrough.bedside import cleared
from consent.walkthrough.link import AT_HOME
from consent.walkthrough.views import PutDown

# A record to be checked has up to 20 MB; nothing that is sent here is larger.
LARGEST_BODY = 25 * 1024 * 1024


def not_too_large(get_response):
    """Turned away before it is read: Django would put any stranger's file on the disk to look for the form's secret beside it."""

    def middleware(request):
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length[:20]) > LARGEST_BODY:
            return HttpResponse("At most 25 MB", status=413, content_type="text/plain")
        return get_response(request)

    return middleware


def only_utf8(get_response):
    """A form in another encoding is no browser's: Django would trip over it deep inside."""

    def middleware(request):
        charset = request.content_params.get("charset", "utf-8").casefold()
        if charset not in ("utf-8", "utf8"):
            return HttpResponseBadRequest("utf-8 only")
        return get_response(request)

    return middleware


def shut(request):
    """Nothing is open here: at home a session has run out, at the hospital a tablet lies about."""
    at_home = request.COOKIES.get(AT_HOME)
    if at_home is None:
        return render(request, "walkthrough/no_tablet.html", status=403)
    with translation.override(at_home if at_home in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        return render(request, "walkthrough/closed.html", {"rested": True}, status=403)


LINK = "/c/"
WITHOUT_A_WALK = (LINK, "/closed/")


def link(get_response):
    """A link's token goes no further than here: whatever later logs, mails or shows an address knows only /c/."""

    def middleware(request):
        if request.path_info.startswith(LINK):
            request.link_token = request.path_info.removeprefix(LINK).strip("/")
            request.path = request.path_info = LINK
            for name in {"PATH_INFO", "RAW_URI", "REQUEST_URI"} & set(request.META):
                request.META[name] = LINK
        return get_response(request)

    return middleware


def tablet(get_response):
    """A browser that holds a hand-over reaches patient pages only; one without it reaches none of them."""

    def middleware(request):
        bound = bool(request.session.get("hand_over"))
        is_own = bound and request.session.get("own_device", False)
        is_patient_page = request.path_info.startswith("/p/")
        is_free = request.path_info.startswith(("/static/", "/p/")) or request.path_info == "/healthy/"
        if is_own:
            # Whoever taps the link in the message once more is asked for the code once more.
            is_free = is_free or request.path_info.startswith(WITHOUT_A_WALK)
        if bound and not is_free:
            return redirect("walk:go-on" if is_own else "walk:back-to-staff")
        if is_patient_page and not bound:
            return shut(request)
        return get_response(request)

    return middleware


def zone(get_response):
    """Times are typed and shown in the hospital's own zone, wherever the server stands."""

    def middleware(request):
        name = access.time_zone_of(request)
        with timezone.override(ZoneInfo(name) if name else None):
            return get_response(request)

    return middleware


def in_address(request):
    """The language that a link's page, or the last one, was asked for in: it wins over whatever this browser held before."""
    asked = request.GET.get("in") if request.path_info.startswith(WITHOUT_A_WALK) else None
    return asked if asked in dict(settings.LANGUAGES) else None


def without_a_person(request):
    """Before a link is opened the browser's, never that of a person, whom nobody may find out by a link; else the desk's."""
    is_link = request.path_info.startswith(WITHOUT_A_WALK)
    return translation.get_language_from_request(request) if is_link else settings.LANGUAGE_CODE


def language(get_response):
    """On a tablet the language that the person picked; before a link is opened the browser's; on the desk the hospital's own."""

    def middleware(request):
        # Staff who have stepped in read their own language, whatever the person picked.
        is_patients = request.session.get("hand_over") and not request.path_info.startswith("/p/staff/")
        picked = request.session.get("language") if is_patients else None
        code = in_address(request) or picked or without_a_person(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            return response

    return middleware


def second_factor(get_response):
    """Staff with a password that somebody else knows, or without a second factor where the hospital asks for one, mend that first."""
    free = ("/account/", "/sign-in/", "/sign-out/", "/static/", "/healthy/")

    def middleware(request):
        first = "" if request.path_info.startswith(free) else second.comes_first(request)
        return redirect(first) if first else get_response(request)

    return middleware


class idle_lock:  # noqa: N801 (named as the other middleware)
    """A staff session that nobody uses is locked on the server. After the check against forged forms: what is kept was really sent."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        return locking.stop(request)


class errors_to_pages:  # noqa: N801 (named as the other middleware)
    """The one place where a named error becomes a page that says what happened and what to do next."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, access.NoTablet):
            request.session.flush()
            return cleared(shut(request))
        if isinstance(exception, PutDown):
            return redirect("walk:back-to-staff")
        if isinstance(exception, accounts.TriesUsedUp):
            single.leave(request)
        page = errors.page_for(exception, request)
        if page is None:
            return None
        return render(request, "error.html", page.context(request), status=page.status)
