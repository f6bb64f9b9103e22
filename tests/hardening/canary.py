"""A patient whose every word is unmistakable, and a look-out, in every test, for those words where they must not be."""

import logging
from datetime import date

from django.core.handlers.base import BaseHandler

from consent.logs import OnlyPlaces
from tests import people

GIVEN, FAMILY, NUMBER, WORDS = "Quuxelda", "Zyxwolfsen", "QXZ 774411", "xylofrostig"
BORN = date(1931, 12, 9)
TELLTALES = (GIVEN, FAMILY, NUMBER, "774411", WORDS, "1931-12-09", "9 December 1931")
# Of the whole suite: the canary's, and people of the demonstration where no test has a reason to write them.
EVERYWHERE = (
    *TELLTALES,
    "Maria Sample",
    "Sample, Maria",
    "Maria+Sample",
    "Maria%20Sample",
    "000 481 516",
    people.PASSWORD,
)


def a_canary(**planned):
    return people.a_draft(patient=people.a_patient(GIVEN, FAMILY, BORN, NUMBER), **planned)


def a_canary_released():
    return people.a_released(patient=people.a_patient(GIVEN, FAMILY, BORN, NUMBER))


def found_in(text, telltales=TELLTALES):
    text = text.casefold()
    return [each for each in telltales if each.casefold() in text]


class LookOut(logging.Handler):
    """Sees every line of the log as it is written, every address that is asked for, and every address that is answered."""

    def __init__(self):
        super().__init__(logging.DEBUG)
        self.setFormatter(OnlyPlaces("%(name)s %(message)s"))
        self.seen, self.leaks = 0, []

    def emit(self, record):
        self.look("log", self.format(record))

    def look(self, where, text):
        self.seen += 1
        if found := found_in(text, EVERYWHERE):
            self.leaks.append(f"{where}: {found} in {text[:300]}")

    def watch(self):
        """From now on: the whole log, and Django's one way to an answer. A browser's requests to the live server come by it too."""
        logging.getLogger().addHandler(self)
        answer, look = BaseHandler.get_response, self.look

        def watched(handler, request):
            look(
                "address",
                f"{request.path} {request.META.get('QUERY_STRING', '')} {request.META.get('HTTP_REFERER', '')}",
            )
            response = answer(handler, request)
            for name in ("Location", "Content-Disposition"):
                look(name, response.headers.get(name, ""))
            look("cookies", response.cookies.output())
            return response

        BaseHandler.get_response = watched
        return self
