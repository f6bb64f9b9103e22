"""The rows of one episode, gathered once, with the questions that every page of its record asks them."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.utils import translation

from consent import disclosure as disclosing
from consent import policy
from consent.models import Event, Role, Signature
from consent.records.compose.words import Run, isolated
from consent.steps import BY_KEY, LANGUAGES, STEPS, Walk
from procedures import canonical

# Pages that show more or less of themselves.
DEPTHS = ("why", "before", "during", "after", "benefits", "serious", "common", "compare")
CITED = ("benefits", "serious", "common", "compare")


class NothingTold(Exception):
    """Nobody has been told anything, so there is nothing to put on a record."""


@dataclass
class Story:
    """One record's view of an episode. `told` is the frozen disclosure; `walk` what was answered to it."""

    episode: object
    kind: str
    at: object
    previous: object
    walk: Walk

    @classmethod
    def of(cls, episode, kind, at, previous):
        walk = Walk(episode, episode.decision_maker, None)
        if walk.disclosure is None:
            raise NothingTold(str(episode))
        return cls(episode, kind, at, previous, walk)

    # -- what was told ---------------------------------------------------------------------------------------------

    @cached_property
    def disclosure(self):
        return self.walk.disclosure

    @cached_property
    def told(self):
        return self.disclosure.content

    @property
    def language(self):
        return self.disclosure.language

    @property
    def items(self):
        return self.told["items"]

    def shown(self, key):
        """Was this page before the person, as far as the bytes of what they are told now go?"""
        if key == "sign":
            return any(each.method != "paper" for each in self.with_meaning("consent"))
        if key == "decision":
            # A no is kept as a decision too, whatever page it was said on: only the page itself leaves its digest.
            return any(each.page_digest for each in self.tries(key))
        if key == "welcome":
            # It speaks the language expected until another is picked; then it is read again.
            said = self.walk.said(key)
            return bool(said) and said.get("shown", said["language"]) == said["language"]
        return key in self.walk.answers

    def page(self, key):
        """A page's section if it was shown. What was not shown is not printed as if it had been."""
        return self.walk.section(key) if self.shown(key) else None

    def was_told(self, pages):
        """Was one of these pages before the person? What names no page rests on no words of ours."""
        return not pages or any(self.shown(key) for key in pages)

    def unshown(self, *keys):
        """Names of those pages that this disclosure has and the person did not see."""
        return [str(BY_KEY[key].name) for key in keys if self.walk.section(key) and not self.shown(key)]

    @property
    def pages_unshown(self):
        reading = (step.key for step in STEPS if step.key not in ("tell_us", "sign", "decision"))
        return self.unshown(*reading)

    @property
    def amount(self):
        return self.walk.said("amount", "amount", "")

    def amount_of(self, key):
        """How much this person had chosen to see when they answered this page: it can be changed on the way."""
        answer = self.walk.answers.get(key)
        chosen = [
            each for each in self.walk.all_answers if each.step == "amount" and (not answer or each.pk < answer.pk)
        ]
        return chosen[-1].data.get("amount", "main") if chosen else "main"

    def on_a_tap(self, key):
        """Did a part of this page wait behind a tap? Only those who chose everything saw all of it open."""
        return self.amount_of(key) != "everything"

    @property
    def pages_in_part(self):
        """Names of the pages that were read before everything was chosen."""
        return [
            str(BY_KEY[key].name) for key in DEPTHS if self.walk.section(key) and self.shown(key) and self.on_a_tap(key)
        ]

    @property
    def others_waited(self):
        """Did all but the most serious harm wait behind a tap? Never when something was written for this person alone."""
        return self.amount_of("serious") == "least" and not self.told["tailoring"]

    def is_earlier(self, at):
        """Was this before what counts now was released?"""
        return at < self.walk.release.at

    @property
    def was_on_paper(self):
        return any(each.method == "paper" for each in self.with_meaning("consent"))

    @cached_property
    def source_numbers(self):
        keys = (each["key"] for key in CITED for each in (self.page(key) or {}).get("sources", ()))
        return {key: number for number, key in enumerate(dict.fromkeys(keys), start=1)}

    def cite(self, keys):
        return ", ".join(str(self.source_numbers[key]) for key in keys if key in self.source_numbers)

    def raised(self, keys):
        numbers = self.cite(keys)
        return [Run(text=numbers, raised=True)] if numbers else []

    # -- the theatre's language ------------------------------------------------------------------------------------

    @property
    def theatre(self):
        """Those who stand at the theatre door read the hospital's language, whatever the person reads."""
        return settings.LANGUAGE_CODE.split("-")[0]

    @property
    def is_foreign(self):
        return self.language != self.theatre

    @cached_property
    def theatre_told(self):
        """The same release through the theatre's language, or None where there are no such words."""
        version = disclosing.version_of(self.walk.release.content["items"][0])
        known = self.is_foreign and self.theatre in version.languages()
        return disclosing.Told.of(self.walk.release.content, self.theatre) if known else None

    def both(self, make):
        """`make()` in the record's language and, where that is another, in the theatre's too."""
        own, other = make(), self.in_theatre(make)
        return own if own == other else f"{isolated(own)} · {isolated(other)}"

    def in_theatre(self, make):
        with translation.override(self.theatre):
            return make()

    def by_staff(self, text):
        """Free words of staff, in the language they were written in: the hospital's."""
        return Run(text=text, lang=self.theatre if self.is_foreign else None)

    def author_of(self, text, risk=""):
        """Who wrote these words for this person alone."""
        found = (each["by"] for each in self.told["tailoring"] if (each["words"], each["risk"]) == (text, risk))
        return next(found, "")

    @property
    def language_name(self):
        return LANGUAGES.get(self.language, self.language)

    # -- who decides -----------------------------------------------------------------------------------------------

    @property
    def decider(self):
        return self.told["decider"]

    @property
    def name(self):
        return self.decider["name"]

    @property
    def first_name(self):
        return self.decider["first_name"]

    @property
    def patient_name(self):
        return self.told["patient"]["name"]

    @cached_property
    def deciders(self):
        return list(self.episode.parties.filter(role=Role.DECISION_MAKER, active=True).order_by("id"))

    @cached_property
    def walks(self):
        return [self.walk if party == self.walk.party else Walk(self.episode, party, None) for party in self.deciders]

    @property
    def authority(self):
        """The representative's authority in words, or nothing for a patient who decides."""
        if self.decider["is_patient"]:
            return ""
        return policy.words(self.decider["authority_words"] or {"en": self.decider["authority"]}, self.language)

    @cached_property
    def finding(self):
        """A clinician's newest finding of the kind that this authority is for; only where another decides."""
        if self.decider["is_patient"]:
            return None
        rule, found = policy.current().authority(self.decider["authority"]), self.episode.assessments.order_by("-id")
        return (found.filter(kind=rule.for_).first() if rule else None) or found.first()

    # -- what was decided and signed -------------------------------------------------------------------------------

    def agreed(self, item):
        """Every decision-maker said yes to this item. Whatever is not a plain yes is a no."""
        return self.kind in ("signed", "complete") and all(says_yes(walk, item) for walk in self.walks)

    def was_agreed(self, item):
        """Before a change of mind: was there a signed yes to this item, on the screen or on paper?"""
        signed = self.with_meaning("consent")
        papers = [canonical.loads(each.body)["act"]["agreed"] for each in signed if each.method == "paper"]
        if papers:
            return all(item["position"] in agreed for agreed in papers)
        return bool(signed) and all(says_yes(walk, item) for walk in self.walks)

    @cached_property
    def withdrawal(self):
        """What was said on changing one's mind: kept beside the answers, and no page of the walk."""
        said = [each for each in self.walk.all_answers if each.step == "withdrawal"]
        return said[-1] if said and self.kind == "withdrawal" else None

    @property
    def last_words(self):
        """The reason given for a no, if any."""
        if self.kind == "withdrawal":
            return self.withdrawal.data.get("words", "") if self.withdrawal else ""
        return self.walk.said("decision", "reason", "")

    @property
    def items_agreed(self):
        return [item for item in self.items if self.agreed(item)]

    @cached_property
    def signatures(self):
        """Signatures under the release that counts now, oldest first."""
        return list(
            Signature.objects.filter(episode=self.episode, disclosure__release=self.walk.release)
            .select_related("party", "disclosure")
            .order_by("id")
        )

    def with_meaning(self, *meanings):
        return [each for each in self.signatures if each.meaning in meanings]

    @cached_property
    def discussions(self):
        return list(self.episode.discussions.select_related("release").order_by("id"))

    @property
    def was_discussed(self):
        return any(each.release_id == self.walk.release.pk for each in self.discussions)

    @cached_property
    def decided_at(self):
        signed = self.with_meaning("consent")
        return signed[0].at if signed else self.at

    # -- what happened ---------------------------------------------------------------------------------------------

    @cached_property
    def events(self):
        return list(Event.objects.filter(episode=self.episode).select_related("payload").order_by("seq"))

    def says(self, event):
        payload = getattr(event, "payload", None)
        return canonical.loads(payload.body) if payload else {}

    def tries(self, key):
        """Every answer to a page under this disclosure, oldest first."""
        return [each for each in self.walk.all_answers if each.step == key and each.disclosure_id == self.disclosure.pk]

    @cached_property
    def picks(self):
        """Every side that anybody picked, oldest first, each with whether ours had not been shown for that plan yet."""
        rows = self.episode.answers.filter(step="side").select_related("disclosure").order_by("id")
        found, plans = [], set()
        for each in rows:
            found.append((each, each.disclosure.release_id not in plans))
            plans.add(each.disclosure.release_id)
        return found

    def talks(self, item):
        return [each for each in self.walk.thread(item=item) if each.by_user_id]


def says_yes(walk, item):
    said = walk.said("decision")
    alone = len(walk.items) == 1
    return said.get("decision") == "consent" and (alone or said.get(f"item_{item['position']}") == "yes")
