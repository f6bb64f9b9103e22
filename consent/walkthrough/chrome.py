"""What every patient page shows round its subject: hospital, side, part, minutes, tools, ways out."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from consent import steps
from consent.models import Status


@dataclass
class Chrome:
    """The template variable `walk`: plain facts about where the person is."""

    walk: steps.Walk
    step: steps.Step | None = None
    exits: bool = True
    staff: bool = False

    @property
    def is_put_down(self):
        """Then nothing about the person is shown, to staff neither before they have given their PIN."""
        return bool(self.walk.hand_over.finished_at) and not self.staff

    @property
    def hospital(self):
        return self.walk.episode.organisation.name

    @property
    def who(self):
        """First name and initial, on every page once the person has said that it is they."""
        name = self.walk.party.name.split()
        return f"{name[0]} {name[-1][:1]}." if "identity" in self.walk.answers and not self.is_put_down else ""

    @property
    def consent_for(self):
        told = self.walk.disclosure
        return told.content["in_sentence"] if told and not self.is_put_down else ""

    @property
    def site_label(self):
        """Our side is shown only after the person has picked one and it matched."""
        if self.is_put_down or not self.walk.disclosure or not self.walk.side_is_settled:
            return ""
        return "; ".join(item["label"] for item in self.walk.items)

    @property
    def part(self):
        return next((each for each in self.parts if each["state"] == "here"), None)

    @property
    def parts(self):
        return steps.parts_of(self.walk, self.step) if self.step else []

    @property
    def minutes(self):
        return self.walk.minutes_from(self.step) if self.step else None

    @property
    def text_size(self):
        return self.walk.party.text_size

    @property
    def theme(self):
        return self.walk.party.theme

    @property
    def back_url(self):
        before = self.walk.before(self.step) if self.step else None
        return reverse("walk:step", args=[before.key]) if before else ""

    @property
    def is_remote(self):
        """Nobody of staff is in the room: pages say "phone us" instead."""
        return self.walk.is_remote

    @property
    def phone(self):
        """The ward's own number, or else the hospital's."""
        ward = self.walk.release.content["site_values"].get("ward_phone") if self.walk.release else ""
        return ward or settings.PHONE

    @property
    def signed(self):
        return self.walk.episode.status in (Status.SIGNED, Status.COMPLETE)

    @property
    def first_name(self):
        return "" if self.is_put_down else self.walk.party.first_name

    @property
    def reading_for(self):
        if self.is_put_down or not self.walk.party.is_representative:
            return ""
        return self.walk.episode.patient.first_name

    @property
    def not_clinical(self):
        return settings.DEMO or any(not item["approved"] for item in self.walk.items)

    @property
    def hand(self):
        """Whose page this is, for the browser's other pages; a tablet put down is nobody's."""
        return "nobody" if self.is_put_down else str(self.walk.hand_over.pk)

    @property
    def here_url(self):
        """Where a covered page asks whether it may be shown again."""
        return f"{reverse('walk:bedside-here' if self.staff else 'walk:here')}?hand={self.hand}"

    @property
    def pin_is_locked(self):
        return self.walk.hand_over.pin_is_locked

    @property
    def cover_seconds(self):
        return settings.PRIVACY_COVER_SECONDS
