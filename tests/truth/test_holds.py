"""What a record rightly promises: the same rows give the same bytes, and its digests are those of the rows."""

import pytest
from django.utils import timezone, translation

from consent.models import Event
from consent.records import compose
from tests import people
from tests.truth.saying import flat, newest, part

pytestmark = pytest.mark.django_db


@pytest.fixture
def episode():
    return people.a_complete()


def again(episode):
    record = episode.records.order_by("-id").first()
    return compose.compose(episode=episode, kind="complete", at=record.at, previous=record.previous)


def test_the_same_rows_give_the_same_bytes_whatever_the_reader_speaks_and_where(episode):
    first = again(episode)
    with translation.override("es"), timezone.override("Asia/Tokyo"):
        assert again(episode) == first


def test_the_head_that_is_printed_is_the_one_before_the_event_that_holds_the_record(episode):
    event = Event.objects.filter(episode=episode, kind="recorded").order_by("-seq").first()
    bound = newest(episode).bound
    assert (event.prev, event.seq - 1) == (bound.chain_head, bound.chain_sequence)


def test_every_digest_that_is_printed_is_that_of_a_row(episode):
    walk, printed = people.walk_of(episode), flat(part(newest(episode), "proof"))
    rows = [walk.disclosure.digest, walk.answers_digest, *episode.signatures.values_list("digest", flat=True)]
    assert [each for each in rows if each not in printed] == []


def test_a_text_given_a_day_before_says_so():
    episode = people.an_episode("sign")
    episode.given_at -= people.timedelta(days=1)
    episode.save(update_fields=["given_at"])
    people.sign(episode)
    given = next(each.text for each in newest(episode).facts if each.about == "given")
    assert given.endswith("1 day before the decision")
