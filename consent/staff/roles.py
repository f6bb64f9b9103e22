"""The seven roles that people here work in. What each may do is the policy's; that there are these, and no others, is ours."""

from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

ADMINISTRATOR = "administrator"
ROLES = {
    "clinician": _("Clinician"),
    "nurse": _("Nurse"),
    "author": _("Author of texts"),
    "reviewer": _("Reviewer of texts"),
    "records officer": _("Records officer"),
    "auditor": _("Auditor"),
    ADMINISTRATOR: _("Administrator"),
}
# They look after texts and accounts: whatever a policy says, no patient's row is theirs to see.
WITHOUT_PATIENTS = ("author", "reviewer", ADMINISTRATOR)


def make_groups(sender, using, **kwargs):
    """After every migrate, so that a role is there before anybody is given it."""
    for name in ROLES:
        Group.objects.using(using).get_or_create(name=name)
