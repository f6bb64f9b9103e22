"""A record and the pages of one person, as texts that can be held beside each other."""

from html.parser import HTMLParser

from consent import preparing
from consent.records import shape
from tests import people

VOID = {"br", "hr", "img", "input", "link", "meta", "path", "use", "circle", "line", "rect", "ellipse"}
UNREAD = {"script", "style", "svg", "title"}


def newest(episode):
    return shape.parse(bytes(episode.records.order_by("-id").first().body))


def fact(record, about):
    return flat(next(each.text for each in record.facts if each.about == about))


def part(record, code):
    return next(each for each in record.parts if each.code == code)


def flat(value):
    """Every word of a piece of a record, one text a line."""
    if isinstance(value, str):
        return value
    if isinstance(value, shape.Run):
        return value.text
    if isinstance(value, shape.Line):
        return " | ".join(flat(cell) for cell in value.cells)
    if isinstance(value, (tuple, list)):
        between = "" if value and all(isinstance(each, shape.Run) for each in value) else "\n"
        return between.join(filter(None, map(flat, value)))
    if isinstance(value, shape.Shape):
        return "\n".join(filter(None, (flat(getattr(value, name)) for name in type(value).model_fields)))
    return ""


class Open(HTMLParser):
    """What stands open on a page, or comes with `taps` on it: what waits inside more closed details is left out."""

    def __init__(self, taps=0):
        super().__init__()
        self.taps, self.inside, self.texts = taps, [], []

    def handle_starttag(self, tag, attrs):
        if tag not in VOID:
            self.inside.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        tags = [tag for tag, _ in self.inside]
        closed = sum(tag == "details" and "open" not in attrs for tag, attrs in self.inside) - ("summary" in tags)
        if closed <= self.taps and not UNREAD & set(tags):
            self.texts.append(data)


def open_text(response, taps=0):
    page = Open(taps)
    page.feed(response.content.decode())
    return " ".join(" ".join(page.texts).split())


def within_one_tap(response):
    return open_text(response, taps=1)


def released(episode):
    preparing.release(episode=episode, by=people.actor("ada"))
    people.hand_over(episode)
    return episode


def signed(episode):
    people.walk_to(episode, "sign")
    people.sign(episode)
    return newest(episode)
