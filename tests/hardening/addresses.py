"""Every address of the site, from the URL table itself, and one consent that all of them can be about."""

import re
import uuid

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from consent.models import Question
from tests import people

UNKNOWN = {"int": 1, "uuid": uuid.UUID(int=1), "slug": "some-word", "str": "x", "path": "x"}


def patterns(resolver=None, before=()):
    """Chains of patterns, from the root to each view. The admin's two that are expressions are left to the admin."""
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each, (*before, each))
        elif isinstance(each, URLPattern) and isinstance(each.pattern, RoutePattern):
            yield (*before, each)


def name_of(chain):
    spaces = [each.namespace for each in chain[:-1] if each.namespace]
    return ":".join([*spaces, chain[-1].name or str(chain[-1].pattern)])


def path_of(chain, **known):
    """The address of this chain; what is not `known` by name or kind gets something that fits and is not there."""
    known = {**UNKNOWN, **known}
    route = "".join(str(each.pattern) for each in chain)
    return "/" + re.sub(r"<(?:(\w+):)?(\w+)>", lambda part: str(known.get(part[2], known[part[1] or "str"])), route)


def a_full_episode(name="Zacharias"):
    """A consent that is signed, with a question, a record and a hand-over."""
    episode = people.an_episode("check", patient=people.a_patient(name, "Sample"))
    people.answer(people.ask(episode))
    people.accept(episode.questions.get())
    people.walk_to(episode, "sign")
    people.sign(episode)
    return episode


def known_of(episode):
    """Arguments of addresses that lead to this episode."""
    return {
        "uuid": episode.pk, "record": episode.records.first().pk, "question": episode.questions.first().pk,
        "kind": "capacity", "slug": people.SLUG, "key": "why", "site": episode.site.pk,
        "tablet": episode.handovers.first().pk, "int": Question.objects.first().pk,
    }  # fmt: skip


def every(**known):
    """(name, path) of every address."""
    return [(name_of(chain), path_of(chain, **known)) for chain in patterns()]
