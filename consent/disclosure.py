"""Compose what one person is told, in one language, and freeze it: every sentence of every page, with a digest each."""

from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from consent import events, policy, wording
from consent.models import Disclosure
from consent.models.disclosure import closed
from procedures import canonical, drawings
from procedures.content import PLACEHOLDER
from procedures.models import ProcedureVersion

SCHEMA = "plainconsent.disclosure/1"
CHECK_UNSURE = "not_sure"


class LanguageNotOffered(Exception):
    """There is no approved translation of every item in this language."""


class SeveralVersions(Exception):
    """One walk through several different procedures is not built yet."""


def languages_offered(release):
    """Languages in which every item of the release may be shown, the source language first."""
    versions = [version_of(item) for item in release.content["items"]]
    offered = versions[0].approved_languages()
    return [each for each in offered if all(each in version.approved_languages() for version in versions)]


def is_recalled(release):
    """Has any text of this release been recalled since?"""
    return any("recalled" in version_of(item).states for item in release.content["items"])


def version_of(item):
    return ProcedureVersion.objects.get(
        digest=item["version_digest"], number=item["version"], procedure__slug=item["procedure"]
    )


def freeze(*, release, language, by):
    """The Disclosure of this release in this language: the one that exists, or a new one with its event."""
    if language not in languages_offered(release):
        raise LanguageNotOffered(language)
    body = canonical.dumps(closed(compose(release, language)))
    digest = canonical.digest(body)
    existing = Disclosure.objects.filter(release=release, digest=digest).first()
    if existing:
        return existing
    made = Disclosure.objects.create(
        episode=release.episode, release=release, language=language, body=body, digest=digest, at=timezone.now()
    )
    events.write(
        "disclosed", by=by, episode=release.episode, disclosure=digest, language=language, release=release.digest
    )
    return made


def compose(release, language):
    """The whole disclosure as plain values, ready for canonical bytes. Deterministic in release and language."""
    with translation.override(language):
        told = Told.of(release.content, language)
        sections = {key: make(told) for key, make in SECTIONS.items() if applies(key, told)}
        core = told.core()
        return {
            "schema": SCHEMA,
            "release": release.digest,
            "language": language,
            "direction": wording.direction(language),
            **core,
            "sections": sections,
            # Side, level, procedure and decision-maker go into every page's digest: when one changes, all is answered again.
            "digests": {
                key: canonical.digest_of({"about": told.about(), "page": closed(each)})
                for key, each in sections.items()
            },
        }


def applies(key, told):
    if key == "side":
        return told.facts.laterality == "required"
    return True


@dataclass(frozen=True)
class Told:
    """One release seen through one language: the source of every section."""

    release: dict
    language: str
    version: ProcedureVersion

    @classmethod
    def of(cls, release, language):
        versions = {(item["procedure"], item["version"]): item for item in release["items"]}
        if len(versions) != 1:
            raise SeveralVersions("Items of one consent must be of one procedure for now.")
        return cls(release, language, version_of(release["items"][0]))

    @property
    def facts(self):
        return self.version.facts

    @cached_property
    def texts(self):
        return self.version.texts(self.language)

    @property
    def items(self):
        return self.release["items"]

    @cached_property
    def site_values(self):
        return self.release["site_values"]

    def fill(self, text, **more):
        """`text` with its figures, local rules and words put in."""
        return PLACEHOLDER.sub(lambda match: self.value(match[1], match[2], more), text)

    def value(self, kind, key, more):
        if kind == "figure":
            return wording.in_a_sentence(self.facts.figures[key])
        if kind == "site":
            return self.site_value(key)
        return {**self.words(), **more}[kind]

    def site_value(self, key):
        """A local rule in words: a phone number, a time with its unit, or the sentence of a choice."""
        value, kind = self.site_values[key], next(spec.kind for spec in self.facts.site_values if spec.key == key)
        if kind == "choice":
            return self.texts.site_values[key].choices[value]
        return wording.duration(int(value), kind) if kind in ("hours", "minutes", "days") else value

    def words(self):
        sides = list(dict.fromkeys(item["side"] for item in self.items if item["side"]))
        levels = list(dict.fromkeys(level for item in self.items for level in item["levels"]))
        medicines = [self.texts.medicines[item["medicine"]].name for item in self.items if item["medicine"]]
        return {
            "side": wording.joined(map(wording.side_word, sides)) if sides else "",
            "levels": wording.joined(levels) if levels else "",
            "medicine": wording.joined(dict.fromkeys(medicines)) if medicines else "",
            "patient": self.release["patient"]["name"],
        }

    def all(self, texts):
        return [self.fill(each) for each in texts]

    def prose(self, prose):
        return {
            "title": self.fill(prose.title),
            "lead": self.fill(prose.lead),
            "paragraphs": self.all(prose.paragraphs),
            "points": self.all(prose.points),
            "more": self.all(prose.more),
        }

    def stages(self, stages):
        return [{"title": self.fill(each.title), "text": self.fill(each.text)} for each in stages]

    def about(self):
        """What, where and for whom: when it changes, everything is answered again."""
        items = [{key: item[key] for key in ("procedure", "side", "levels", "medicine")} for item in self.items]
        return {"items": items, "patient": self.release["patient"], "decider": self.release["decider"]}

    def core(self):
        release = self.release
        kept = (
            "patient",
            "decider",
            "organisation",
            "site",
            "clinic",
            "time_zone",
            "responsible",
            "policy",
            "tailoring",
        )
        return {key: release[key] for key in kept} | {
            "items": [self.item(each) for each in release["items"]],
            "name": self.texts.name,
            "in_sentence": self.texts.in_sentence,
            "short": self.texts.short,
            "medical": self.texts.medical,
            "source_language": self.facts.source_language,
            "translator": "" if self.language == self.facts.source_language else self.texts.translator,
        }

    def item(self, item):
        """One item in words: "LEFT C6 nerve root", "gap between C5 and C6", plain and medical names."""
        levels = [level for level in self.facts.levels if level.code in item["levels"]]
        label = wording.joined(level.code for level in levels) if levels else ""
        side = wording.side_capitals(item["side"])
        place = self.fill(self.texts.site_long, level=label) if label else self.texts.name
        gaps = [self.fill(self.texts.gap, upper=level.upper, lower=level.lower) for level in levels if level.upper]
        medicine = self.texts.medicines[item["medicine"]] if item["medicine"] else None
        return {
            **item,
            "side_word": wording.side_word(item["side"]),
            "label": ", ".join(filter(None, [side, self.fill(self.texts.site, level=label) if label else ""])),
            "where": wording.side_and_place(side, place),
            "gap": "; ".join(gaps),
            "plain": self.texts.name,
            "medical": self.texts.medical,
            "medicine_name": medicine.name if medicine else "",
            "medicine_note": self.fill(medicine.note) if medicine else "",
            "translation_digest": self.version.translations.get(language=self.language).digest,
            "spots": [f"{item['side']}-{level.code}" for level in levels],
        }


# --- sections, in the order of the walk ------------------------------------------------------------------------------


def welcome(told):
    return {
        "title": wording.capital(told.texts.name),
        "lead": _("You read the facts, and ask us anything. Then you choose: yes, no, or not yet."),
        "signing_title": _("Signing on this screen"),
        "signing": policy.words(policy.current().statements.screen_signature, told.language),
    }


def identity(told):
    decider = told.release["decider"]
    if decider["is_patient"]:
        return {
            "title": _("Is this you?"),
            "name": told.release["patient"]["short_name"],
            "lead": _("You decide for yourself."),
        }
    first = told.release["patient"]["first_name"]
    return {
        "title": _("Is this you?"),
        "name": decider["short_name"],
        "lead": _("You are reading for %(name)s. From here on, “you” means %(name)s.") % {"name": first},
    }


def amount(told):
    floor = {
        "side": _("Which side and which place."),
        "grave": _("The most serious harm."),
        "alternatives": _("What else you could do."),
        "may_say_no": _("And that you may say no."),
    }
    return {
        "title": _("How much do you want to know?"),
        "lead": _("Every detail, or very little: both are fine. You can change this later."),
        "options": {
            "main": [_("The main points"), _("You see the main points. Tap for more where you like.")],
            "everything": [_("Everything"), _("All facts, all numbers, and where they come from.")],
            "least": [_("As little as possible"), _("Only what we must tell you before you can say yes.")],
        },
        "floor_title": _("What we must always tell you"),
        "floor": " ".join(floor[key] for key in policy.current().floor),
    }


def why(told):
    ways = [
        {
            "key": each.key,
            "name": told.texts.alternatives[each.key].name,
            "line": told.fill(told.texts.alternatives[each.key].line),
        }
        for each in told.facts.alternatives
    ]
    return {
        **told.prose(told.texts.why),
        "what": told.prose(told.texts.what),
        "in_charge": _("%(who)s is in charge.") % {"who": told.release["responsible"]["name"]},
        "ways_title": _("What could you do?"),
        "ways": ways,
        "may_say_no": _("You may say no."),
    }


def matters(told):
    return {
        "title": told.texts.what_matters_question,
        "lead": _("Choose any, or none. Your clinician reads it first."),
        "options": {key: told.texts.what_matters[key] for key in told.facts.what_matters},
        "own_label": _("In your own words"),
        "own_hint": _("Or tell us."),
    }


def tell_us(told):
    items = [
        {
            "key": each.key,
            "question": text.question,
            "hint": told.fill(text.hint),
            "detail": text.detail,
            "flag": text.flag,
            "ask_detail": each.detail,
        }
        for each in told.facts.tell_us
        for text in [told.texts.tell_us[each.key]]
    ]
    pressed = {
        "key": "pressed",
        "question": _("Is anybody pushing you to say yes, or to say no?"),
        "hint": "",
        "detail": "",
        "flag": _("Feels pressed by somebody"),
        "ask_detail": False,
    }
    return {
        "title": _("Tell us about you"),
        "lead": _("Only your care team sees this. You can always go on."),
        "items": [*items, pressed],
    }


def side(told):
    text = told.texts.side
    return {
        "title": text.question,
        "lead": text.lead,
        "options": {"left": text.left, "right": text.right, "both": _("Both sides"), "unsure": _("I am not sure")},
        "planned": sorted({item["side"] for item in told.items}),
        "why_title": _("Why we ask"),
        "why": _(
            "We have a side in our plan. We show it after you have chosen. If the two do not match, we stop and sort it out with you."
        ),
    }


def before(told):
    return {**told.prose(told.texts.before), **reason(told)}


def reason(told):
    """The clinician's own words on why: they may name the side, so they stand behind the page on which it is picked."""
    words = " ".join(dict.fromkeys(item["reason"] for item in told.items if item["reason"]))
    return {"reason": words, "reason_title": _("From your clinician")}


def during(told):
    return {
        **told.prose(told.texts.during),
        "steps_title": _("Step by step"),
        "stages": told.stages(told.texts.during.stages),
        "notes": told.stages(told.texts.during.notes),
        "drawings": [drawing_words(told, each) for each in told.facts.drawings],
    }


def drawing_words(told, drawing):
    text = told.texts.drawings[drawing.key]
    return {
        "key": drawing.key,
        "svg": localised(told, drawing, text),
        "title": text.title,
        "description": told.fill(text.description),
        "caption": told.fill(text.caption),
        "legend": told.all(text.key),
    }


def localised(told, drawing, text):
    """The drawing with this person's places switched on and its words in this language."""
    places = [f"{item['side']}-{level}" for item in told.items for level in item["levels"]]
    words = {
        f"{drawing.key}-title": text.title,
        f"{drawing.key}-desc": told.fill(text.description),
        "word-left": wording.capital(wording.side_word("left")),
        "word-right": wording.capital(wording.side_word("right")),
    }
    return drawings.shown(told.version.drawings[drawing.file], spots=places, words=words)


def after(told):
    text = told.texts.after
    return {
        **told.prose(text),
        "emergency_title": told.fill(text.emergency_title),
        "emergency": told.all(text.emergency),
        "same_day_title": told.fill(text.same_day_title),
        "same_day": told.all(text.same_day),
    }


def benefits(told):
    return {
        "title": _("What good it may do"),
        "lead": told.fill(told.texts.benefits_lead),
        "key_is": _("had this result"),
        "key_not": _("did not"),
        "benefits": [benefit_words(told, each) for each in told.facts.benefits],
        "not_title": _("What it will not do"),
        "not": told.all(told.texts.benefits_not),
        "sources": sources(told, [each.figure for each in told.facts.benefits]),
    }


def benefit_words(told, benefit):
    text = told.texts.benefits[benefit.key]
    return {
        "key": benefit.key,
        "kind": benefit.figure.kind,
        **wording.figure_words(benefit.figure),
        "name": text.name,
        "happened": told.fill(text.happened),
        "period": told.fill(text.period),
        "more": told.fill(text.more),
        "direct": direct_words(benefit.directness, ""),
        "elsewhere": benefit.directness == "indirect",
        "source_keys": source_keys(benefit.figure),
    }


def direct_words(directness, population):
    if directness == "direct":
        return population or _("Measured in people who had this very procedure.")
    return population if directness == "indirect" else ""


def source_keys(figure):
    return list(dict.fromkeys([*figure.sources, *(seen.source for seen in getattr(figure, "seen", []))]))


def sources(told, figures, keys=()):
    """Citations behind `figures` (and further `keys`), in order of first use."""
    wanted = dict.fromkeys([*(key for figure in figures for key in source_keys(figure)), *keys])
    return [
        {"key": key, "citation": told.facts.sources[key].citation, "note": told.facts.sources[key].note}
        for key in wanted
    ]


def serious(told):
    risks = [each for each in told.facts.risks if each.group == "serious"]
    grave = [each for each in risks if each.catastrophic]
    return {
        "title": _("What can go wrong"),
        "lead": "",
        "grave_label": _("The most serious harm"),
        "grave": [grave_words(told, each) for each in grave],
        "other_title": _("Other serious or lasting harm"),
        "unknown_title": _("Nobody has counted these well"),
        "unknown_hint": _("Hospitals list them, without a number that we can trust."),
        "risks": [risk_words(told, each) for each in risks if not each.catastrophic],
        "sources": sources(told, [each.figure for each in risks]),
    }


def grave_words(told, risk):
    text = told.texts.grave[risk.key]
    rows = [
        ("happened", _("Has it happened?"), text.happened, True),
        ("how_often", _("How often?"), text.how_often, True),
        ("studies", _("What did studies see?"), text.studies, False),
        ("leaflets", _("What do leaflets say?"), text.leaflets, False),
        ("lowers", _("What may lower it?"), text.lowers, False),
    ]
    return {
        "key": risk.key,
        "name": text.name,
        "term": text.term,
        "rows": [
            {"key": key, "label": label, "texts": told.all(texts), "main": main}
            for key, label, texts, main in rows
            if texts
        ],
        "danger_title": told.fill(text.danger_title) or _("Call for help at once if you have:"),
        "danger_signs": told.all(text.danger_signs),
        "source_keys": source_keys(risk.figure),
    }


def risk_words(told, risk):
    text = told.texts.risks[risk.key]
    seen = [wording.seen_words(each) for each in getattr(risk.figure, "seen", [])]
    return {
        "key": risk.key,
        "kind": risk.figure.kind,
        **wording.figure_words(risk.figure),
        "name": text.name,
        "term": text.term,
        "happened": told.fill(text.happened),
        "more": told.fill(text.more),
        "period": told.fill(text.period),
        "why_unknown": told.fill(text.why_unknown),
        "seen": seen,
        "direct": direct_words(risk.directness, told.fill(text.population)),
        "elsewhere": risk.directness == "indirect",
        # What a clinician marked for this person is a main point for them.
        "main": risk.main or any(each["risk"] == risk.key for each in told.release["tailoring"]),
        "depends_on": risk.depends_on or "",
        "severity": risk.severity,
        "source_keys": source_keys(risk.figure),
        "for_you": [each["words"] for each in told.release["tailoring"] if each["risk"] == risk.key],
    }


def common(told):
    risks = [each for each in told.facts.risks if each.group == "common"]
    depends = [each for each in told.facts.risks if each.group == "depends"]
    shown = [risk_words(told, each) for each in risks]
    return {
        "title": _("More common problems"),
        "lead": told.fill(told.texts.denominator),
        "key_is": _("had the problem"),
        "key_not": _("did not"),
        # What matters more to this person comes first, and says so.
        "risks": sorted(shown, key=lambda each: not each["for_you"]),
        "depends_title": _("It depends on you"),
        "depends": [risk_words(told, each) for each in depends],
        "notes_title": _("For you in particular"),
        "notes": [each["words"] for each in told.release["tailoring"] if not each["risk"]],
        "sources": sources(told, [each.figure for each in [*risks, *depends]]),
    }


def compare(told):
    rows = [
        {
            "key": each.key,
            "name": text.name,
            "good": told.fill(f"{text.good} {text.good_more}".strip()),
            "harm": told.fill(f"{text.harm} {text.harm_more}".strip()),
            # What stands open for who wants the main points, and what opens beside it.
            "main": {"good": told.fill(text.good), "harm": told.fill(text.harm)},
            "more": told.fill(" ".join(filter(None, [text.line, text.good_more, text.harm_more]))),
            "this": each.this,
            "source_keys": each.sources,
        }
        for each in told.facts.alternatives
        for text in [told.texts.alternatives[each.key]]
    ]
    keys = [key for each in told.facts.alternatives for key in each.sources]
    return {
        "title": _("Your choices, side by side"),
        "lead": _("No choice is best for everyone."),
        "note_title": _("Read across, not down"),
        "note": _("Different studies: do not compare their numbers."),
        "head": [_("Choice"), _("Good"), _("Harm")],
        "rows": rows,
        "comparisons": [comparison_words(told, each) for each in told.facts.comparisons],
        "key_is": _("had this result"),
        "key_not": _("did not"),
        "sources": sources(told, [], [*keys, *(each.source for each in told.facts.comparisons)]),
    }


def comparison_words(told, comparison):
    text = told.texts.comparisons[comparison.key]
    arms = [{"key": arm.key, "name": text.arms[arm.key], **wording.figure_words(arm.figure)} for arm in comparison.arms]
    return {
        "title": text.title,
        "intro": told.fill(text.intro),
        "outcome": told.fill(text.outcome),
        "direct": direct_words(comparison.directness, told.fill(text.population)),
        "arms": arms,
        "source_keys": [comparison.source],
    }


def check(told):
    questions = [
        {
            "key": each.key,
            "question": told.fill(text.question),
            "options": {key: told.fill(text.options[key]) for key in each.options} | {CHECK_UNSURE: _("Not sure")},
            "right": each.right,
            "said_right": told.fill(text.right),
            "again": told.all(text.again),
            "told_on": each.told_on,
        }
        for each in told.facts.checks
        for text in [told.texts.checks[each.key]]
    ]
    return {
        "title": _("Did we explain this well?"),
        "lead": _("This checks us, not you."),
        "questions": questions,
        "right_label": _("That is right."),
        "again_title": _("Let us say that in another way"),
        "talk": _("We did not make that clear. We will talk about it with you before you decide."),
    }


def checklist(told):
    return {
        "title": _("Your checklist"),
        "lead": _("“Not sure” or “talk first”? Then we talk."),
        "statements": {each.key: told.fill(told.texts.checklist[each.key]) for each in told.facts.checklist},
        "told_on": {each.key: each.told_on for each in told.facts.checklist},
        "options": {"yes": _("Yes"), "no": _("No"), "not_sure": _("Not sure"), "talk": _("Talk first")},
        "prompts_title": _("Questions that others have asked"),
        "prompts": [told.fill(told.texts.prompts[key]) for key in told.facts.prompts],
    }


def permissions(told):
    rows = [
        {
            "key": each.key,
            "question": told.fill(text.question),
            "hint": told.fill(text.hint),
            "allowed": told.fill(text.allowed),
        }
        for each in told.facts.permissions
        for text in [told.texts.permissions[each.key]]
    ]
    return {
        "title": _("What you allow"),
        "lead": _("A no does not change your care."),
        "rows": rows,
        "options": {"yes": _("Yes"), "no": _("No")},
    }


def decision(told):
    it = told.texts.short
    return {
        "title": _("What have you decided?"),
        "lead": _("We look after you whatever you choose."),
        "options": {
            "consent": [_("Yes, I want %(it)s") % {"it": it}, _("Next: check it all on one page, and sign.")],
            "refuse": [_("No, I do not want %(it)s") % {"it": it}, _("We will talk about other ways to help you.")],
            "more_time": [_("I need more time"), _("We keep your answers. You can come back another day.")],
            "talk": [
                _("I want to talk with someone first"),
                _("With your clinician, a nurse, your family or a friend."),
            ],
        },
        "each_title": _("Which of these do you agree to?"),
        "each_options": {"yes": _("Yes"), "no": _("No")},
        "mind_title": _("You can change your mind"),
        "mind": _("Until it starts, and during it too."),
    }


def sign(told):
    decider = told.release["decider"]
    vow = told.fill(told.texts.vow if decider["is_patient"] else told.texts.vow_for)
    name = decider["name"]
    if not decider["is_patient"]:
        authority = policy.words(decider["authority_words"], told.language)
        vow = (
            _("I decide for %(patient)s, as %(authority)s.")
            % {"patient": told.release["patient"]["name"], "authority": authority}
            + f" {vow}"
        )
    return {
        "title": _("Check this, then sign"),
        "i": _("I, %(name)s:") % {"name": name},
        "vow": vow,
        "agree": _("I agree to %(it)s") % {"it": told.texts.short},
        "not_agree": _("I do not want %(it)s") % {"it": told.texts.short},
        **reason(told),
        "next_title": _("What happens next"),
        "next": told.stages(told.texts.next_steps),
    }


SECTIONS = {
    "welcome": welcome, "identity": identity, "amount": amount, "why": why, "matters": matters, "tell_us": tell_us, "side": side,
    "before": before, "during": during, "after": after, "benefits": benefits, "serious": serious, "common": common,
    "compare": compare, "check": check, "checklist": checklist, "permissions": permissions, "decision": decision, "sign": sign,
}  # fmt: skip
