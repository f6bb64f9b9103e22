"""Verbs of the house itself: the local values that texts need, and a member of staff's own PIN."""

from django.db import transaction
from django.utils import timezone

from consent import accounts, events
from consent.staff.models import Clinic, SiteValue


@transaction.atomic
def set_site_values(*, site, procedure, values, by):
    """Insert a row for each of `values` ({key: text}) that differs from what is in force; older rows stay. Returns those keys."""
    now = timezone.now()
    known = SiteValue.current(site, procedure)
    changed = {key: value for key, value in values.items() if value != known.get(key, "")}
    for key, value in changed.items():
        SiteValue.objects.create(site=site, procedure=procedure, key=key, value=value, set_by=by.user, set_at=now)
    if changed:
        events.write(
            "site_values_set",
            by=by,
            organisation=site.organisation,
            at=now,
            site=site.pk,
            procedure=procedure,
            values=changed,
        )
    return sorted(changed)


@transaction.atomic
def add_clinic(*, site, name, by):
    made = Clinic.objects.create(site=site, name=name)
    events.write("clinic_added", by=by, organisation=site.organisation, clinic=made.pk, name=name)
    return made


@transaction.atomic
def set_pin(*, user, pin, by):
    """A new PIN; wrong tries are forgotten."""
    user.set_pin(pin)
    user.save(update_fields=["pin", "pin_tries"])
    accounts.written("pin_set", user, by=by)


def is_easily_guessed(pin):
    """One digit repeated, a run up or down such as 1234, or a pair repeated such as 1212."""
    steps = {int(after) - int(before) for before, after in zip(pin, pin[1:], strict=False)}
    return steps in ({0}, {1}, {-1}) or (len(pin) % 2 == 0 and pin == pin[:2] * (len(pin) // 2))
