"""The patient's path: STEPS in order, what is known so far (Walk), and the gate before a yes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from consent import disclosure as disclosing
from consent import forms
from consent.models import Answer, Disclosure, Episode, HandOver, Party, Reply
from procedures import canonical
from procedures.content import sentences

WORDS_A_MINUTE = 130
SECONDS_AN_ANSWER = 8
# Sources, controls, what is said only after an answer, and what stands in the bytes but not on the page.
NOT_WORDS = frozenset({
    "agree", "again", "again_title", "allowed", "ask_detail", "depends", "depends_on", "depends_title", "description", "detail",
    "direction", "each_title", "flag", "floor", "floor_title", "key", "key_is", "key_not", "kind", "next", "next_title",
    "not_agree", "note", "options", "own_label", "prompts", "prompts_title", "question", "right", "right_label",
    "said_right", "seen", "severity", "source_keys", "sources", "statements", "svg", "talk", "term", "told_on", "why",
    "why_title", "why_unknown",
})  # fmt: skip
# What waits for a tap unless the person wants everything.
TAPPED = frozenset({"comparisons", "danger_signs", "danger_title", "line", "more", "unknown_hint", "what"})
ANSWERS = ("items", "questions", "statements")
LANGUAGES = {"en": "English", "es": "Español", "ar": "العربية", "zh-hans": "简体中文"}

PARTS = {
    1: pgettext_lazy("part of the walk", "You"),
    2: pgettext_lazy("part of the walk", "Your choices"),
    3: pgettext_lazy("part of the walk", "What happens"),
    4: pgettext_lazy("part of the walk", "Good and harm"),
    5: pgettext_lazy("part of the walk", "Decide"),
}


@dataclass
class Walk:
    """One party's way through one episode: what they are told, what they have answered.

    `hand_over` is what they came by. None, said aloud, for staff who look at it from their desk: nobody forgets it by chance.
    """

    episode: Episode
    party: Party
    hand_over: HandOver | None

    @cached_property
    def release(self):
        return self.episode.release

    @property
    def disclosure(self) -> Disclosure | None:
        """The disclosure in the language picked, of the release that counts now."""
        picked = self.party.disclosure
        return picked if picked and self.release and picked.release_id == self.release.pk else None

    @cached_property
    def languages(self):
        codes = disclosing.languages_offered(self.release)
        return [(code, LANGUAGES.get(code, code)) for code in codes]

    @cached_property
    def all_answers(self):
        return list(Answer.objects.filter(episode=self.episode, party=self.party).order_by("id"))

    @cached_property
    def answers(self) -> dict[str, Answer]:
        """The newest answer of each step, as long as it still counts for what is told now."""
        newest = {answer.step: answer for answer in self.all_answers}
        return {key: answer for key, answer in newest.items() if key in BY_KEY and self.counts(answer)}

    def counts(self, answer):
        if self.disclosure is None:
            return False
        if BY_KEY[answer.step].again:
            return answer.disclosure_id == self.disclosure.pk
        return answer.page_digest == self.disclosure.section_digest(answer.step)

    def said(self, step, name=None, default=None):
        """What was said on a step: all of it, or one value."""
        data = self.answers[step].data if step in self.answers else {}
        return data.get(name, default) if name else data

    def section(self, key):
        return self.disclosure.section(key) if self.disclosure else None

    @property
    def items(self):
        return self.disclosure.content["items"] if self.disclosure else []

    @property
    def amount(self):
        return self.said("amount", "amount", "main")

    @property
    def steps(self):
        return [step for step in STEPS if step.needed(self)]

    def is_told(self, pages):
        """Does this person's walk lead over one of these pages? What names no page rests on no words of ours."""
        return not pages or any(key in self.answers or BY_KEY[key].needed(self) for key in pages)

    @property
    def checks(self):
        """The questions of the check page that may be asked of this person: those on what their walk tells."""
        questions = (self.section("check") or {}).get("questions", [])
        return [each for each in questions if self.is_told(each.get("told_on"))]

    @property
    def statements(self):
        """The lines of the checklist, likewise: {key: text}."""
        section = self.section("checklist") or {"statements": {}}
        pages = section.get("told_on", {})
        return {key: text for key, text in section["statements"].items() if self.is_told(pages.get(key))}

    @property
    def points(self):
        """What may come to be talked about, under the name that a reply bears: {"checklist:key": text}."""
        questions = (self.section("check") or {}).get("questions", [])
        statements = (self.section("checklist") or {}).get("statements", {})
        checks = {f"check:{each['key']}": each["question"] for each in questions}
        return checks | {f"checklist:{key}": text for key, text in statements.items()}

    def is_done(self, step):
        return step.key in self.answers and step.done(self)

    @property
    def next_step(self):
        """The first step that is not done; the last one when all are."""
        return next((step for step in self.steps if not self.is_done(step)), self.steps[-1])

    def has_changed(self, step):
        """Answered before, and told differently since: the page says so when it is asked again."""
        answered = any(each.step == step.key for each in self.all_answers)
        return self.disclosure is not None and answered and step.key not in self.answers and not step.again

    def may_open(self, step):
        """A step opens when all before it are done."""
        before = self.steps[: self.steps.index(step)] if step in self.steps else None
        return before is not None and all(self.is_done(each) for each in before)

    def after(self, step):
        later = self.steps[self.steps.index(step) + 1 :]
        return later[0] if later else step

    def before(self, step):
        index = self.steps.index(step)
        return self.steps[index - 1] if index else None

    @property
    def is_remote(self):
        """Are they on a device of their own, away from staff? What they came by says it, whatever else is open or closed."""
        return self.hand_over is not None and self.hand_over.is_remote

    @property
    def side_is_settled(self):
        return bool(self.disclosure) and (self.section("side") is None or self.is_done(BY_KEY["side"]))

    @property
    def passed_over(self):
        """Flags of the private questions that were left without an answer: to a clinician that is not a no."""
        items = self.section("tell_us")["items"] if "tell_us" in self.answers else []
        return [each["flag"] for each in items if each["key"] not in self.said("tell_us")]

    @cached_property
    def replies(self):
        return list(Reply.objects.filter(episode=self.episode).select_related("by_party").order_by("id"))

    @cached_property
    def questions(self):
        """Their own; a patient's stay theirs although somebody else decided for a while."""
        same = {"party__is_patient": True} if self.party.is_patient else {"party": self.party}
        return list(self.episode.questions.filter(**same))

    def thread(self, question=None, item=""):
        return [each for each in self.replies if each.question_id == (question and question.pk) and each.item == item]

    def minutes_from(self, step):
        """Minutes of reading left, from the words of the pages still to come; never a promise below one minute."""
        left = self.steps[self.steps.index(step) :] if step in self.steps else self.steps
        return minutes_of([self.sections[each.key] for each in left if each.key in self.sections], self.amount)

    @cached_property
    def sections(self):
        """Every page's words; before a language is picked, those of the language expected, without freezing anything."""
        if self.disclosure or not self.release:
            return self.disclosure.content["sections"] if self.disclosure else {}
        codes = [code for code, _name in self.languages]
        language = self.episode.language if self.episode.language in codes else codes[0]
        return disclosing.compose(self.release, language)["sections"]

    @cached_property
    def answers_digest(self):
        """Over every answer that counts, in the order of the steps: what a signature is bound to."""
        return canonical.digest_of(
            [[step.key, self.answers[step.key].digest] for step in STEPS if step.key in self.answers]
        )

    # -- the gate ------------------------------------------------------------------------------------------------

    @property
    def open_items(self):
        """What must be talked about before a yes. Empty means that the gate is open."""
        return [*self.open_checks(), *self.open_statements(), *self.open_questions()]

    def open_checks(self):
        for question in self.checks:
            thread = self.thread(item=f"check:{question['key']}")
            if self.is_unclear(question, thread):
                yield OpenItem("check", question["key"], question["question"], thread)

    def is_unclear(self, question, thread):
        """Not right, or right only after two misses that nobody has talked about, or talked about since the last answer."""
        if self.said("check", question["key"]) != question["right"] or self.misses(question["key"]) >= 2:
            return True
        return any(each.word == Reply.Word.TALKED and each.at > self.answers["check"].at for each in thread)

    def open_statements(self):
        said = self.said("checklist")
        for key, statement in self.statements.items():
            if said.get(key) != "yes":
                yield OpenItem("checklist", key, statement, self.thread(item=f"checklist:{key}"), said.get(key, ""))

    def open_questions(self):
        for question in self.questions:
            thread = self.thread(question)
            if not is_closed(thread):
                yield OpenItem("question", str(question.pk), question.text, thread)

    def misses(self, key):
        """How often in a row a check question was missed since it was last talked about."""
        talked = [each.at for each in self.thread(item=f"check:{key}") if each.word == Reply.Word.TALKED]
        right = next((each["right"] for each in self.section("check")["questions"] if each["key"] == key), None)
        tries = [each for each in self.all_answers if each.step == "check" and each.disclosure_id == self.disclosure.pk]
        wrong = [each for each in tries if key in each.data and each.data[key] != right]
        return sum(1 for each in wrong if not talked or each.at > talked[-1])

    @property
    def checks_missed_once(self):
        """Questions to say in another way and ask again."""
        said = self.said("check")
        return [
            each["key"]
            for each in self.checks
            if each["key"] in said and said[each["key"]] != each["right"] and self.misses(each["key"]) < 2
        ]


@dataclass(frozen=True)
class OpenItem:
    """One thing to talk about. `kind` is check, checklist or question; `thread` what staff and asker have said so far."""

    kind: str
    key: str
    text: str
    thread: list = field(default_factory=list)
    said: str = ""

    @property
    def name(self):
        return f"{self.kind}:{self.key}"

    @property
    def waits_for(self):
        """Who has the next word: staff, or the person."""
        last = self.thread[-1] if self.thread else None
        return "person" if last and last.by_user_id else "staff"


def is_closed(thread):
    """A question is closed when the asker has accepted the newest word of staff."""
    return bool(thread) and thread[-1].word in (Reply.Word.SATISFIED, Reply.Word.GO_AHEAD)


def word_count(section, amount="main"):
    """Words that this person sees on a page without opening anything; controls and sources not counted."""
    return sum(len(text.split()) for text in sentences(without(section or {}, amount)))


def minutes_of(sections, amount="main"):
    """Minutes that these pages take: reading what stands open, and answering."""
    words = sum(word_count(each, amount) for each in sections)
    answers = sum(answer_count(each) for each in sections)
    return words and max(1, math.ceil(words / WORDS_A_MINUTE + answers * SECONDS_AN_ANSWER / 60))


def without(value, amount):
    """`value` without what does not stand open on the page for who wants this much."""
    if isinstance(value, list):
        return [without(each, amount) for each in value if amount == "everything" or not waits(each)]
    if not isinstance(value, dict):
        return value
    if amount != "everything" and "stages" in value:
        value = {**value, "stages": [each["title"] for each in value["stages"]]}
    unread = NOT_WORDS | unread_of(value, amount)
    return {key: without(each, amount) for key, each in value.items() if key not in unread}


def waits(each):
    """Harm, or a row of it, that is not among the main points."""
    return isinstance(each, dict) and each.get("main") is False


def unread_of(value, amount):
    """What one part of a page leaves out: a counted harm its name, a choice its longer or its shorter line."""
    unread = {"name"} if value.get("happened") else set()
    if value.get("kind") == "unknown":
        unread = {"happened", "number"}
    if amount == "everything":
        return unread | {"main"}
    unread |= set() if value.get("elsewhere") else {"direct"}
    unread |= {"good", "harm"} if isinstance(value.get("main"), dict) else set()
    return unread | TAPPED


def answer_count(section):
    """How many answers a page asks for, beside Continue."""
    asked = sum(len(section[name]) for name in ANSWERS if name in section)
    asked += sum("question" in row for row in section.get("rows", []))
    return asked or int("options" in section)


# --- the list --------------------------------------------------------------------------------------------------------


def always(walk):
    return True


def unless_least(walk):
    return walk.amount != "least"


def unless_least_and_untailored(walk):
    """However little somebody wants to know, what a clinician wrote for them alone is told."""
    return unless_least(walk) or bool(walk.disclosure and walk.disclosure.content["tailoring"])


def has_side(walk):
    return walk.disclosure is None or walk.section("side") is not None


def was_read_in_its_language(walk):
    return walk.said("welcome", "shown") == walk.said("welcome", "language")


def side_matches(walk):
    section = walk.section("side")
    return section is None or is_planned(section, walk.said("side", "side"))


def is_planned(section, side):
    return {"both": ["left", "right"]}.get(side, [side]) == section["planned"]


def check_is_over(walk):
    """Every question was answered, also those that came in when more was wanted to be known; and none is to be asked anew."""
    return all(each["key"] in walk.said("check") for each in walk.checks) and not walk.checks_missed_once


def checklist_is_whole(walk):
    return walk.statements.keys() <= walk.said("checklist").keys()


def wants_consent(walk):
    return walk.said("decision", "decision") == "consent"


@dataclass(frozen=True)
class Step:
    """One page. `again`: a new disclosure asks it anew even when its own words are the same."""

    key: str
    part: int
    form: type
    name: str
    needed: Callable = always
    done: Callable = always
    again: bool = False

    @property
    def template(self):
        return f"walkthrough/{self.key}.html"

    def __str__(self):
        return self.key


STEPS = [
    Step("welcome", 1, forms.Welcome, gettext_lazy("Welcome"), done=was_read_in_its_language),
    Step("identity", 1, forms.Reading, gettext_lazy("Is this you?")),
    Step("amount", 1, forms.Amount, gettext_lazy("How much to know")),
    Step("why", 2, forms.Reading, gettext_lazy("Why, and what you could do")),
    Step("matters", 2, forms.Matters, gettext_lazy("What matters to you")),
    Step("tell_us", 2, forms.TellUs, gettext_lazy("Tell us about you")),
    Step("side", 3, forms.Side, gettext_lazy("Which side is it?"), needed=has_side, done=side_matches),
    Step("before", 3, forms.Reading, gettext_lazy("Before"), needed=unless_least),
    Step("during", 3, forms.Reading, gettext_lazy("During"), needed=unless_least),
    Step("after", 3, forms.Reading, gettext_lazy("After"), needed=unless_least),
    Step("benefits", 4, forms.Reading, gettext_lazy("What good it may do"), needed=unless_least),
    Step("serious", 4, forms.Risks, gettext_lazy("What can go wrong")),
    Step("common", 4, forms.Risks, gettext_lazy("More common problems"), needed=unless_least_and_untailored),
    Step("compare", 4, forms.Reading, gettext_lazy("Choices side by side"), needed=unless_least),
    Step("check", 5, forms.Check, gettext_lazy("Did we explain well?"), done=check_is_over, again=True),
    Step("checklist", 5, forms.Checklist, gettext_lazy("Your checklist"), done=checklist_is_whole, again=True),
    Step("permissions", 5, forms.Permissions, gettext_lazy("What you allow")),
    Step("decision", 5, forms.Decision, gettext_lazy("Your decision"), done=wants_consent, again=True),
    Step("sign", 5, forms.SignForm, gettext_lazy("Check and sign"), again=True),
]
BY_KEY = {step.key: step for step in STEPS}


def parts_of(walk, step):
    """The five parts with where the person is: [{number, name, state}]."""
    here = step.part
    state = lambda number: "here" if number == here else "been" if number < here else "next"  # noqa: E731
    return [{"number": number, "name": str(name), "state": state(number)} for number, name in PARTS.items()]


def why_open(item):
    """Why this item is open, in words for the person."""
    if item.kind == "question":
        return _("Your question: “%(text)s”") % {"text": item.text}
    return item.text
