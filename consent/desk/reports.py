"""Reports for those who watch over reading: who opened what, what was opened in need, and whether every chain is whole."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from consent import access, events, glass
from consent.desk.door import actor, desk, page, sent
from consent.desk.forms import LookedAtForm, ReadingsForm

MOST = 200


@require_GET
@desk("review_break_glass")
def in_need(request):
    rows = access.glass_to_review(request.user)
    events.read(request.user, "read report", detail="break-glass")
    return page(request, "desk/report_glass.html", nav="glass", rows=rows[:MOST], form=LookedAtForm(auto_id=False))


@require_POST
@desk("review_break_glass")
def looked_at(request, glass_id):
    """One's own mark that this was looked at, with a word when there is something to say."""
    found, form = access.glass_for_review(request.user, glass_id), LookedAtForm(request.POST)
    if form.is_valid():
        glass.look_at(glass=found, words=form.cleaned_data["words"], by=actor(request))
        messages.success(request, _("Marked as looked at."))
    return redirect("desk:report-glass")


@require_http_methods(["GET", "POST"])
@desk("read_access")
def readings(request):
    """What is looked for is sent and not put into the address; nothing is changed, so that the answer is shown at once."""
    form = ReadingsForm(sent(request))
    said = form.cleaned_data if request.method == "POST" and form.is_valid() else {}
    rows = access.readings(request.user, **said)
    events.read(request.user, "read report", detail="access")
    return page(request, "desk/report_readings.html", nav="readings", status=422 if form.errors else 200, form=form,
                rows=rows[:MOST], more=max(0, rows.count() - MOST))  # fmt: skip


@require_GET
@desk("read_access")
def chains(request):
    """Every chain of events is computed anew, as manage.py verify_audit does."""
    verdicts = list(events.verify_all())
    events.read(request.user, "read report", detail="chains")
    return page(request, "desk/report_chains.html", nav="readings", broken=[each for each in verdicts if not each.whole],
                chains=len(verdicts), count=sum(each.events for each in verdicts))  # fmt: skip
