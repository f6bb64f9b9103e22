"""What is about to be signed, on one screen: what, where, who, allowed and not, what matters and what worries."""

from django.utils.translation import gettext as _

from consent import wording
from consent.models import Reply
from consent.walkthrough import reading


def summary(walk):
    """Lines for components/sum.html: [{name, strong, text, hint}]. None is left out to be short."""
    found = [*what(walk), *where(walk), *who(walk), *permissions(walk), *matters(walk), *worries(walk)]
    return [{"strong": "", "text": "", "hint": "", **line} for line in found]


def what(walk):
    told = walk.disclosure.content
    medicines = list(dict.fromkeys(item["medicine_name"] for item in walk.items if item["medicine_name"]))
    yield {"name": _("What"), "text": told["name"], "hint": f"({told['medical']})"}
    if walk.section("sign")["reason"]:
        yield {"name": walk.section("sign")["reason_title"], "text": walk.section("sign")["reason"]}
    if medicines:
        yield {"name": _("Medicine"), "text": wording.capital("; ".join(medicines))}


def where(walk):
    agreed = reading.agreed(walk)
    for item in walk.items:
        if item["side"] or item["levels"]:
            gap = f", {item['gap']}" if item["gap"] else ""
            name = _("Where") if item in agreed else _("You say no to")
            yield {"name": name, "strong": item["where"], "text": gap}


def who(walk):
    person = walk.disclosure.content["responsible"]
    yield {"name": _("Who is in charge"), "text": ", ".join(filter(None, [person["name"], person["title"]]))}


def permissions(walk):
    said = walk.said("permissions")
    rows = walk.section("permissions")["rows"]
    for name, word in ((_("You allow"), "yes"), (_("You do not allow"), "no")):
        chosen = [row["allowed"] for row in rows if said.get(row["key"], "no") == word]
        if chosen:
            yield {"name": name, "text": "; ".join(chosen)}


def matters(walk):
    said, options = walk.said("matters"), dict(walk.section("matters")["options"])
    chosen = [options[key] for key in said.get("matters", []) if key in options]
    own = [quoted(said["own"])] if said.get("own") else []
    if chosen or own:
        yield {"name": _("What matters"), "text": "; ".join([*chosen, *own])}


def worries(walk):
    marked = [risk["name"] for risk in risks(walk) if risk["key"] in marks(walk)]
    if marked:
        yield {"name": _("Your worries"), "text": "; ".join(marked)}
    for question in walk.questions:
        thread = walk.thread(question)
        if thread and thread[-1].word == Reply.Word.GO_AHEAD:
            yield {
                "name": _("Your worry"),
                "text": _("“%(words)s”") % {"words": question.text},
                "hint": go_ahead(thread),
            }


def quoted(words):
    return _("“%(words)s”") % {"words": words}


def risks(walk):
    serious, common = walk.section("serious"), walk.section("common")
    return [*serious["grave"], *serious["risks"], *common["risks"], *common["depends"]]


def marks(walk):
    """Keys of the risks marked "this matters to me"."""
    return {*walk.said("serious", "matters", []), *walk.said("common", "matters", [])}


def go_ahead(thread):
    """Who answered the worry, and the person's own last word on it."""
    staff = [each.by_name for each in thread if each.by_user_id]
    word = _("You said: “%(words)s”.") % {"words": thread[-1].get_word_display()}
    if not staff:
        return word
    answered = _("%(who)s answered.") % {"who": staff[-1]}
    return f"{answered} {word}"
