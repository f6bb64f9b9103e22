"""Before you walk in: the person's own words, doubts and questions, what they told us; answers, and the discussion itself."""

from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import asking, discussing, events, steps
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import AnswerForm, DiscussionForm, TalkedForm
from consent.models import Status
from consent.steps import Walk


@require_GET
@desk()
def before(request, episode):
    events.read(request.user, "opened", episode=episode, detail="before")
    return show(request, episode)


def show(request, episode, *, form=None, question=None, status=200):
    walk = Walk(episode, episode.decision_maker, None)
    threads = [(each, walk.thread(each), steps.is_closed(walk.thread(each))) for each in walk.questions]
    flags, said_no = told_us(walk)
    return page(
        request, "desk/before.html", nav="questions", status=status, episode=episode, threads=threads, form=form, wrong=question,
        open_count=sum(not closed for *_q, closed in threads), items=list(unsure(walk)), answer_form=AnswerForm(auto_id=False), own=own_words(walk),
        flags=flags, said_no=said_no, passed_over=walk.passed_over, facts=how_it_went(walk), helpers=helpers(episode), discussions=episode.discussions.order_by("-id"),
    )  # fmt: skip


def own_words(walk):
    """[(heading, words)] that the person chose or wrote about what matters to them, whole and unchanged."""
    section, said = walk.section("matters"), walk.said("matters")
    if not section:
        return []
    chosen = [section["options"][key] for key in said.get("matters", []) if key in section["options"]]
    both = [
        (_("Chose"), ", ".join(chosen)),
        (_("In their own words"), said.get("own", "")),
        (_("Matters to them"), ", ".join(risks_marked(walk))),
    ]
    return [(heading, words) for heading, words in both if words]


def risks_marked(walk):
    """Names of the harms beside which they tapped "this matters to me"."""
    for key in ("serious", "common"):
        section, marked = walk.section(key) or {}, walk.said(key, "matters", [])
        every = [*section.get("grave", []), *section.get("risks", []), *section.get("depends", [])]
        yield from (each["name"] for each in every if each["key"] in marked)


def unsure(walk):
    """[(item, word)]: checklist lines and check questions still open, once their page was answered."""
    words = {"not_sure": _("Not sure"), "talk": _("Wants to talk"), "no": _("Said no")}
    for item in walk.open_items if walk.disclosure else []:
        if item.kind in walk.answers:
            yield item, words.get(item.said) or (_("Missed twice") if walk.misses(item.key) > 1 else _("Missed"))


def told_us(walk):
    """What they told us in private: ([{flag, said, detail}], names of what they said no to)."""
    section, said = walk.section("tell_us"), walk.said("tell_us")
    items = section["items"] if section else []
    told = [
        {"flag": each["flag"], "sure": said[each["key"]] == "yes", "detail": said.get(f"{each['key']}__detail", "")}
        for each in items
        if said.get(each["key"]) in ("yes", "not_sure")
    ]
    return told, [each["flag"] for each in items if said.get(each["key"]) == "no"]


def how_it_went(walk):
    """[(name, words)] on how they went through it."""
    if walk.disclosure is None:
        return []
    rows = [
        (_("How much to know"), walk.section("amount")["options"].get(walk.said("amount", "amount"), [""])[0]),
        (_("Is at"), str(walk.next_step.name)),
        (_("Side"), " ".join(sides_picked(walk))),
        (_("Explained again"), "; ".join(explained_again(walk))),
        (_("Not allowed"), "; ".join(not_allowed(walk))),
        (_("Decision"), decision_words(walk)),
        (_("Language"), steps.LANGUAGES.get(walk.disclosure.language, walk.disclosure.language)),
    ]
    return [(name, words) for name, words in rows if words]


def sides_picked(walk):
    """Every pick, oldest first: one that did not match ours is what a clinician must know, however it ended."""
    plans = set()
    for each in (each for each in walk.all_answers if each.step == "side"):
        section, plan = each.disclosure.section("side"), each.disclosure.release_id
        words = {
            "side": section["options"].get(each.data["side"], ""),
            "matched": _("It matched.")
            if steps.is_planned(section, each.data["side"])
            else _("It did not match ours."),
        }
        said = (
            _("Then picked “%(side)s”. %(matched)s")
            if plan in plans
            else _("Picked “%(side)s” before ours was shown. %(matched)s")
        )
        plans.add(plan)
        yield said % words
        if plan != walk.release.pk:
            yield _("This was about an earlier plan.")


def explained_again(walk):
    """Check questions that were missed at least once."""
    tries = [each for each in walk.all_answers if each.step == "check" and each.disclosure_id == walk.disclosure.pk]
    for question in walk.checks:
        if any(each.data.get(question["key"], question["right"]) != question["right"] for each in tries):
            yield question["question"]


def not_allowed(walk):
    said = walk.said("permissions")
    return (
        [row["allowed"] for row in walk.section("permissions")["rows"] if said.get(row["key"]) == "no"] if said else []
    )


def decision_words(walk):
    said = walk.said("decision", "decision")
    return walk.section("decision")["options"][said][0] if said else ""


def helpers(episode):
    return episode.parties.filter(active=True, role__in=("supporter", "interpreter"))


def question_of(episode, pk):
    found = episode.questions.filter(pk=pk).first()
    if found is None:
        raise Http404("question")
    return found


@require_POST
@desk("answer")
def answer(request, episode, question):
    """An answer in writing."""
    asked, form = question_of(episode, question), AnswerForm(request.POST, auto_id=f"q{question}_%s")
    if not form.is_valid():
        return show(request, episode, form=form, question=asked.pk, status=422)
    asking.answer(question=asked, by=actor(request), text=form.cleaned_data["text"])
    return redirect("desk:before", episode.pk)


@require_POST
@desk("answer")
def talked_about_question(request, episode, question):
    """It was talked about; the asker still has the last word."""
    asked, form = question_of(episode, question), TalkedForm(request.POST, auto_id=f"q{question}_%s")
    if not form.is_valid():
        return show(request, episode, form=form, question=asked.pk, status=422)
    asking.answer(question=asked, by=actor(request), text=form.cleaned_data["text"], talked=True)
    return redirect("desk:before", episode.pk)


@require_POST
@desk("answer")
def talked(request, episode):
    """An unsure line was talked about; it is open again for the person, whose own answer counts."""
    form = TalkedForm(request.POST)
    if not form.is_valid():
        return show(request, episode, status=422)
    asking.talked(episode=episode, item=request.POST.get("item", ""), text=form.cleaned_data["text"], by=actor(request))
    return redirect("desk:before", episode.pk)


@require_http_methods(["GET", "POST"])
@desk("explain")
def discussion(request, episode):
    form = DiscussionForm(
        sent(request),
        initial={
            **(now() if episode.status != Status.SIGNED else {}),
            "release": episode.release.pk if episode.release else None,
        },
    )
    if request.method == "POST" and form.is_valid() and recorded(form, episode, actor(request)):
        return redirect("desk:episode", episode.pk)
    return page(request, "desk/discussion.html", status=422 if form.errors else 200, episode=episode, form=form)


def now():
    local = timezone.localtime()
    return {"on": local.date(), "at": local.strftime("%H:%M")}


def recorded(form, episode, by):
    """Whether it could be recorded; if not, the form says why and keeps what was typed."""
    try:
        discussing.record_discussion(episode=episode, by=by, **form.act())
    except discussing.InTheFuture:
        form.add_error("at", _("That time has not come yet"))
        return False
    return True
