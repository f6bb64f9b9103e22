"""Who works here: hospitals, clinics, staff accounts, and the local values that texts need."""

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser, UserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.module_loading import import_string


def free_prefix():
    """PC for the first hospital in a database, then PC2, PC3: whatever nobody has."""
    taken = set(Organisation.objects.values_list("prefix", flat=True))
    return next(each for each in ("PC", *(f"PC{number}" for number in range(2, 1000))) if each not in taken)


class Organisation(models.Model):
    """The hospital trust. It carries the head of the audit chain for events without an episode."""

    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=60, default="Europe/London")
    head_seq = models.PositiveBigIntegerField(default=0)
    head_hash = models.CharField(max_length=64, default="", blank=True)
    prefix = models.CharField(
        max_length=8, unique=True, default=free_prefix, validators=[RegexValidator(r"^[A-Z][A-Z0-9]{1,7}\Z")],
        help_text="Numbers of consents begin with it. Capitals and digits. It never changes: another hospital's numbers might be taken",
    )  # fmt: skip
    next_number = models.PositiveIntegerField(default=1)

    def __str__(self):
        return self.name


class Site(models.Model):
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="sites")
    name = models.CharField(max_length=200)
    address = models.CharField(max_length=200, blank=True)

    def __str__(self):
        return self.name


class Clinic(models.Model):
    site = models.ForeignKey(Site, models.PROTECT, related_name="clinics")
    name = models.CharField(max_length=200)

    def __str__(self):
        return self.name


class Users(UserManager):
    def get_by_natural_key(self, username):
        """Bo and bo are one person: a tablet's keyboard begins every word with a capital."""
        return self.get(username__iexact=username)


class User(AbstractUser):
    """A staff account. Never deleted, only disabled, because signatures and events name it."""

    first_name = last_name = None
    full_name = models.CharField(max_length=200, help_text="As it is printed on records")
    job_title = models.CharField(max_length=200, blank=True, help_text="As it is printed on records")
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="staff",
        help_text="Whose account it is",
    )
    clinics = models.ManyToManyField(Clinic, blank=True, related_name="staff")
    password_is_lent = models.BooleanField(
        default=False,
        editable=False,
        help_text="Somebody else has set it: its owner sets their own before anything else",
    )
    pin = models.CharField(max_length=200, blank=True, editable=False)
    pin_tries = models.PositiveSmallIntegerField(default=0, editable=False)
    password_tries = models.PositiveSmallIntegerField(
        default=0, editable=False, help_text="Wrong ones where they were signed in, since the last right one"
    )
    signed_in_at = models.DateTimeField(null=True, editable=False, help_text="The last time in full, so not by PIN")

    PIN_TRIES = PASSWORD_TRIES = 5
    REQUIRED_FIELDS = ["full_name"]
    objects = Users()

    class Meta(AbstractUser.Meta):
        constraints = [models.UniqueConstraint(Lower("username"), name="names_differ_by_more_than_capitals")]

    def __str__(self):
        return self.full_name or self.username

    def get_full_name(self):
        return self.full_name

    def get_short_name(self):
        return self.full_name

    @property
    def roles(self):
        """Names of this person's groups, such as clinician or nurse. A superuser is an administrator in any case."""
        if not hasattr(self, "_roles"):
            by_right = ["administrator"] if self.is_superuser else []
            self._roles = frozenset([*self.groups.values_list("name", flat=True), *by_right])
        return self._roles

    @property
    def title(self):
        return self.job_title or ", ".join(sorted(self.roles))

    @property
    def pin_is_locked(self):
        return self.pin_tries >= self.PIN_TRIES

    @property
    def came_at(self):
        """When they last signed in in full: a PIN builds on it for one working day. None when that is over.

        A PIN alone would let somebody live on here who has lost password, telephone and their place at single sign-on.
        """
        if settings.DEMO:
            return timezone.now()  # its invented people are all at work, though nobody has signed in as them
        oldest = timezone.now() - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        return self.signed_in_at if self.signed_in_at and self.signed_in_at >= oldest else None

    @property
    def employers(self):
        """The hospital that this person looks after or may break the glass in: a superuser all, somebody without one none."""
        return Organisation.objects.all() if self.is_superuser else Organisation.objects.filter(pk=self.organisation_id)

    def set_pin(self, pin):
        self.pin, self.pin_tries = make_password(pin), 0

    def pin_is(self, pin):
        # Without a PIN to compare with it takes as long: nobody learns by a clock who works here.
        return check_password(pin, self.pin)

    def delete(self, *args, **kwargs):
        raise models.ProtectedError("Accounts are disabled, never deleted", {self})


class Session(AbstractBaseSession):
    """One browser's session. `user` is empty until somebody has signed in, and on a tablet in a patient's hands."""

    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    objects = BaseSessionManager()

    @classmethod
    def get_session_store_class(cls):
        return import_string(f"{settings.SESSION_ENGINE}.SessionStore")


class SiteValue(models.Model):
    """A local rule such as "no driving for 24 hours", per hospital and procedure. Inserted only; the newest counts."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="values")
    procedure = models.SlugField(max_length=80)
    key = models.CharField(max_length=60)
    value = models.CharField(max_length=60)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["site", "procedure", "key", "-id"])]

    def __str__(self):
        return f"{self.procedure} {self.key}"

    @classmethod
    def current(cls, site, procedure):
        """{key: value} in force at `site` for `procedure`."""
        rows = cls.objects.filter(site=site, procedure=procedure).order_by("id").values_list("key", "value")
        return dict(rows)
