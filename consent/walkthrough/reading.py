"""What a page shows beside its own section, because of what this person has said so far."""

from consent.models import Reply


def beside(walk, key):
    """More context for the page of one step."""
    if walk.disclosure is None:
        return {}
    return {
        "depends": depends(walk) if key == "common" else [],
        "talked": {name: talked(walk, key, name) for name in unsure(walk, key)},
    }


def depends(walk):
    """Harm that depends on the person: what they said no to on "tell us" is left out."""
    said = walk.said("tell_us")
    return [
        risk for risk in walk.section("common")["depends"] if said.get(risk["depends_on"]) != "no" or risk["for_you"]
    ]


def unsure(walk, key):
    """The names of a page's questions that staff may have talked about."""
    if key == "check":
        return [each["key"] for each in walk.checks]
    return list(walk.statements) if key == "checklist" else []


def talked(walk, key, name):
    """Staff's newest word on an unsure item, until the person has answered again."""
    words = [each for each in walk.thread(item=f"{key}:{name}") if each.word == Reply.Word.TALKED]
    answer = walk.answers.get(key)
    return words[-1] if words and answer and words[-1].at > answer.at else None


def agreed(walk):
    """The items that the person said yes to: all, unless they were asked about each."""
    said = walk.said("decision")
    return [item for item in walk.items if said.get(f"item_{item['position']}", "yes") == "yes"]


# --- the whole text: pages of questions as plain lines ----------------------------------------------------------------


def sentences(section, key):
    """The lines of a page of questions; reading pages have templates of their own."""
    return [text for text in LINES[key](section) if text]


def texts(options):
    return [text if isinstance(text, str) else " ".join([f"{text[0]}.", *text[1:]]) for text in dict(options).values()]


def stages(rows):
    return [f"{row['title']}. {row['text']}" for row in rows]


def questions(rows):
    return [" ".join(filter(None, [row["question"], row["hint"]])) for row in rows]


LINES = {
    "welcome": lambda section: [f"{section['signing_title']}.", section["signing"]],
    "identity": lambda section: [],
    "amount": lambda section: [*texts(section["options"]), f"{section['floor_title']}: {section['floor']}"],
    "matters": lambda section: texts(section["options"]),
    "tell_us": lambda section: questions(section["items"]),
    "side": lambda section: [*texts(section["options"]), section["why"]],
    "check": lambda section: [f"{each['question']} {each['said_right']}" for each in section["questions"]],
    "checklist": lambda section: [*dict(section["statements"]).values(), *section["prompts"]],
    "permissions": lambda section: questions(section["rows"]),
    "decision": lambda section: [*texts(section["options"]), section["mind"]],
    "sign": lambda section: [
        section["i"],
        section["vow"],
        *(f"{each['title']}. {each['text']}" for each in section["next"]),
    ],
}
