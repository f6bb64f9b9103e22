"""The pages a patient or representative touches. The tablet's session says whose consent this is; no address does."""

import uuid

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import (
    access,
    answering,
    asking,
    deciding,
    disclosure,
    events,
    handover,
    inviting,
    lifecycle,
    policy,
    signing,
    steps,
    wording,
)
from consent.forms import OWN_WORDS, AskForm, RefuseForm, WithdrawForm
from consent.models import Status
from consent.steps import BY_KEY, Walk
from consent.walkthrough import reading
from consent.walkthrough.chrome import Chrome
from consent.walkthrough.forms import HelpForm
from consent.walkthrough.summary import summary

A_MINUTE = 60


class PutDown(Exception):
    """The person has put the tablet down: nothing of theirs may be shown or changed until staff unlock it."""


def bound(request):
    """The open hand-over of this browser. One that nobody has touched for too long is put down, and staff unlock it."""
    hand, now = access.tablet(request), timezone.now().timestamp()
    touched = request.session.get("touched", now)
    if hand.finished_at is None and now - touched > settings.TABLET_ALONE_MINUTES * 60:
        handover.finish(hand_over=hand, by=events.SYSTEM)
    elif "touched" not in request.session or now - touched > A_MINUTE:
        request.session["touched"] = now
    return hand


def walk_of(request, *, even_put_down=False):
    """The walk that this browser is bound to. Raises NoTablet or PutDown."""
    hand = bound(request)
    if hand.finished_at and not even_put_down:
        raise PutDown
    if not even_put_down:
        # Whoever is on the person's own pages is the person: staff who stepped in give their PIN again.
        request.session.pop("stepped_in", None)
    walk = Walk(hand.episode, hand.party, hand)
    # Somebody at home may have chosen another language on the link's page than staff expected.
    walk.expected_language = request.session.get("expects", walk.episode.language)
    return walk


def actor(request, walk):
    return events.party(walk.party, walk.hand_over.device, request.session.get("tapped_by", ""))


def go(request, name, *args):
    """On to another page: by redirect, or as JSON for the page's own script."""
    response = redirect(name, *args)
    response.status_code = 303
    return JsonResponse({"go": response.url}) if request.headers.get("X-Requested-With") == "walk" else response


def put_down(request, walk):
    """Done for now: no cookie that they had shows anything from here on. A tablet waits for staff, an own device is let go."""
    if walk.is_remote:
        handover.take_back(hand_over=walk.hand_over, by=actor(request, walk), because="left")
        may_come_back = walk.episode.status in (Status.DRAFT, *inviting.READING)
        return leave(request, "closed" if may_come_back else "closed-done")
    handover.finish(hand_over=walk.hand_over, by=actor(request, walk))
    request.session.cycle_key()
    return go(request, "walk:back-to-staff")


def leave(request, name="closed"):
    language = request.LANGUAGE_CODE
    request.session.flush()
    return go(request, f"{reverse(name)}?in={language}")


def posted(request):
    """What a form is bound to: an empty POST is still a POST."""
    return request.POST if request.method == "POST" else None


def page(request, walk, template, *, step=None, status=200, exits=True, staff=False, **context):
    chrome = Chrome(walk, step, exits, staff)
    return render(
        request,
        template,
        {"walk": chrome, "told": walk.disclosure and walk.disclosure.content, **context},
        status=status,
    )


def stopped(walk):
    """The name of the page where this person has to be instead of walking on, or nothing."""
    if walk.episode.held_because:
        return "walk:held"
    if walk.episode.status in (Status.SIGNED, Status.COMPLETE, Status.CONFIRMED):
        return "walk:done"
    if walk.episode.status not in answering.ANSWERABLE:
        return "walk:stopped"
    handover.refuse_recalled(walk.release)
    return ""


# --- steps -----------------------------------------------------------------------------------------------------------


@require_GET
def go_on(request):
    """To the page where this person is."""
    walk = walk_of(request)
    elsewhere = stopped(walk)
    return redirect(elsewhere) if elsewhere else redirect("walk:step", walk.next_step.key)


@require_http_methods(["GET", "POST"])
def step(request, key):
    """One step: GET shows it, POST saves the answer and goes on. A step out of order leads to the first undone one."""
    walk = walk_of(request)
    if key == "sign":
        return redirect("walk:sign")
    if key not in BY_KEY:
        raise Http404(key)
    if request.method == "POST":
        return answer(request, walk, BY_KEY[key])
    elsewhere = stopped(walk)
    if elsewhere:
        return redirect(elsewhere)
    if not walk.may_open(BY_KEY[key]):
        return redirect("walk:step", walk.next_step.key)
    return show(request, walk, BY_KEY[key], form_of(walk, BY_KEY[key]))


def form_of(walk, step, data=None):
    initial = {**walk.said(step.key), **answering.draft_of(walk, step.key)}
    if step.key == "welcome":
        initial = {"language": walk.expected_language, "text_size": walk.party.text_size, **initial}
    if step.form is BY_KEY["serious"].form:
        initial = {**dict.fromkeys(initial.pop("matters", []), True), **initial}
    return step.form(data, initial=initial, section=section_of(walk, step), walk=walk)


def section_of(walk, step):
    """The page's words; the first page has none frozen yet and shows what the expected language would freeze."""
    return walk.section(step.key) or {}


def show(request, walk, step, form, status=200):
    return page(
        request,
        walk,
        step.template,
        step=step,
        status=status,
        form=form,
        section=section_of(walk, step),
        step_key=step.key,
        page_digest=walk.disclosure.section_digest(step.key) if walk.disclosure else "",
        amount=walk.amount,
        open_items=walk.open_items if walk.disclosure and step.key in ("checklist", "decision") else [],
        threads=[
            (question, walk.thread(question), steps.is_closed(walk.thread(question))) for question in walk.questions
        ],
        again=said_again(walk) if step.key == "check" else {},
        welcome=welcome_words(walk) if step.key == "welcome" else {},
        changed=walk.has_changed(step),
        **reading.beside(walk, step.key),
    )


def welcome_words(walk):
    """Before a language is picked, the first page speaks the expected one, without freezing anything."""
    codes = [code for code, _ in walk.languages]
    expected = walk.disclosure.language if walk.disclosure else walk.expected_language
    language = expected if expected in codes else codes[0]
    told = disclosure.Told.of(walk.release.content, language)
    return {
        **disclosure.welcome(told),
        "in_sentence": told.texts.in_sentence,
        "direction": wording.direction(language),
        "language": language,
    }


def said_again(walk):
    """For each check question answered: was it right, and how often was it missed since it was last talked about."""
    said = walk.said("check")
    return {
        each["key"]: {"right": said[each["key"]] == each["right"], "missed": walk.misses(each["key"])}
        for each in walk.checks
        if each["key"] in said
    }


def answer(request, walk, step):
    form = form_of(walk, step, request.POST)
    if not form.is_valid():
        return show(request, walk, step, form, status=422)
    try:
        return SAVERS.get(step.key, save)(request, walk, step, form)
    except (answering.PageChanged, answering.TakenBack):
        # What is told has changed underneath: what was typed is kept for the page that comes in its place.
        answering.keep_draft(walk=walk, step=step.key, data=form.answer())
        raise


def save(request, walk, step, form):
    answering.save(walk=walk, step=step, data=form.answer(), **with_page(request, walk))
    fresh = walk_of(request)
    return go(request, "walk:step", fresh.after(step).key if fresh.is_done(step) else step.key)


def with_page(request, walk):
    return {
        "by": actor(request, walk),
        "page_digest": request.POST.get("page", ""),
        "tapped_by": request.session.get("tapped_by", ""),
    }


def save_welcome(request, walk, step, form):
    said = form.answer()
    answering.begin(
        walk=walk,
        language=said["language"],
        text_size=said["text_size"],
        by=actor(request, walk),
        tapped_by=request.session.get("tapped_by", ""),
        shown=request.POST.get("shown", ""),
    )
    request.session["language"] = said["language"]
    return go(request, "walk:step", walk_of(request).next_step.key)


def save_side(request, walk, step, form):
    matched = answering.pick_side(walk=walk, side=form.cleaned_data["side"], **with_page(request, walk))
    return go(request, "walk:step", walk_of(request).after(step).key) if matched else go(request, "walk:held")


def save_decision(request, walk, step, form):
    """Only a yes goes through the gate; no, more time and talking never do."""
    said = form.answer()
    if said["decision"] == "refuse":
        return go(request, "walk:refuse")
    signing.decide(walk=walk, data=said, **with_page(request, walk))
    return go(request, {"consent": "walk:sign", "more_time": "walk:more-time", "talk": "walk:ask"}[said["decision"]])


SAVERS = {"welcome": save_welcome, "side": save_side, "decision": save_decision}


# --- signing ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def sign(request):
    walk = walk_of(request)
    if request.method == "POST":
        return sign_now(request, told(walk))
    elsewhere = before_signing(walk)
    if elsewhere:
        return redirect(*elsewhere)
    if walk.is_remote and not policy.current().invitation.may_sign:
        return page(request, walk, "walkthrough/sign_with_us.html", step=BY_KEY["sign"])
    return show_sign(request, walk, BY_KEY["sign"].form(initial=fresh_sign(walk)))


def told(walk):
    """The walk, if there is anything that could be signed for."""
    if walk.disclosure is None:
        lifecycle.require(walk.episode, Status.UNDERWAY)
        raise signing.NothingTold
    return walk


def before_signing(walk):
    """Where this person has to be before the sign page may be shown, or nothing."""
    elsewhere = stopped(walk)
    if elsewhere:
        return [elsewhere]
    return [] if walk.may_open(BY_KEY["sign"]) else ["walk:step", walk.next_step.key]


def fresh_sign(walk):
    return {
        "key": uuid.uuid4().hex,
        "disclosure": walk.disclosure.digest,
        "answers": walk.answers_digest,
        "way": "drawn",
    }


def show_sign(request, walk, form, status=200, template="walkthrough/sign.html", **more):
    return page(
        request,
        walk,
        template,
        step=BY_KEY["sign"],
        status=status,
        form=form,
        section=walk.section("sign"),
        summary=summary(walk),
        open_items=walk.open_items,
        **more,
    )


def sign_now(request, walk):
    """The server judges the strokes; what a browser draws is never evidence. After any error the pad is refilled."""
    form = BY_KEY["sign"].form(request.POST)
    if not form.is_valid():
        return show_sign(request, walk, form, status=422)
    said = form.cleaned_data
    if said["way"] == "other":
        return go(request, "walk:help")
    try:
        signing.sign(
            walk=walk,
            by=actor(request, walk),
            key=said["key"],
            disclosure=said["disclosure"],
            answers=said["answers"],
            method=said["way"] or ("drawn" if said["strokes"] else "typed"),
            strokes=said["strokes"],
            typed=said["typed"],
        )
    except signing.NotASignature as problem:
        form.add_error("typed" if problem.field == "typed" else None, str(problem))
        return show_sign(request, walk, form, status=422)
    return go(request, "walk:done")


@require_http_methods(["GET", "POST"])
def help_sign(request):
    """Somebody writes, or the person says it aloud, with the witnesses that the policy asks for."""
    walk = walk_of(request)
    if request.method == "POST" and walk.is_remote:
        raise signing.NotFromHere
    if request.method == "POST":
        return help_now(request, told(walk))
    elsewhere = ["walk:sign"] if walk.is_remote else before_signing(walk)
    if elsewhere:
        return redirect(*elsewhere)
    return show_sign(request, walk, HelpForm(initial=fresh_sign(walk)), template="walkthrough/help.html")


def help_now(request, walk):
    form = HelpForm(request.POST, hand_over=walk.hand_over)
    if form.is_valid():
        try:
            signing.sign(walk=walk, by=actor(request, walk), **form.act())
            return go(request, "walk:done")
        except signing.NotASignature as problem:
            form.add_error(None, str(problem))
    return show_sign(request, walk, form, status=422, template="walkthrough/help.html")


@require_GET
def done(request):
    walk = walk_of(request)
    if stopped(walk) not in ("walk:done",):
        return redirect("walk:go-on")
    mine = walk.episode.signatures.filter(party=walk.party).last()
    return page(
        request, walk, "walkthrough/done.html", step=BY_KEY["sign"], signature=mine, section=walk.section("sign")
    )


@require_GET
def whole(request):
    """All that this person was told, on one page, for whoever wants to read it before signing."""
    walk = walk_of(request)
    if not walk.side_is_settled:
        return redirect("walk:go-on")
    return page(
        request, walk, "walkthrough/whole.html", step=BY_KEY["sign"], sections=walk.disclosure.content["sections"]
    )


# --- ways out, and questions -----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def ask(request):
    walk = walk_of(request)
    form = AskForm(posted(request), initial={"about": request.GET.get("about", ""), **answering.draft_of(walk, "ask")})
    if request.method == "POST" and form.is_valid():
        asking.ask(walk=walk, text=form.cleaned_data["text"], about=form.cleaned_data["about"], by=actor(request, walk))
        answering.forget_draft(walk=walk, step="ask")
        return go(request, "walk:ask")
    threads = [(each, walk.thread(each), steps.is_closed(walk.thread(each))) for each in walk.questions]
    status = 422 if form.errors else 200
    return page(
        request,
        walk,
        "walkthrough/ask.html",
        form=form,
        threads=threads,
        section=walk.section("checklist") or {},
        status=status,
    )


@require_POST
def accept(request, pk):
    """The asker's own word on the answer that the page showed."""
    walk = walk_of(request)
    question = next((each for each in walk.questions if each.pk == pk), None)
    if question is None or request.POST.get("word") not in ("satisfied", "go_ahead", "not_yet"):
        raise Http404("question")
    asking.accept(
        question=question,
        word=request.POST["word"],
        reply=request.POST.get("reply", ""),
        by=actor(request, walk),
        hand_over=walk.hand_over,
    )
    return go(request, *(["walk:step", "checklist"] if request.POST.get("back") == "checklist" else ["walk:ask"]))


@require_http_methods(["GET", "POST"])
def stop(request):
    walk = walk_of(request)
    if request.method == "POST":
        return put_down(request, walk)
    return page(request, walk, "walkthrough/stop.html")


@require_http_methods(["GET", "POST"])
def more_time(request):
    walk = walk_of(request)
    if request.method == "POST":
        deciding.wants_time(episode=walk.episode, by=actor(request, walk), hand_over=walk.hand_over)
        return put_down(request, walk)
    return page(request, walk, "walkthrough/more_time.html")


@require_http_methods(["GET", "POST"])
def refuse(request):
    """Saying no is never gated: one tap reaches this page, a second confirms."""
    walk = walk_of(request)
    form = RefuseForm(posted(request), initial=answering.draft_of(walk, "refuse"))
    if request.method == "POST" and form.is_valid():
        signing.refuse(walk=walk, by=actor(request, walk), reason=form.cleaned_data["reason"])
        answering.forget_draft(walk=walk, step="refuse")
        return go(request, "walk:stopped")
    return page(request, walk, "walkthrough/refuse.html", form=form)


@require_http_methods(["GET", "POST"])
def change(request):
    """After signing: stop and talk, I have changed my mind, or go back."""
    walk = walk_of(request)
    form = WithdrawForm(posted(request))
    if request.method == "POST" and form.is_valid():
        signing.withdraw(
            episode=walk.episode,
            by=actor(request, walk),
            words=form.cleaned_data["words"],
            hand_over=walk.hand_over,
        )
        return go(request, "walk:stopped")
    return page(request, walk, "walkthrough/change.html", form=form, status=422 if form.errors else 200)


@require_GET
def stopped_page(request):
    walk = walk_of(request)
    if stopped(walk) != "walk:stopped":
        return redirect("walk:go-on")
    return page(request, walk, "walkthrough/stopped.html", exits=False)


@require_GET
def held(request):
    walk = walk_of(request)
    if not walk.episode.held_because:
        return redirect("walk:go-on")
    # A no, a question and paper are never held up, whatever else is.
    return page(request, walk, "walkthrough/held.html", exits=walk.episode.held_because == "side")


@require_http_methods(["GET", "POST"])
def not_me(request):
    walk = walk_of(request)
    if request.method == "POST" and walk.is_remote:
        inviting.not_me(hand_over=walk.hand_over, by=actor(request, walk))
        return leave(request, "closed-not-me")
    if request.method == "POST":
        handover.not_me(hand_over=walk.hand_over, by=actor(request, walk))
        return put_down(request, walk)
    return redirect("walk:step", "identity")


@require_http_methods(["GET", "POST"])
def paper(request):
    """The person would rather have paper: staff are told, the tablet goes back."""
    walk = walk_of(request)
    if request.method == "POST":
        signing.wants_paper(episode=walk.episode, by=actor(request, walk), hand_over=walk.hand_over)
        return put_down(request, walk)
    return page(request, walk, "walkthrough/paper.html")


# --- small things ----------------------------------------------------------------------------------------------------


@require_POST
def comfort(request):
    walk = walk_of(request, even_put_down=True)
    answering.set_comfort(
        walk=walk,
        by=actor(request, walk),
        text_size=request.POST.get("text_size"),
        theme=request.POST.get("theme"),
    )
    if request.headers.get("X-Requested-With") == "walk":
        return HttpResponse(status=204)
    back = request.POST.get("next", "")
    return redirect(back if back.startswith("/p/") else "walk:go-on")


@require_GET
def here(request):
    """Is the page that asks, covered until now, still this tablet's to show? 204; anything else leads away from it."""
    hand = walk_of(request).hand_over
    return HttpResponse(status=204 if request.GET.get("hand") == str(hand.pk) else 409)


@require_POST
def draft(request):
    """What is being typed or ticked right now, kept on the server. It is no answer: only Continue gives one."""
    walk, key, name = walk_of(request), request.GET.get("step", ""), request.POST.get("field", "")
    form = form_to_draft(walk, key)
    field = form.fields.get(name) if form else None
    if field and "data-draft" in field.widget.attrs:
        answering.keep_draft(walk=walk, step=key, data={name: drafted(field, name, request.POST.getlist("text"))})
    return JsonResponse({"kept": True})


def form_to_draft(walk, key):
    if key in DRAFTED:
        return DRAFTED[key]()
    return form_of(walk, BY_KEY[key]) if key in BY_KEY and walk.section(key) and key != "sign" else None


DRAFTED = {"ask": AskForm, "refuse": RefuseForm}


def drafted(field, name, values):
    """What the field's own widget makes of it: ticks are a list, and one that was taken away does not come at all."""
    said = QueryDict(mutable=True)
    if values:
        said.setlist(name, values)
    value = field.widget.value_from_datadict(said, {}, name)
    if isinstance(value, list):
        return [each for each in value if each in dict(field.choices)]
    return value[:OWN_WORDS] if isinstance(value, str) else bool(value)
