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
        walk = Walk(episode, episode.decision_maker)
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
        return key in self.walk.answers or (key == "sign" and bool(self.with_meaning("consent")))

    def page(self, key):
        """A page's section if it was shown. What was not shown is not printed as if it had been."""
        return self.walk.section(key) if self.shown(key) else None

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

    @property
    def on_a_tap(self):
        """Those who chose the main points could open the rest."""
        return self.amount != "everything"

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
        return [self.walk if party == self.walk.party else Walk(self.episode, party) for party in self.deciders]

    @property
    def authority(self):
        """The representative's authority in words, or nothing for a patient who decides."""
        if self.decider["is_patient"]:
            return ""
        return policy.words(self.decider["authority_words"] or {"en": self.decider["authority"]}, self.language)

    @cached_property
    def finding(self):
        """A clinician's newest finding that this patient does not decide this; only where another decides."""
        return None if self.decider["is_patient"] else self.episode.assessments.order_by("-id").first()

    # -- what was decided and signed -------------------------------------------------------------------------------

    def agreed(self, item):
        """Every decision-maker said yes to this item. Whatever is not a plain yes is a no."""
        return self.kind in ("signed", "complete") and all(says_yes(walk, item) for walk in self.walks)

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
            .select_related("party")
            .order_by("id")
        )

    def with_meaning(self, *meanings):
        return [each for each in self.signatures if each.meaning in meanings]

    @cached_property
    def discussions(self):
        return list(self.episode.discussions.order_by("id"))

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

    def talks(self, item):
        return [each for each in self.walk.thread(item=item) if each.by_user_id]


def says_yes(walk, item):
    said = walk.said("decision")
    alone = len(walk.items) == 1
    return said.get("decision") == "consent" and (alone or said.get(f"item_{item['position']}") == "yes")
