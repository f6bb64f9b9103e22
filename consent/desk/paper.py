"""Consent on paper at the desk: print this person's form, attach the signed scan, and read a scan again."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import forms
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from consent import access, disclosure, events, lifecycle, papering, policy, signing
from consent.clear import Chips, ClearForm, Tick, Ticks
from consent.desk.door import actor, attachment, desk, page, sent
from consent.desk.forms import clock, day, line, words
from consent.models import Discussion, Status
from consent.papering import scans
from consent.steps import LANGUAGES

BEFORE_SIGNING = (Status.READY, Status.UNDERWAY)
ATTACHABLE = (*BEFORE_SIGNING, Status.SIGNED)


class PaperForm(ClearForm):
    """What a member of staff reads off the paper."""

    file = forms.FileField(
        label=_("The scan: PDF, JPEG or PNG, up to 8 MB"), widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": _("Choose the scan"), "empty": _("That file is empty. Scan the paper again")},
    )  # fmt: skip
    on = day(_("Day on which they signed, as on the paper"))
    at = clock(_("Time, as on the paper"))
    language = forms.ChoiceField(label=_("Language of the form"))
    agreed = forms.TypedMultipleChoiceField(
        label=_("Which of these did they agree to?"),
        coerce=int,
        widget=Ticks(),
        error_messages={"required": _("Tick what they agreed to, or record a refusal instead")},
    )
    right = forms.BooleanField(
        widget=Tick(), error_messages={"required": _("Compare the paper with this page, then tick this line")}
    )
    clinician = forms.ModelChoiceField(
        None, label=_("Which clinician has signed the paper?"), required=False, empty_label=_("None yet")
    )
    discussed = forms.BooleanField(
        label=_("The paper says that this clinician talked with them."), required=False, widget=Tick()
    )
    mode = forms.ChoiceField(label=_("How did they talk?"), choices=Discussion.MODES, required=False, widget=Chips())
    witnesses = words(_("Witnesses on the paper, one name a line"), required=False, most=500, rows=2)
    note = line(_("Note for the record"), required=False, most=300)

    def __init__(self, *args, episode, **kwargs):
        super().__init__(*args, **kwargs)
        release, self.zone = episode.release, zone_of(episode)
        self.fields["language"].choices = languages(release)
        self.fields["clinician"].queryset = clinicians(episode)
        self.fields["right"].label = self.sentence(episode)
        self.offer_items(release)

    def sentence(self, episode):
        names = ", ".join(episode.parties.filter(role="decision_maker", active=True).values_list("name", flat=True))
        return _(
            "“Yes” is ticked, and it is signed by %(names)s. Name, number, procedure, side and level are those above."
        ) % {"names": names}

    def offer_items(self, release):
        told = disclosure.Told.of(
            release.content, release.content["items"] and disclosure.languages_offered(release)[0]
        )
        named = [(item["position"], item["where"]) for item in told.core()["items"]]
        self.fields["agreed"].choices = named
        if len(named) == 1:
            del self.fields["agreed"]

    def clean_witnesses(self):
        return tuple(name.strip() for name in self.cleaned_data["witnesses"].splitlines() if name.strip())

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("discussed") and not cleaned.get("clinician"):
            self.add_error("clinician", _("Choose the clinician who talked with them"))
        if cleaned.get("discussed") and not cleaned.get("mode") and "mode" not in self.errors:
            self.add_error("mode", _("Choose how they talked: here, by video or by phone"))
        return cleaned

    def act(self):
        """Arguments of papering.attach."""
        said = self.cleaned_data
        kept = {
            name: said[name] for name in ("file", "language", "clinician", "discussed", "mode", "witnesses", "note")
        }
        signed_at = timezone.make_aware(datetime.combine(said["on"], said["at"]), self.zone)
        return {
            **kept,
            "signed_at": signed_at,
            "signed_by_clinician": bool(said["clinician"]),
            "agreed": said.get("agreed"),
        }


def zone_of(episode):
    """A clock on paper is a clock of the hospital's, wherever the server stands."""
    return ZoneInfo(episode.organisation.time_zone)


def clinicians(episode):
    """Staff of this clinic whom the policy lets explain and sign."""
    rules = policy.current()
    staff = episode.clinic.staff.filter(is_active=True, groups__name__in=rules.may["countersign"])
    return (
        staff.filter(pk__in=[each.pk for each in staff if rules.allows(each, "explain")])
        .distinct()
        .order_by("full_name")
    )


@require_GET
@desk("attach_paper")
def print_blank(request, episode):
    """The form for this person, to be signed by hand."""
    language = request.GET.get("language") or episode.language
    form = papering.blank_for_episode(episode=episode, language=language, by=actor(request))
    events.read(request.user, "printed", episode=episode, detail=f"paper form, {language}")
    return attachment(form, f"{episode.number}-form-{language}.pdf")


@require_http_methods(["GET", "POST"])
@desk("attach_paper")
def attach(request, episode):
    lifecycle.require(episode, *ATTACHABLE)
    form = PaperForm(sent(request), request.FILES or None, episode=episode, initial=first_guess(episode))
    if request.method == "POST" and form.is_valid() and attached(form, episode, actor(request)):
        return redirect("desk:episode", episode.pk)
    return page(
        request, "desk/paper.html", status=422 if form.errors else 200, episode=episode, form=form,
        languages=languages(episode.release) if episode.status in BEFORE_SIGNING else [],
    )  # fmt: skip


def languages(release):
    return [(code, LANGUAGES.get(code, code)) for code in disclosure.languages_offered(release)]


def first_guess(episode):
    return {"language": episode.language, "on": timezone.localdate(timezone=zone_of(episode))}


def attached(form, episode, by):
    """Whether it could be taken in; if not, the form says why and keeps what was typed."""
    try:
        papering.attach(episode=episode, by=by, **form.act())
    except papering.NotAScan as problem:
        form.add_error("file", problem.message)
    except papering.WrongTime as problem:
        form.add_error("at", problem.message)
    except papering.NotAClinician:
        form.add_error("clinician", _("The policy does not let this person explain and sign"))
    except signing.WitnessNeeded:
        form.add_error("witnesses", _("This hospital asks for a witness of a signature on paper"))
    except signing.NotThisPerson:
        form.add_error("witnesses", _("Somebody who decides or explains cannot be a witness of it"))
    return form.is_valid()


@require_GET
@desk("download")
def scan(request, scan):
    """The scan as it is kept. Its name says the number of the consent, never the person."""
    found = access.scan(request.user, scan)
    data = scans.read(found)
    events.read(request.user, "downloaded", episode=found.episode, detail=f"scan {found.sha256}")
    return attachment(data, f"{found.episode.number}-scan-{found.pk}.pdf")
