"""What this hospital requires, read from one YAML file and checked: rules are data, code only applies them."""

import datetime
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from consent.staff.roles import ROLES, WITHOUT_PATIENTS
from procedures import canonical

ON_PATIENTS = (
    "prepare", "release", "explain", "answer", "hand_over", "assess", "countersign", "attach_paper", "download",
    "invite", "read_trail", "open_desk", "break_glass", "review_break_glass", "read_access",
)  # fmt: skip
ACTS = (*ON_PATIENTS, "set_site_values", "read_texts", "manage_staff")
FLOOR = ("side", "grave", "alternatives", "may_say_no")


class BadPolicy(Exception):
    """The policy file cannot be used; the sentence names the file and what is wrong in it."""


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


Words = dict[str, str]


class Authority(Shape):
    """One kind of representative, in the order in which they are asked."""

    key: str
    for_: Literal["minor", "capacity"] = Field(alias="for")
    name: Words
    evidence: list[str] = Field(min_length=1)


class Decides(Shape):
    adult_from: int = Field(ge=0, le=25)
    representatives: list[Authority] = []


class Signatures(Shape):
    """`complete` is a set of roles; `witnesses` says how many for each way of signing. A no needs no signature."""

    complete: list[Literal["decision_maker", "clinician"]] = Field(min_length=1)
    # An order is not built yet, so a policy that asks for one is refused rather than ignored.
    ordered: Literal[False] = False
    witnesses: dict[Literal["drawn", "typed", "mark", "spoken", "written_by_other", "paper"], int] = {}

    @model_validator(mode="after")
    def somebody_decides(self):
        if "decision_maker" not in self.complete:
            raise ValueError("signatures.complete must name decision_maker")
        return self


class Validity(Shape):
    days: int = Field(gt=0)
    uses: int = Field(default=1, gt=0)
    confirm_on_the_day: bool = True


class Remote(Shape):
    """Reading on one's own device, by invitation. `may_sign` false: the walk stops before signing."""

    hours: int = Field(default=72, gt=0, le=24 * 14)
    may_sign: bool
    channels: list[Literal["email", "sms", "paper"]]


class Identifier(Shape):
    system: str
    name: Words


class Statements(Shape):
    clinician: Words
    screen_signature: Words
    witness: Words


class Retention(Shape):
    years: int = Field(gt=0)
    child_until_age: int = Field(ge=18)


class BreakGlass(Shape):
    """For how long a consent of another clinic is open to who needs it now, and what they may do with it."""

    minutes: int = Field(gt=0, le=24 * 60)
    acts: list[Literal[*ON_PATIENTS]] = Field(min_length=1)


class Policy(Shape):
    slug: str
    version: int
    name: str
    in_force_from: datetime.date
    may: dict[str, list[str]]
    break_glass: BreakGlass
    decides: Decides
    signatures: Signatures
    # How a clinician may prove who they are at signing. The password always may. A PIN alone never begins.
    signing_again: list[Literal["password", "pin", "passkey", "single_sign_on"]] = ["password"]
    validity: Validity
    invitation: Remote
    floor: list[Literal[*FLOOR]]
    identifiers: list[Identifier] = Field(min_length=1)
    statements: Statements
    retention: Retention
    terms: dict[str, Words] = {}

    @field_validator("may")
    @classmethod
    def gives_acts_to_roles(cls, may):
        for problem in wrong_rights(may):
            raise ValueError(problem)
        return may

    @field_validator("signing_again")
    @classmethod
    def names_the_password(cls, ways):
        if "password" not in ways:
            raise ValueError("signing_again must name password")
        return ways

    @property
    def digest(self):
        return canonical.digest_of(self.model_dump(mode="json", by_alias=True))

    def allows(self, user, act):
        """May this member of staff do `act`, by the groups they are in?"""
        return user.is_active and bool(user.roles & set(self.may[act]))

    def authority(self, key):
        return next((each for each in self.decides.representatives if each.key == key), None)

    def witnesses_for(self, method):
        return self.signatures.witnesses.get(method, 0)


def wrong_rights(may):
    """What is wrong with {act: roles}, in sentences: every act is given, and only to roles that there are."""
    yield from (f"it does not say who may “{act}”" for act in ACTS if act not in may)
    yield from (f"there is no act “{act}”; there are {', '.join(ACTS)}" for act in may if act not in ACTS)
    for act, role in ((act, role) for act, names in may.items() for role in names):
        if role not in ROLES:
            yield f"“{act}” names “{role}”, which is no role; there are {', '.join(ROLES)}"
        elif act in ON_PATIENTS and role in WITHOUT_PATIENTS:
            yield f"“{act}” is about patients, and “{role}” sees none of them; give such a person a second role"


def words(mapping, language):
    """The words in `language`, or in the hospital's own when the policy lacks them."""
    return mapping.get(language) or mapping.get("en") or next(iter(mapping.values()))


@lru_cache(maxsize=4)
def load(path: Path) -> Policy:
    """Read one policy file. Raises BadPolicy with file and reason."""
    try:
        return Policy.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as problem:
        raise BadPolicy(f"The policy {path.name} cannot be read: {problem.strerror}.") from problem
    except (yaml.YAMLError, ValidationError) as problem:
        raise BadPolicy(f"The policy {path.name} is not right: {first_line(problem)}") from problem


def first_line(problem):
    if isinstance(problem, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problem.errors())
    return str(problem)


def current() -> Policy:
    return load(Path(settings.POLICY_FILE))
