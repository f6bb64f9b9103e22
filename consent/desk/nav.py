"""The line of links on top of every desk page, with what waits behind each of them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from consent import access


def glass_waiting(user):
    return access.glass_to_review(user).filter(reviews=None).count()


def home_of(user):
    """The first page that this member of staff may open, or "" when their roles lead to none."""
    links = desk_nav(user)
    return links[0]["url"] if links else ""


def desk_nav(user, current=""):
    """[{name, url, count, current}] of what the policy lets this member of staff do."""
    rows = access.episodes(user)
    today = reverse("desk:today")
    links = [
        ("today", "open_desk", _("Today"), today, None),
        ("prepare", "prepare", _("Prepare"), reverse("desk:prepare"), None),
        (
            "questions",
            "answer",
            _("Questions"),
            f"{today}?show=questions",
            lambda: access.questions_waiting(rows).count(),
        ),
        (
            "countersign",
            "countersign",
            _("Countersign"),
            f"{today}?show=countersign",
            lambda: access.to_countersign(rows).count(),
        ),
        ("verify", "download", _("Verify"), reverse("desk:verify"), None),
        ("values", "set_site_values", _("Local values"), reverse("desk:values"), None),
        ("glass", "review_break_glass", _("Opened in need"), reverse("desk:report-glass"), lambda: glass_waiting(user)),
        ("readings", "read_access", _("Who looked"), reverse("desk:readings"), None),
        ("staff", "manage_staff", _("Accounts"), reverse("desk:staff"), None),
        ("clinics", "manage_staff", _("Clinics"), reverse("desk:clinics"), None),
        ("texts", "read_texts", _("Texts"), reverse("desk:texts"), None),
        ("pin", "open_desk", _("My PIN"), reverse("desk:pin"), None),
    ]
    return [
        {"name": name, "url": url, "count": count() if count else 0, "current": key == current}
        for key, act, name, url, count in links
        if access.may(user, act)
    ]
