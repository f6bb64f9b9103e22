"""Save what was said on a step: at once, each on its own, with the digest of what the page showed."""

import secrets

from django.db import transaction
from django.utils import timezone

from consent import access, disclosure, events, lifecycle
from consent.handover import hold, refuse_recalled
from consent.models import Answer, Episode, Party, Role, Status, StepDraft
from consent.steps import BY_KEY, Walk, side_matches
from procedures import canonical

ANSWERABLE = (Status.READY, Status.UNDERWAY)


class OutOfOrder(Exception):
    """A step was sent before those that come first. `step` is where the person should be."""

    def __init__(self, step):
        self.step = step
        super().__init__(step.key)


class Held(Exception):
    """The walk is stopped until staff have settled something."""


class NotDeciding(Exception):
    """Somebody else decides now: this tablet was handed to a person who no longer does."""


class TakenBack(lifecycle.WrongMove):
    """Staff have taken the plan back to correct it while the person was reading."""


class PageChanged(Exception):
    """What is told has changed since the page was shown; what was typed is kept as a draft."""

    def __init__(self, step):
        self.step = step
        super().__init__(step.key)


@transaction.atomic
def save(*, walk, step, data, by, page_digest=None, tapped_by=""):
    """Append the answer to `step`. Raises HandOverClosed, WrongMove, Held, OutOfOrder or PageChanged; then nothing is changed."""
    episode = lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    if episode.status == Status.DRAFT:
        raise TakenBack(episode, Status.UNDERWAY)
    lifecycle.require(episode, *ANSWERABLE)
    if episode.held_because:
        raise Held(episode.held_because)
    walk = Walk(episode, Party.objects.select_related("disclosure").get(pk=walk.party.pk), walk.hand_over)
    require_deciding(walk)
    refuse_recalled(walk.release)
    if not walk.may_open(step):
        raise OutOfOrder(walk.next_step)
    shown = walk.disclosure.section_digest(step.key)
    if page_digest is not None and page_digest != shown:
        raise PageChanged(step)
    answer = append(walk, step, data, by, shown, tapped_by)
    if episode.wants_time or episode.on_paper:
        # Going on with the tablet is the person's newer word.
        episode.wants_time, episode.wants_time_until, episode.on_paper = False, None, False
        episode.save(update_fields=["wants_time", "wants_time_until", "on_paper"])
    if episode.status == Status.READY:
        lifecycle.move(episode, Status.UNDERWAY, by=by, at=answer.at)
    return answer


def require_deciding(walk):
    if not walk.party.active or walk.party.role != Role.DECISION_MAKER:
        raise NotDeciding


def append(walk, step, data, by, shown, tapped_by=""):
    if step.key == "tell_us":
        # The digest of all answers stands on the record: without salt a few guesses would find the private ones.
        data = {**data, "salt": secrets.token_hex(16)}
    body = canonical.dumps(data)
    answer = Answer.objects.create(
        episode=walk.episode,
        party=walk.party,
        disclosure=walk.disclosure,
        step=step.key,
        body=body,
        digest=canonical.digest(body),
        page_digest=shown,
        tapped_by=tapped_by,
        device=by.device[:80],
        at=timezone.now(),
    )
    StepDraft.objects.filter(party=walk.party, step=step.key).delete()
    events.write("answered", by=by, episode=walk.episode, at=answer.at, step=step.key, answer=answer.digest, page=shown)
    return answer


@transaction.atomic
def begin(*, walk, language, text_size, by, tapped_by="", shown=None):
    """The first page: the language picked there freezes the disclosure.

    `shown` is the language that the page itself spoke: when another was picked, the page is read again in that one.
    """
    episode = lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    lifecycle.require(episode, *ANSWERABLE)
    party = Party.objects.get(pk=walk.party.pk)
    require_deciding(Walk(episode, party, walk.hand_over))
    refuse_recalled(walk.release)
    told = disclosure.freeze(release=walk.release, language=language, by=by)
    party.disclosure, party.text_size = told, text_size
    party.save(update_fields=["disclosure", "text_size"])
    said = {"language": language, "text_size": text_size, "shown": language if shown is None else shown}
    return save(
        walk=Walk(episode, party, walk.hand_over), step=BY_KEY["welcome"], data=said, by=by, tapped_by=tapped_by
    )


@transaction.atomic
def pick_side(*, walk, side, by, page_digest=None, tapped_by=""):
    """The side picked before ours is shown. A mismatch stops the walk until staff have settled it. Returns whether it matched."""
    step = BY_KEY["side"]
    save(walk=walk, step=step, data={"side": side}, by=by, page_digest=page_digest, tapped_by=tapped_by)
    episode = Episode.objects.get(pk=walk.episode.pk)
    matched = side_matches(Walk(episode, walk.party, walk.hand_over))
    events.write("side_picked", by=by, episode=episode, side=side, matched=matched)
    if not matched:
        hold(episode, "side", by=by)
    return matched


@transaction.atomic
def keep_draft(*, walk, step, data):
    """What is being typed, so that a flat battery loses nothing. No event: nothing has been said yet."""
    lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    newest = walk.questions[-1].text if step == "ask" and walk.questions else None
    if newest is not None and data.get("text") == newest:
        # The script's timer fired after the question itself had been sent: it must not come back into the box.
        return
    draft, _ = StepDraft.objects.get_or_create(episode=walk.episode, party=walk.party, step=step)
    draft.data = {**draft.data, **data}
    draft.save(update_fields=["data", "changed_at"])


def forget_draft(*, walk, step):
    StepDraft.objects.filter(party=walk.party, step=step).delete()


def draft_of(walk, step):
    draft = StepDraft.objects.filter(party=walk.party, step=step).first()
    return draft.data if draft else {}


@transaction.atomic
def set_comfort(*, walk, by, text_size=None, theme=None):
    """Text size and colours, kept with the person so that a new tablet opens the same way."""
    lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    party = walk.party
    if text_size in ("100", "125", "150"):
        party.text_size = text_size
    if theme in ("", "dark", "light"):
        party.theme = theme
    party.save(update_fields=["text_size", "theme"])
