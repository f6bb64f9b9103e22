"""Staff at the tablet: take it back, or step in by PIN while the person's place is kept."""

from datetime import timedelta

from django.contrib.auth import login
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, JsonResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import access, asking, discussing, events, handover, sittings, steps
from consent.identity import passkeys, single
from consent.staff.models import User
from consent.walkthrough.forms import AnswerForm, DiscussionForm, PinForm
from consent.walkthrough.views import actor, page, posted, walk_of

STAYS_OPEN = timedelta(minutes=10)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class NobodySteppedIn(Exception):
    """No member of staff has unlocked the bedside page, or too long ago."""


def stepped_in(request, walk, act="open_desk"):
    """The Actor of the member of staff who has stepped in, if the policy lets them do `act`."""
    kept = request.session.get("stepped_in") or {}
    at = parse_datetime(kept.get("at", "")) if kept else None
    if at is None or timezone.now() - at > STAYS_OPEN:
        raise NobodySteppedIn
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    if user is None:
        raise NobodySteppedIn
    access.episode(user, walk.episode.pk, act=act)
    request.session["stepped_in"] = {"user": user.pk, "at": timezone.now().isoformat()}
    return events.staff(user, walk.hand_over.device)


def tablet_of(request):
    """The walk on a tablet of ours, even one that was put down. A device of the person's own has no page for staff."""
    walk = walk_of(request, even_put_down=True)
    if walk.hand_over.is_remote:
        raise Http404("own device")
    return walk


def for_staff(view):
    """A bedside view: without somebody stepped in it leads to the PIN box."""

    def checked(request, *args, **kwargs):
        try:
            return view(request, tablet_of(request), *args, **kwargs)
        except NobodySteppedIn:
            return redirect("walk:staff")

    checked.__name__ = view.__name__
    return checked


@require_http_methods(["GET", "POST"])
def back_to_staff(request):
    """The hand-back page: nothing about the person on it, and only staff get on from here."""
    walk = tablet_of(request)
    form = pin_form(request, walk)
    if request.method == "POST" and form.is_valid():
        return take_tablet(request, walk, form.user)
    status = 422 if form.errors else 200
    walk.hand_over.refresh_from_db(fields=["wrong_pins"])
    return cleared(page(request, walk, "walkthrough/back.html", form=form, status=status, exits=False))


def cleared(response):
    """The browser forgets what it has of the person. Not its cookies: they keep it bound until staff unlock it."""
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def pin_form(request, walk):
    return PinForm(posted(request), hand_over=walk.hand_over, initial={"username": walk.hand_over.by.username})


def take_tablet(request, walk, user):
    """Staff have their own session again on this browser, and the hand-over is over.

    It goes on from their last sign-in in full: coming back by PIN from tablet to tablet makes no working day longer.
    """
    access.episode(user, walk.episode.pk)
    handover.take_back(hand_over=walk.hand_over, by=events.staff(user, walk.hand_over.device))
    request.session.flush()
    login(request, user, backend=BACKEND)
    sittings.of(session=request.session.session_key, began_at=user.came_at)
    return redirect("desk:episode", walk.episode.pk)


@require_http_methods(["GET", "POST"])
def back_by_passkey(request):
    """As back_to_staff, by a passkey that staff carry: GET by script gives what it must be asked."""
    walk = tablet_of(request)
    if request.method == "GET":
        return JsonResponse({"request_options": passkeys.options()})
    return take_tablet(request, walk, passkeys.user_of(request.POST.get("credential", "")))


@require_POST
def sign_in_instead(request):
    """Without a PIN that opens: the tablet lets go of the person, and the ordinary sign-in page is all that it opens.

    Whoever signs in comes to the consent's page, where this tablet stands as still out, and ends it there.
    """
    walk = tablet_of(request)
    handover.finish(hand_over=walk.hand_over, by=actor(request, walk))
    request.session.flush()
    rotate_token(request)
    single.ask_the_next(request)
    return cleared(redirect_to_login(reverse("desk:episode", args=[walk.episode.pk])))


@require_http_methods(["GET", "POST"])
def step_in(request):
    """A PIN opens the bedside page; the person's place is kept."""
    walk = tablet_of(request)
    form = pin_form(request, walk)
    if request.method == "POST" and form.is_valid():
        return let_in(request, walk, form.user)
    walk.hand_over.refresh_from_db(fields=["wrong_pins"])
    return page(request, walk, "walkthrough/step_in.html", form=form, status=422 if form.errors else 200, exits=False)


@require_http_methods(["GET", "POST"])
def step_in_by_passkey(request):
    walk = tablet_of(request)
    if request.method == "GET":
        return JsonResponse({"request_options": passkeys.options()})
    return let_in(request, walk, passkeys.user_of(request.POST.get("credential", "")))


def let_in(request, walk, user):
    access.episode(user, walk.episode.pk)
    request.session["stepped_in"] = {"user": user.pk, "at": timezone.now().isoformat()}
    return redirect("walk:bedside")


@require_GET
@for_staff
def bedside(request, walk):
    by = stepped_in(request, walk)
    may_answer = access.may(by.user, "answer")
    items = walk.open_items if walk.disclosure else []
    threads = [(each, walk.thread(each), steps.is_closed(walk.thread(each))) for each in walk.questions]
    return page(
        request,
        walk,
        "walkthrough/bedside.html",
        staff=True,
        by=by,
        may_answer=may_answer,
        items=items,
        threads=threads,
        exits=False,
        answer_form=AnswerForm(),
        discussion_form=DiscussionForm(initial={"release": walk.release.pk}),
        discussions=walk.episode.discussions.order_by("-id"),
        flags=list(private_flags(walk)),
        passed_over=walk.passed_over,
        reads_aloud=request.session.get("tapped_by", ""),
    )


@require_GET
@for_staff
def here(request, walk):
    """May the covered bedside page be shown again? Only while somebody is stepped in."""
    stepped_in(request, walk)
    return HttpResponse(status=204 if request.GET.get("hand") == str(walk.hand_over.pk) else 409)


def private_flags(walk):
    """What the person told us: for the clinician's eyes, never on page 1 or the shared copy."""
    section, said = walk.section("tell_us"), walk.said("tell_us")
    for item in section["items"] if section else []:
        if said.get(item["key"]) in ("yes", "not_sure"):
            yield {"flag": item["flag"], "said": said[item["key"]], "detail": said.get(f"{item['key']}__detail", "")}


@require_POST
@for_staff
def answer(request, walk, pk):
    question = next((each for each in walk.questions if each.pk == pk), None)
    if question is None:
        raise Http404("question")
    by = stepped_in(request, walk, "answer")
    form = AnswerForm(request.POST)
    if form.is_valid() and ("talked" in request.POST or form.cleaned_data["text"]):
        asking.answer(
            question=question,
            by=by,
            text=form.cleaned_data["text"],
            talked="talked" in request.POST,
        )
    return redirect("walk:bedside")


@require_POST
@for_staff
def talked(request, walk):
    """They talked about it: that reopens the item for the person, whose own answer counts."""
    by, form = stepped_in(request, walk, "answer"), AnswerForm(request.POST)
    if form.is_valid():
        asking.talked(episode=walk.episode, item=request.POST.get("item", ""), text=form.cleaned_data["text"], by=by)
    return redirect("walk:bedside")


@require_POST
@for_staff
def settle(request, walk):
    handover.settle(episode=walk.episode, by=stepped_in(request, walk, "answer"))
    return redirect("walk:bedside")


@require_POST
@for_staff
def discussion(request, walk):
    by = stepped_in(request, walk, "explain")
    form = DiscussionForm(request.POST)
    if form.is_valid():
        discussing.record_discussion(episode=walk.episode, by=by, **form.act())
    return redirect("walk:bedside")


@require_POST
@for_staff
def read_aloud(request, walk):
    """Staff read the pages aloud and tap at the person's word: every answer from now on says so, until it is turned off."""
    by = stepped_in(request, walk)
    request.session["tapped_by"] = "" if request.session.get("tapped_by") else f"{by.name}, {by.role}"
    return redirect("walk:bedside")


@require_POST
@for_staff
def give_back(request, walk):
    """The person has the tablet again, at the page where they were."""
    by = stepped_in(request, walk)
    request.session.pop("stepped_in", None)
    if walk.hand_over.finished_at:
        handover.resume(hand_over=walk.hand_over, by=by)
    return redirect("walk:go-on")


@require_POST
@for_staff
def take_back(request, walk):
    """To the page that shows nothing of the person; from there a PIN leads to the desk."""
    handover.finish(hand_over=walk.hand_over, by=stepped_in(request, walk))
    request.session.pop("stepped_in", None)
    request.session.cycle_key()
    return redirect("walk:back-to-staff")
