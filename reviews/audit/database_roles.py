"""Roles of PostgreSQL, so that the service cannot change what is sealed even where its triggers are gone.

* owner: has the tables, migrates, restores. Nothing else signs in as it.
* app: the service and its timers. It has no table, only adds to what is sealed, and changes or deletes where a verb
  does.
* read: looks at what the house works on, drafts included; not at what opens an account or a receipt, says where a
  reader gets mail, or was never sent.
* backup: reads everything, for pg_dump.

A table that no list here names is for owner and backup alone. The roles are named after the database. SQLite has none:
who may write its file may do anything.
"""

import re
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, transaction

from monographs import triggers
from monographs.models import WriteLock
from monographs.triggers import REMARK_COLUMNS, WRITE_LOCK
from reviews.audit.schema import AS_MADE
from reviews.models import Remark

KINDS = ("owner", "app", "read", "backup")
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,55}")

# What the app may do with a table, by the truth that its trigger keeps. Nobody empties one.
_ALL = ("SELECT", "INSERT", "UPDATE", "DELETE")
_BY_TRIGGER: dict[type[triggers.Trigger], tuple[str, ...]] = {
    triggers.AppendOnly: ("SELECT", "INSERT"),
    triggers.InChangeSet: ("SELECT", "INSERT", "UPDATE"),
    triggers.Account: ("SELECT", "INSERT", "UPDATE"),
    triggers.Inbox: ("SELECT", "INSERT", "DELETE"),
    triggers.Unchanged: ("SELECT", "INSERT", "DELETE"),
    triggers.ByWriteLock: ("SELECT", "INSERT", "UPDATE"),
}
# Of what needs the write lock: where a verb takes rows out, as what they say is made anew or a right ends.
_TAKEN_OUT = frozenset({
    "auth_user_groups", "monographs_formeraddress", "monographs_indexentry", "monographs_toldchange",
    "reviews_changedpart", "reviews_classgrant", "reviews_classpermission", "reviews_entrysubject", "reviews_misprint",
    "reviews_monographpermission", "reviews_writtentext",
})  # fmt: skip
# What migrations write, and what nothing of ours does.
_READ_ONLY = frozenset({
    "auth_group_permissions", "auth_permission", "auth_user_user_permissions", "django_admin_log",
    "django_content_type", "django_migrations", "guardian_groupobjectpermission", "guardian_userobjectpermission",
})  # fmt: skip
# What no trigger keeps, and the app does with as it likes.
_KEPT_BY_NONE = frozenset({
    "account_emailaddress", "account_emailconfirmation", "django_session", "mfa_authenticator", "reviews_look",
    "reviews_presence", "reviews_scratch",
})  # fmt: skip
# What opens an account, or was typed and not sent.
_SECRET = frozenset({
    "account_emailaddress", "account_emailconfirmation", "auth_user", "django_session", "mfa_authenticator",
    "reviews_accountlink", "reviews_countedtry", "reviews_inboxreport", "reviews_keptform", "reviews_scratch",
    "reviews_spentcode",
})  # fmt: skip
# What is for whoever may look, but for some columns: the receipt of a report, and who sent it.
_OPEN = frozenset({
    "auth_group", "auth_group_permissions", "auth_permission", "auth_user_groups", "auth_user_user_permissions",
    "django_admin_log", "django_content_type", "django_migrations", "guardian_groupobjectpermission",
    "guardian_userobjectpermission", "monographs_citation", "monographs_document", "monographs_doseregimen",
    "monographs_drug", "monographs_edition", "monographs_epoch", "monographs_formeraddress", "monographs_indexentry",
    "monographs_monitoringitem", "monographs_monograph", "monographs_namecheck", "monographs_overlay", WRITE_LOCK,
    "monographs_publication", "monographs_reference", "monographs_relatedlink", "monographs_safetynotice",
    "monographs_secondsignature", "monographs_section", "monographs_therapeuticclass", "monographs_toldchange",
    "reversion_revision", "reversion_version", "reviews_accounthold", "reviews_act", "reviews_assignment",
    "reviews_auditevent", "reviews_certificate", "reviews_changedpart", "reviews_changeset", "reviews_classgrant",
    "reviews_classpermission", "reviews_clinicianprofile", "reviews_conflict", "reviews_entrysubject", "reviews_grant",
    "reviews_harmlessmisprint", "reviews_keystatement", "reviews_look", "reviews_misprint",
    "reviews_monographpermission", "reviews_organisation", "reviews_presence", "reviews_problemreport",
    "reviews_recheck", "reviews_remark", "reviews_reminder", "reviews_signoff", "reviews_unsigning",
    "reviews_writtentext",
})  # fmt: skip
_SECRET_COLUMNS = {"reviews_problemreport": ("token", "email", "sender")}

# Sequences go with their tables; what an extension brought stays.
_HANDED_OVER = """DO $$ DECLARE its_table regclass; its_function regprocedure; BEGIN
  FOR its_table IN SELECT oid FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') LOOP
    EXECUTE format('ALTER TABLE %s OWNER TO {owner}', its_table);
  END LOOP;
  FOR its_function IN SELECT oid FROM pg_proc
    WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'truth_') LOOP
    EXECUTE format('ALTER FUNCTION %s OWNER TO {owner}', its_function);
  END LOOP;
END $$"""


def names(database: str) -> dict[str, str]:
    """The name of each role. Refuses (ValueError) a database whose name would have to be quoted, or is too long."""
    if not _NAME.fullmatch(database):
        raise ValueError(f"The name of the database, “{database}”, is none that roles can be named after.")
    return {kind: f"{database}_{kind}" for kind in KINDS}


def app_rights() -> dict[str, list[str]]:
    """{table: what the app may do with it}, of every table."""
    kept = {model._meta.db_table: type(one) for model, one in triggers.declared()}
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} | {"django_migrations"}
    return {table: list(_rights(table, kept.get(table))) for table in sorted(tables)}


def _rights(table: str, trigger: type[triggers.Trigger] | None) -> tuple[str, ...]:
    if table in _READ_ONLY:
        return ("SELECT",)
    if table == WRITE_LOCK:
        return ("SELECT", "UPDATE")
    if trigger is triggers.Sent:
        answered = sorted({str(one.column) for one in Remark._meta.concrete_fields} - {*REMARK_COLUMNS})
        return ("SELECT", "INSERT", f"UPDATE ({', '.join(answered)})")
    if table in _TAKEN_OUT | _KEPT_BY_NONE:
        return _ALL
    return _BY_TRIGGER.get(trigger, ()) if trigger else ()


def read_rights() -> dict[str, str]:
    """{table: how the one who looks may read it}, of every table of which anything is for them."""
    columns = {model._meta.db_table: model._meta.concrete_fields for model in apps.get_models()}
    rights = dict.fromkeys(sorted(_OPEN), "SELECT")
    for table, secret in _SECRET_COLUMNS.items():
        seen = [str(one.column) for one in columns[table] if one.column not in secret]
        rights[table] = f"SELECT ({', '.join(seen)})"
    return rights


def making(database: str) -> Iterator[str]:
    """The statements that make the roles and hand the tables to the owner: for a superuser, in this database. Run again
    they do no harm."""
    role = names(database)
    for name in role.values():
        yield f"DO $$ BEGIN CREATE ROLE {name} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        yield f"ALTER ROLE {name} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS"
    others = ", ".join(role[kind] for kind in KINDS[1:])
    yield f"REVOKE {role['owner']}, pg_write_all_data FROM {others}"
    yield f"REVOKE {role['app']} FROM {role['read']}, {role['backup']}"
    yield f"ALTER DATABASE {database} OWNER TO {role['owner']}"
    yield f"ALTER SCHEMA public OWNER TO {role['owner']}"
    yield _HANDED_OVER.format(owner=role["owner"])


def granting(database: str) -> Iterator[str]:
    """The statements that give each role what it may do, and take away all else: for the owner, after the tables are
    there."""
    role = names(database)
    others = ", ".join(role[kind] for kind in KINDS[1:])
    yield f"REVOKE ALL ON DATABASE {database} FROM PUBLIC, {others}"
    yield f"GRANT CONNECT ON DATABASE {database} TO {others}"
    yield f"REVOKE ALL ON SCHEMA public FROM PUBLIC, {others}"
    yield f"GRANT USAGE ON SCHEMA public TO {others}"
    # Where `verify_trail` makes the tables once more, to compare them; nothing stays there.
    yield f"CREATE SCHEMA IF NOT EXISTS {AS_MADE} AUTHORIZATION {role['owner']}"
    yield f"REVOKE ALL ON SCHEMA {AS_MADE} FROM PUBLIC, {others}"
    yield f"GRANT USAGE, CREATE ON SCHEMA {AS_MADE} TO {role['app']}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC, {others}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role['backup']}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {role['backup']}"
    for table, rights in app_rights().items():
        if rights:
            yield f"GRANT {', '.join(rights)} ON {table} TO {role['app']}"
    for table, right in read_rights().items():
        yield f"GRANT {right} ON {table} TO {role['read']}"


def owns_tables() -> bool:
    """Whether whoever is connected could change what is sealed: has the tables, or is as good as who has them."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass(%s)",
            [WriteLock._meta.db_table],
        )
        return bool((cursor.fetchone() or [False])[0])


def renew() -> bool:
    """Gives the roles what they may do with tables that are new or were put back, where the roles are there and whoever
    is connected has the tables. Answers whether it did."""
    if not owns_tables():
        return False
    try:
        role = names(connection.settings_dict["NAME"])
    except ValueError:
        return False
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY(%s)", [list(role.values())])
        if cursor.fetchone()[0] < len(role):
            return False
        for statement in granting(connection.settings_dict["NAME"]):
            cursor.execute(statement)
    return True
