"""A consent of another clinic, opened in need: by an exact number and with a reason, for a while, and never unnoticed."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from consent import access, glass, policy
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import BreakGlassForm


@require_http_methods(["GET", "POST"])
@desk("break_glass")
def break_glass(request):
    """Never by name: whoever needs a record has the patient's number, or the consent's and the patient's birth date."""
    form = BreakGlassForm(sent(request))
    broken = broken_by(form, actor(request)) if request.method == "POST" and form.is_valid() else []
    if len(broken) == 1:
        return redirect("desk:episode", broken[0].episode_id)
    if broken:
        return redirect("desk:break-glass")
    return page(
        request, "desk/break_glass.html", status=422 if form.errors else 200, form=form, minutes=policy.current().break_glass.minutes,
        open_now=access.broken_glass(request.user),
    )  # fmt: skip


def broken_by(form, by):
    """The glass that was broken; when there is none, the form says why and keeps what was typed."""
    try:
        return glass.break_glass(by=by, **form.cleaned_data)
    except glass.NoSuchNumber as missed:
        left = ngettext("%(n)s more try", "%(n)s more tries", missed.left) % {"n": missed.left}
        form.add_error(
            "number",
            _("This opens no consent of another clinic. Check the number, and the date of birth. %(left)s")
            % {"left": left},
        )
        return []


@require_POST
@desk("break_glass")
def end_glass(request, glass_id):
    glass.end(glass=access.own_glass(request.user, glass_id), by=actor(request))
    return redirect("desk:break-glass")
