"""The line of links on top of every desk page, with what waits behind each of them."""

from django.db.models import Exists, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from consent import access
from consent.models import Question, Release, Reply, Signature, Status

ASKING = (Status.READY, Status.UNDERWAY, Status.SIGNED, Status.COMPLETE, Status.CONFIRMED)


def desk_nav(user, current=""):
    """[{name, url, count, current}] of what the policy lets this member of staff do."""
    rows = access.episodes(user)
    today = reverse("desk:today")
    links = [
        ("today", "open_desk", _("Today"), today, None),
        ("prepare", "prepare", _("Prepare"), reverse("desk:prepare"), None),
        ("questions", "answer", _("Questions"), f"{today}?show=questions", lambda: questions_waiting(rows).count()),
        (
            "countersign",
            "countersign",
            _("Countersign"),
            f"{today}?show=countersign",
            lambda: to_countersign(rows).count(),
        ),
        ("verify", "download", _("Verify"), reverse("desk:verify"), None),
        ("values", "set_site_values", _("Local values"), reverse("desk:values"), None),
        ("pin", "open_desk", _("My PIN"), reverse("desk:pin"), None),
    ]
    return [
        {"name": name, "url": url, "count": count() if count else 0, "current": key == current}
        for key, act, name, url, count in links
        if access.may(user, act)
    ]


def questions_waiting(rows):
    """Questions about these episodes that wait for a word of staff."""
    last = Reply.objects.filter(question=OuterRef("pk")).order_by("-id").values("word")[:1]
    asked = Question.objects.filter(episode__in=rows.filter(status__in=ASKING))
    return asked.annotate(last=Subquery(last)).filter(Q(last=None) | Q(last=Reply.Word.NOT_YET))


def to_countersign(rows):
    """Episodes signed by those who decide, with no clinician's signature under the release that counts now."""
    newest = Release.objects.filter(episode=OuterRef("pk")).order_by("-number").values("pk")[:1]
    explained = Signature.objects.filter(
        episode=OuterRef("pk"), meaning="explained", disclosure__release=OuterRef("newest")
    )
    return rows.filter(status=Status.SIGNED).annotate(newest=Subquery(newest)).filter(~Exists(explained))
