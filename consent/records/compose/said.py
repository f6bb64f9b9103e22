"""Parts 5 to 7: what mattered to the person, what they asked and understood, what they allowed and decided."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consent import wording
from consent.models import Reply
from consent.records import shape
from consent.records.compose.told import paragraph, part, rows_of
from consent.records.compose.words import (
    Run,
    at_clock,
    instant,
    not_shown,
    plain,
    quoted,
    row,
    sentences,
    shortly,
    strong,
    tapped,
)
from consent.steps import BY_KEY, is_planned

ACCEPTED = {Reply.Word.SATISFIED: "answers_it", Reply.Word.GO_AHEAD: "worry_but_go", Reply.Word.NOT_YET: "not_yet"}


# --- 5: what matters -------------------------------------------------------------------------------------------------


def matters(story, number):
    section, said = story.page("matters"), story.walk.said("matters")
    options = section["options"] if section else {}
    chosen = [options[key] for key in said.get("matters", []) if key in options]
    own = [quoted(said["own"])] if said.get("own") else []
    nothing = _("Nothing was chosen or written.") if section and not (chosen or own or marked(story)) else None
    return part(
        "matters",
        number,
        _("What matters to %(name)s") % {"name": story.told["patient"]["first_name"]},
        [
            rows_of(
                row(section["title"], points=chosen) if section else None,
                row(own_label(story), own),
                row(_("Marked “This matters to me”"), points=marked(story)),
                columns=True,
            ),
            paragraph(nothing),
            paragraph(not_shown(story, "matters")),
        ],
        keep=True,
    )


def own_label(story):
    """Whoever speaks for a patient speaks in their own words: nobody may take them for the patient's."""
    if story.decider["is_patient"]:
        return _("In own words")
    return _("In the words of %(name)s") % {"name": story.name}


def marked(story):
    keys = {*story.walk.said("serious", "matters", []), *story.walk.said("common", "matters", [])}
    return [each["name"] for each in risks(story) if each["key"] in keys]


def risks(story):
    serious, common = story.walk.section("serious"), story.walk.section("common")
    return [*serious["grave"], *serious["risks"], *common["risks"], *common["depends"]]


# --- 6: questions, and what was understood ---------------------------------------------------------------------------


def understood(story, number):
    check, checklist = story.page("check"), story.page("checklist")
    blocks = [
        rows_of(
            row(_("Own questions"), *own_questions(story), wide=bool(story.episode.questions.exists())),
            row(check["title"], blocks=[checks(story, check)], wide=True) if check else None,
            row(checklist["title"], blocks=[statements(story, checklist)], wide=True) if checklist else None,
        ),
        rows_of(
            row(_("Which side was picked"), points=sides_picked(story)),
            row(checklist["prompts_title"], points=prompts(story, checklist)) if checklist else None,
            columns=True,
        ),
        paragraph(not_shown(story, "side", "check", "checklist")),
    ]
    return part("understood", number, _("Questions, and what was understood"), blocks, lede=read_aloud(story))


def prompts(story, checklist):
    """Closed for all but those who had chosen everything."""
    return [tapped(story.on_a_tap("checklist"), each) for each in checklist["prompts"]]


def read_aloud(story):
    """Somebody else's finger on the screen is said wherever its answers are printed."""
    helpers = dict.fromkeys(each.tapped_by for each in story.walk.answers.values() if each.tapped_by)
    if not helpers:
        return None
    return _("%(who)s read pages aloud and tapped at %(name)s's word.") % {
        "who": wording.joined(helpers),
        "name": story.first_name,
    }


def own_questions(story):
    asked = list(story.episode.questions.select_related("party"))
    if not asked:
        return [[_("None was asked.")]]
    numbered = enumerate(asked, start=1)
    return [[], [], [shape.Questions(questions=[question_of(story, each, str(n)) for n, each in numbered])]]


def question_of(story, question, number):
    thread = story.walk.thread(question)
    foreign = question.language if question.language != story.language else None
    last = thread[-1].word if thread else None
    return shape.Question(
        number=number,
        text=[Run(text=question.text, lang=foreign)],
        asked=asked(story, question),
        asked_at=instant(question.at),
        replies=list(replies(story, thread)),
        accepted=ACCEPTED.get(last, "open"),
        standing=None if last in ACCEPTED else [strong(_("Not settled when this record was made."))],
    )


def asked(story, question):
    words = {"name": question.party.name, "moment": at_clock(question.at), "about": about(story, question.about)}
    text = _("%(name)s, %(moment)s, about: %(about)s") if words["about"] else _("%(name)s, %(moment)s")
    return sentences(f"{text % words}.", earlier(story, question.at)) if story.is_earlier(question.at) else text % words


def earlier(story, at):
    """What was said of another plan must not be read as said of this one."""
    return _("This was about an earlier plan.") if story.is_earlier(at) else ""


def about(story, key):
    """The page or the risk that the question was asked on, by its name."""
    key = key.removeprefix("risk:")
    if key in BY_KEY:
        return str(BY_KEY[key].name)
    return next((each["name"] for each in risks(story) if each["key"] == key), "")


def replies(story, thread):
    """Every word of staff, each with what the asker said to it."""
    for place, each in enumerate(thread):
        if each.by_user_id:
            own = []
            for later in thread[place + 1 :]:
                if later.by_user_id:
                    break
                own.append(later)
            yield reply_of(story, each, own)


def reply_of(story, reply, own):
    how = _("in writing") if reply.word == Reply.Word.ANSWERED else _("talked about it")
    line = [plain(f"{reply.by_name}, {at_clock(reply.at)}, {how}. ")]
    for each in own:
        line += [plain(f"{each.by_name}, {wording.clock(each.at)}: "), strong(quoted(each.get_word_display()) + " ")]
    line += [plain(old)] if (old := earlier(story, reply.at)) else []
    text = [story.by_staff(reply.text)] if reply.text else _("Talked about; nothing was written down.")
    return shape.Reply(text=text, line=line, at=instant(reply.at), by=reply.by_name)


def sides_picked(story):
    """Every pick, the wrong ones too, each judged against what was planned when it was made."""
    firsts = {each.pk: first for each, first in story.picks}
    for answer in (each for each in story.walk.all_answers if each.step == "side"):
        section, old = answer.disclosure.section("side"), answer.disclosure.release_id != story.walk.release.pk
        said = answer.data["side"]
        verdict = (
            _("It matched.") if is_planned(section, said) else _("It did not match: stopped until staff settled it.")
        )
        yield sentences(
            f"{section['options'][said]}.",
            _("Picked before ours was shown.") if firsts[answer.pk] else _("Picked again."),
            verdict,
            _("This was about an earlier plan.") if old else "",
            brackets_of(answer.at),
        )


def brackets_of(at):
    return f"({at_clock(at)})"


def checks(story, section):
    heads = (_("What was asked"), _("Answer"), _("Explained again"))
    return shape.Table(
        style="checks", heads=heads, rows=[check_line(story, section, each) for each in section["questions"]]
    )


def not_asked(story, key, text, pages):
    """The line of what nobody could fairly be asked: they had chosen not to read the pages that say it."""
    names = "; ".join(str(BY_KEY[page].name) for page in pages)
    why = _("%(name)s chose not to read about this: %(pages)s") % {"name": story.first_name, "pages": names}
    return shape.Line(cells=[text, [strong(_("Not asked"))], why], code=key)


def was_not_asked(story, step, key, pages):
    return key not in story.walk.said(step) and not story.was_told(pages)


def check_line(story, section, question):
    pages = question.get("told_on", [])
    if was_not_asked(story, "check", question["key"], pages):
        return not_asked(story, question["key"], question["question"], pages)
    key, said = question["key"], story.walk.said("check").get(question["key"], "")
    options, misses = question["options"], list(missed(story, question))
    words = [*explained(section, question, misses), *talks(story, f"check:{key}")]
    wrong = [quoted(options.get(each.data[key]) or _("no answer")) for each, _n in misses if each.data[key] != said]
    answer = options.get(said) or _("no answer")
    if wrong:
        answer = f"{answer} ({_('before: %(answers)s') % {'answers': '; '.join(wrong)}})"
    return shape.Line(cells=[question["question"], answer, ". ".join(words)], code=key, value=said == question["right"])


def missed(story, question):
    """Every wrong answer, with how many there had been since it was last talked about."""
    key, talked = question["key"], [each.at for each in story.talks(f"check:{question['key']}")]
    count, since = 0, None
    for each in (each for each in story.tries("check") if key in each.data):
        newest = max((at for at in talked if at < each.at), default=None)
        count, since = (count if newest == since else 0), newest
        if each.data[key] != question["right"]:
            count += 1
            yield each, count


def explained(section, question, misses):
    """What the page said to that: once in other words, and from the second time on that somebody will talk about it."""
    said = sum(1 for _each, count in misses if count == 1)
    later = len(misses) - said
    if not misses:
        return [_("not needed")]
    again = ngettext("%(n)s time, by the page", "%(n)s times, by the page", said) % {"n": said}
    words = [f"{again}: {quoted(' '.join(question['again']))}"]
    return [*words, _("Then: %(words)s") % {"words": quoted(section["talk"])}] if later else words


def talks(story, item):
    for each in story.talks(item):
        words = _("Talked about with %(who)s, %(moment)s") % {"who": each.by_name, "moment": at_clock(each.at)}
        said = f": {quoted(each.text)}" if each.text else ""
        yield sentences(words + said, f"({_('This was about an earlier plan.')})" if story.is_earlier(each.at) else "")


def statements(story, section):
    heads = (_("What %(name)s was asked to say") % {"name": story.first_name}, _("Last answer"), _("On the way there"))
    rows = [statement_line(story, section, key, text) for key, text in section["statements"].items()]
    return shape.Table(style="checklist", heads=heads, rows=rows)


def statement_line(story, section, key, text):
    options, pages = section["options"], section.get("told_on", {}).get(key, [])
    if was_not_asked(story, "checklist", key, pages):
        return not_asked(story, key, text, pages)
    last = story.walk.said("checklist").get(key, "")
    way = (
        ". ".join([*filter(None, ["; ".join(on_the_way(story, options, key))]), *talks(story, f"checklist:{key}")])
        or "–"
    )
    return shape.Line(cells=[text, [strong(options.get(last, _("no answer")))], way], code=key, value=last or None)


def on_the_way(story, options, key):
    """Each answer that was another than the one before it, in order; nothing when it never changed."""
    said = [(each.data[key], each.at) for each in story.tries("checklist") if key in each.data]
    changes = [each for n, each in enumerate(said) if n == 0 or each[0] != said[n - 1][0]]
    if len(changes) < 2:
        return
    for n, (word, at) in enumerate(changes):
        text = _("then %(answer)s, %(moment)s") if n else _("First %(answer)s, %(moment)s")
        yield text % {"answer": quoted(options.get(word, _("no answer"))), "moment": shortly(at)}


# --- 7: what was decided and allowed ---------------------------------------------------------------------------------


def decided(story, number):
    decision, permissions = story.page("decision"), story.page("permissions")
    welcome, amount, sign = story.page("welcome"), story.page("amount"), story.page("sign")
    return part(
        "permissions",
        number,
        _("What was decided, and what is allowed"),
        [
            rows_of(
                row(welcome["signing_title"], [welcome["signing"]]) if welcome else None,
                row(amount["title"], amount_words(story, amount)) if amount else None,
                row(decision["title"], decision_words(story, decision), item_lines(story)) if decision else None,
                row(_("Said before that"), points=said_before(story)),
                row(permissions["title"], [permissions["lead"]], blocks=[allowances(story, permissions)])
                if permissions
                else None,
                row(decision["mind_title"], [decision["mind"]]) if decision else None,
                row(sign["next_title"], points=[f"{each['title']}. {each['text']}" for each in sign["next"]])
                if sign
                else None,
                columns=True,
            ),
            paragraph(not_shown(story, "amount", "permissions", "decision")),
        ],
    )


def amount_words(story, section):
    chosen = section["options"].get(story.amount)
    return [
        [strong(f"{chosen[0]}. "), plain(chosen[1])] if chosen else None,
        # Closed for everybody, however much they want to know.
        tapped(True, f"{section['floor_title']}: {section['floor']}"),
    ]


def decision_words(story, section):
    chosen = section["options"].get(story.walk.said("decision", "decision", ""))
    words = [section["lead"], [strong(chosen[0])] if chosen else None]
    if story.kind == "withdrawal":
        words.append([strong(_("This was taken back later: see page 1."))])
    return words


def said_before(story):
    """Every other decision on the way to this one: to talk first, to have more time."""
    options = story.walk.section("decision")["options"]
    for each in [each for each in story.walk.all_answers if each.step == "decision"][:-1]:
        chosen = options.get(each.data.get("decision"))
        old = each.disclosure and each.disclosure.release_id != story.walk.release.pk
        if chosen:
            yield sentences(f"{chosen[0]}.", _("This was about an earlier plan.") if old else "", brackets_of(each.at))


def item_lines(story):
    """Item by item what was said then, whatever has become of it since."""
    if len(story.items) == 1:
        return []
    said = story.walk.said("decision")
    words = {"yes": _("Yes"), "no": _("No")}
    chosen = {item["position"]: words.get(said.get(f"item_{item['position']}")) for item in story.items}
    return [f"{item['where']}: {chosen[item['position']] or _('no answer')}" for item in story.items]


def allowances(story, section):
    said = story.walk.said("permissions")
    rows = [
        shape.Line(
            cells=[each["question"], [strong(section["options"].get(said.get(each["key"]), _("no answer")))]],
            code=each["key"],
            value=said.get(each["key"]) == "yes",
        )
        for each in section["rows"]
    ]
    return shape.Table(style="permissions", heads=(_("Permission"), _("Answer")), rows=rows)
