"""What a browser does with a page: read its forms, and send one of them as it stands, perhaps much later."""

from html.parser import HTMLParser


class Forms(HTMLParser):
    """Every form of a page: its action, and the fields that carry a value without anybody touching them."""

    def __init__(self, response):
        super().__init__()
        self.found, self.here = [], None
        self.feed(response.content.decode())

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "form":
            self.here = {"action": said.get("action", ""), "fields": {}}
            self.found.append(self.here)
        elif tag == "input" and self.here is not None and said.get("type") == "hidden":
            self.here["fields"][said["name"]] = said.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self.here = None


def form(response, action=""):
    """The hidden fields of the first form that goes to `action`."""
    return next(each["fields"] for each in Forms(response).found if each["action"] == action)


def opened(client, url):
    """The page, and a way to send its form later: `send(**typed)`. A page's own form has no action."""
    response = client.get(url)
    assert response.status_code == 200, response.status_code

    def send(action="", **typed):
        return client.post(action or url, {**form(response, action), **typed})

    return response, send
