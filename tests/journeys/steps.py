"""How a person gets through the pages: what they touch on each, from the first page to the one named."""


def tap_main(journey):
    """The page's one filled button."""
    return journey.touch(journey.page.locator("main .btn-main"))


def choose_amount(journey):
    journey.choose("The main points", exact=False)


def choose_side(journey, side="left"):
    journey.page.locator(
        f"label[for='{journey.page.locator(f'input[name=side][value={side}]').get_attribute('id')}']"
    ).tap()


def answer_check(journey):
    """Right answers, as the version's own facts have them."""
    for question in journey.told("check")["questions"]:
        pick(journey, question["key"], question["right"])


def answer_checklist(journey, unsure=()):
    for number, key in enumerate(journey.told("checklist")["statements"]):
        pick(journey, key, "not_sure" if number in unsure else "yes")


def pick(journey, name, value):
    control = journey.page.locator(f"input[name='{name}'][value='{value}']").first
    label = journey.page.locator(f"label[for='{control.get_attribute('id')}']").first
    label.scroll_into_view_if_needed()
    label.tap()


def allow(journey, refused=()):
    for number, row in enumerate(journey.told("permissions")["rows"]):
        pick(journey, row["key"], "no" if number in refused else "yes")


def decide(journey, decision="consent"):
    pick(journey, "decision", decision)


ACTS = {
    "amount": choose_amount,
    "side": choose_side,
    "check": answer_check,
    "checklist": answer_checklist,
    "permissions": allow,
    "decision": decide,
}


def read_on(journey, until="sign", **acts):
    """Walk from the page shown to the step `until`; `acts` replaces what is done on single pages."""
    for _ in range(30):
        key = journey.path.strip("/").split("/")[-1]
        if key == until or (until == "sign" and journey.path == "/p/sign/"):
            return journey
        act = {**ACTS, **acts}.get(key)
        if act:
            act(journey)
        tap_main(journey)
        if journey.page.locator(".errors").count():
            raise AssertionError(f"{key}: {journey.page.locator('.errors').first.inner_text()}")
    raise AssertionError(f"never came to {until}, last page {journey.path}: {journey.heading()}")
