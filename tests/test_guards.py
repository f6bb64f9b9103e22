"""What is frozen is refused by the database itself, after every migration."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from consent import deciding, events, glass, guards
from consent.admin import back_office
from consent.models import Record, RecordFile, Scan, SealKey
from tests import people


@pytest.fixture
def rows(db):
    """A row in every frozen table: row triggers of SQLite need one to refuse."""
    episode, now = people.an_episode("check"), timezone.now()
    people.answer(people.ask(episode))
    people.discuss(episode)
    deciding.assess(episode=episode, kind="capacity", findings={"because": "delirium"}, by=people.actor("ada"))
    events.read(people.user("rae"), "opened", episode=episode)
    glass.break_glass(number=episode.number, born=episode.patient.born, reason="In need.", by=people.actor("kofi"))
    broken = episode.glasses.get()
    glass.look_at(glass=broken, words="", by=people.actor("ada"))
    glass.end(glass=broken, by=people.actor("kofi"))
    people.a_signed()
    key = SealKey.objects.create(fingerprint="f", certificate="", valid_from=now, valid_to=now, listed_at=now)
    record = Record.objects.first()
    RecordFile.objects.create(record=record, sha256="a", unsealed_sha256="b", size=1, pages=1, key=key, at=now)
    Scan.objects.create(episode=episode, sha256="c", size=1, signed_at=now, entered_at=now, by=people.user("bo"))


@pytest.mark.parametrize("label", guards.FROZEN)
@pytest.mark.parametrize("action", ["UPDATE", "DELETE"])
def test_the_database_refuses(label, action, rows):
    model = apps.get_model(label)
    assert model.objects.exists()
    table, key = model._meta.db_table, model._meta.pk.column
    sql = f'UPDATE "{table}" SET "{key}" = "{key}"' if action == "UPDATE" else f'DELETE FROM "{table}"'
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_every_frozen_table_has_its_triggers():
    guards.check()
    assert guards.installed() == guards.wanted()


@pytest.mark.django_db
def test_a_missing_trigger_is_noticed():
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER frozen_consent_event_update")
    with pytest.raises(guards.GuardsMissing, match="frozen_consent_event_update"):
        guards.check()
    guards.install()
    guards.check()


@pytest.mark.django_db(transaction=True)
def test_a_later_migration_that_adds_a_field_leaves_the_guards_in_place():
    """SQLite rebuilds the table on AddField and would silently drop its triggers."""
    field = models.CharField(max_length=5, default="")
    operation = migrations.AddField("signature", "extra", field)
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state()
    after = state.clone()
    operation.state_forwards("consent", after)
    guards.before_migrate(apps.get_app_config("consent"), using="default")
    with connection.schema_editor() as editor:
        operation.database_forwards("consent", editor, state, after)
    call_command("migrate", verbosity=0)
    guards.check()
    with connection.schema_editor() as editor:
        operation.database_backwards("consent", editor, after, state)
    guards.install()


def test_the_admin_changes_nothing_that_is_frozen(rf):
    request = rf.get("/")
    for model, site in back_office._registry.items():
        if model._meta.label in guards.FROZEN:
            allowed = (
                site.has_add_permission(request),
                site.has_change_permission(request),
                site.has_delete_permission(request),
            )
            assert allowed == (False, False, False), model
