"""A consent as the patient will see it, before it is released: the same words, composed in the same way, and not kept."""

from dataclasses import dataclass

from consent import disclosure, preparing, steps
from consent.models import Release, Status


@dataclass(frozen=True)
class Preview:
    """`told` is the whole disclosure in `language`, as plain values."""

    told: dict
    language: str
    languages: list

    @classmethod
    def of(cls, episode, user, language="", *, fresh=False):
        """Of the release that counts, or of what would be released now. None while a sentence would have a gap in it."""
        release = drafted(episode, user) if fresh or episode.status == Status.DRAFT else episode.release
        if release is None:
            return None
        codes = disclosure.languages_offered(release)
        picked = next((each for each in (language, episode.language) if each in codes), codes[0])
        return cls(
            disclosure.compose(release, picked), picked, [(code, steps.LANGUAGES.get(code, code)) for code in codes]
        )

    @property
    def pages(self):
        """[{key, name, section}] in the order of the walk, named in the language of the desk."""
        sections = self.told["sections"]
        return [
            {"key": each.key, "name": each.name, "section": sections[each.key]}
            for each in steps.STEPS
            if each.key in sections
        ]

    @property
    def words(self):
        return sum(steps.word_count(each["section"]) for each in self.pages)

    @property
    def minutes(self):
        return steps.minutes_of([each["section"] for each in self.pages])

    @property
    def direction(self):
        return self.told["direction"]

    @property
    def items(self):
        return self.told["items"]

    @property
    def drawings(self):
        return self.told["sections"].get("during", {}).get("drawings", [])


def drafted(episode, user):
    """A release that nobody has given yet and that has no row, or None when a local value that it needs is not set."""
    items = list(episode.items.select_related("version__procedure"))
    if not items or any(preparing.unset_site_values(episode, items)):
        return None
    made = Release(episode=episode)
    made.content = preparing.release_content(episode, user)
    return made
