"""Which tables are frozen, and the database triggers that refuse to change them.

SQLite rebuilds a table when a field is added and silently drops its triggers, so they are put back after every migrate.
"""

from contextlib import contextmanager

from django.apps import apps
from django.db import connections
from django.db.models.signals import post_migrate, pre_migrate

FROZEN = (
    "procedures.ProcedureVersion",
    "procedures.Translation",
    "procedures.VersionState",
    "staff.SiteValue",
    "consent.Release",
    "consent.Disclosure",
    "consent.Answer",
    "consent.Assessment",
    "consent.Question",
    "consent.Reply",
    "consent.Discussion",
    "consent.Signature",
    "consent.Record",
    "consent.RecordFile",
    "consent.SealKey",
    "consent.Scan",
    "consent.Event",
    "consent.EventPayload",
    "consent.Access",
    "consent.BreakGlass",
    "consent.BreakGlassEnd",
    "consent.BreakGlassReview",
)


class GuardsMissing(Exception):
    """A frozen table is not guarded by the database."""


def tables():
    return [apps.get_model(label)._meta.db_table for label in FROZEN]


def wanted():
    return {f"frozen_{table}_{action}" for table in tables() for action in ("update", "delete")}


def installed(using="default"):
    """Names of the refusal triggers that the database has now."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'frozen_%'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'frozen_%%'")
        return {row[0] for row in cursor.fetchall()}


def install(using="default"):
    """Put every missing trigger in place; running it again changes nothing."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        present = installed(using)
        for table in existing & set(tables()):
            for action in ("update", "delete"):
                if f"frozen_{table}_{action}" not in present:
                    cursor.execute(trigger(connection.vendor, table, action))


POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'frozen: % may not be changed', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def trigger(vendor, table, action):
    name = f"frozen_{table}_{action}"
    if vendor == "sqlite":
        return (
            f'CREATE TRIGGER "{name}" BEFORE {action.upper()} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, 'frozen: {table} may not be changed'); END"
        )
    # TRUNCATE empties a table without a single DELETE, so the delete trigger covers both.
    also = " OR TRUNCATE" if action == "delete" else ""
    return f'CREATE TRIGGER "{name}" BEFORE {action.upper()}{also} ON "{table}" EXECUTE FUNCTION refuse_change()'


def remove(using="default"):
    connection = connections[using]
    present = installed(using)
    with connection.cursor() as cursor:
        for table in tables():
            for action in ("update", "delete"):
                name = f"frozen_{table}_{action}"
                if name in present:
                    on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                    cursor.execute(f'DROP TRIGGER "{name}"{on}')


@contextmanager
def lifted(using="default"):
    """Without guards: only for the flush of tests and for a purge that the policy asks for."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def check(using="default"):
    """Raise GuardsMissing when the database does not refuse what it must."""
    missing = wanted() - installed(using)
    if missing:
        raise GuardsMissing(f"The database does not guard: {', '.join(sorted(missing))}. Run manage.py migrate.")


def before_migrate(sender, using, **kwargs):
    # A table that is rebuilt or altered must not trip over its own guard.
    if sender.label == "consent":
        remove(using)


def after_migrate(sender, using, **kwargs):
    # Of the three apps this one is migrated last, so every table stands.
    if sender.label == "consent":
        install(using)


def connect():
    pre_migrate.connect(before_migrate, dispatch_uid="guards.before")
    post_migrate.connect(after_migrate, dispatch_uid="guards.after")
