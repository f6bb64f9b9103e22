"""The texts that patients may be given here: each version, who vouched for it, and in which languages. No patient is on these pages."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from consent.desk.door import desk, page
from consent.steps import LANGUAGES
from procedures.models import ProcedureVersion

STATES = {
    "reviewed": lambda: _("Reviewed"), "approved": lambda: _("Approved"), "published": lambda: _("Published"),
    "recalled": lambda: _("Recalled"), "retired": lambda: _("Retired"),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One version: its names, where it stands, its languages, and every word that was given on it."""

    version: ProcedureVersion

    @property
    def texts(self):
        return self.version.texts(self.version.facts.source_language)

    @property
    def state(self):
        if self.version.is_published:
            return _("In use") if self.version.is_approved else _("In use, not approved here")
        return STATES[self.version.states[-1]]() if self.version.states else _("Never published")

    @property
    def look(self):
        if not self.version.is_published:
            return "stop" if self.version.states else ""
        return "go" if self.version.is_approved else "care"

    @property
    def languages(self):
        """[(name, may patients be offered it)]"""
        offered = self.version.approved_languages()
        return [(LANGUAGES.get(code, code), code in offered) for code in self.version.languages()]

    @property
    def words_given(self):
        """[(what, language, who, when)], oldest first."""
        rows = self.version.state_rows.order_by("id")
        return [
            (STATES[each.state](), LANGUAGES.get(each.language, each.language), each.by_name, each.at) for each in rows
        ]


@require_GET
@desk("read_texts")
def texts(request):
    versions = ProcedureVersion.objects.select_related("procedure").order_by("procedure__slug", "-number")
    return page(request, "desk/texts.html", nav="texts", lines=[Line(each) for each in versions])
