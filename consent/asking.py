"""Verbs of questions: ask, answer, talked about it, and the asker's own word on that."""

from django.db import transaction
from django.utils import timezone, translation

from consent import access, events, lifecycle
from consent.models import Question, Reply, Status
from consent.steps import Walk
from procedures import canonical

WHILE = (Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE, Status.CONFIRMED)


class NothingToAnswer(Exception):
    """There is no such open question or item."""


@transaction.atomic
def ask(*, walk, text, by, about=""):
    """A question in the person's own words. It stays open until a clinician has answered and the asker has accepted."""
    lifecycle.lock(walk.episode)
    access.require_open(walk.hand_over)
    lifecycle.require(walk.episode, *WHILE)
    question = Question.objects.create(
        episode=walk.episode,
        party=walk.party,
        text=canonical.clean_text(text),
        about=about[:60],
        language=translation.get_language() or "en",
        at=timezone.now(),
    )
    events.write("asked", by=by, episode=walk.episode, at=question.at, question=question.pk)
    return question


@transaction.atomic
def answer(*, question, by, text="", talked=False):
    """A clinician's word under a question: an answer in writing, or that it was talked about (words optional)."""
    lifecycle.lock(question.episode)
    lifecycle.require(question.episode, *WHILE)
    word = Reply.Word.TALKED if talked else Reply.Word.ANSWERED
    return say(question.episode, word, by, text=text, question=question)


@transaction.atomic
def talked(*, episode, item, by, text=""):
    """A clinician has talked about an unsure item: it is open again for the person, whose own answer counts."""
    lifecycle.lock(episode)
    lifecycle.require(episode, *WHILE)
    known = {
        each.name
        for party in episode.parties.filter(role="decision_maker")
        for each in Walk(episode, party, None).open_items
    }
    if item not in known:
        raise NothingToAnswer(item)
    return say(episode, Reply.Word.TALKED, by, text=text, item=item)


@transaction.atomic
def accept(*, question, word, by, reply=None, hand_over=None):
    """The asker's own word on the answer: that answers it, I still worry but want to go ahead, or not yet.

    `reply` is the key of the answer that was read; Changed when staff have said something else since.
    """
    lifecycle.lock(question.episode)
    access.require_open(hand_over)
    lifecycle.require(question.episode, *WHILE)
    last = question.replies.order_by("-id").first()
    if last is None or last.by_user_id is None:
        raise NothingToAnswer("no answer from staff yet")
    if reply is not None and str(reply) != str(last.pk):
        raise lifecycle.Changed
    return say(question.episode, Reply.Word(word), by, question=question)


def say(episode, word, by, *, question=None, item="", text=""):
    newest = episode.replies.filter(question=question, item=item).order_by("-id").first()
    if newest and by.user and (newest.by_user_id, newest.word, newest.text) == (by.user.pk, word, text):
        # The same button once more, because the page looked as before.
        return newest
    made = Reply.objects.create(
        episode=episode,
        question=question,
        item=item,
        word=word,
        text=canonical.clean_text(text),
        by_user=by.user,
        by_party=None if by.user else by.party,
        by_name=f"{by.name}, {by.role}" if by.user else by.name,
        at=timezone.now(),
    )
    about = {"question": question.pk} if question else {"item": item}
    events.write("replied", by=by, episode=episode, at=made.at, word=str(word), reply=made.pk, **about)
    return made
