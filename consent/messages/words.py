"""What a message says: whose it is, the link, and until when. No name, no unit, nothing of health, and never the code."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Words:
    subject: str
    text: str
    short: str


def invitation(*, hospital, link, until, phone):
    """In the language that is active. Without a number nothing is said of phoning: a reply to a text reaches nobody."""
    said = {"hospital": hospital, "link": link, "until": until, "number": phone}
    ring = _("Phone us: %(number)s.") % said if phone else ""
    text = [
        _("A message from %(hospital)s.") % said,
        _("Please open this page:"),
        link,
        _("It asks for the code that we have given you. The code is not in this message."),
        _("The link works until %(until)s.") % said,
        _("No code, or it does not open?") + " " + ring if ring else "",
        _("You did not expect this? Then leave it, and open nothing."),
    ]
    return Words(
        subject=_("A message from %(hospital)s") % said,
        text="\n\n".join(each for each in text if each) + "\n",
        short=(
            _("A message from %(hospital)s: %(link)s It asks for the code that we have given you. Until %(until)s.")
            % said
            + " "
            + ring
        ).strip(),
    )
