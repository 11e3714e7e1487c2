"""Databases through the real engine: waited for, and given their SQL once."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from docker import DockerClient
from docker.models.containers import Container

from support.deploying import Deployment, actions, resource
from support.docker_things import Things
from support.killing import kill, under_way, wait_until
from support.postgres_image import make_postgres_image

pytestmark = [pytest.mark.engine, pytest.mark.docker]
SQL = "database.db.shop"
SCHEMA = "database.db.shop.schema"
IMPORTS = (
    "from clockwork import Secret\nfrom clockwork.connections import Database\npassword = Secret.generate()"
)
NOTES = "create table if not exists notes (text text);\ninsert into notes values ('{}');\n"


class Shop:
    """A project with a database, and a web container that needs it."""

    def __init__(self, deployment: Deployment, things: Things, image: str) -> None:
        self.deployment, self.things, self.image = deployment, things, image
        self.run, self.told = deployment.run, deployment.told

    def declare(self, connection: str, *more: str, **database: Any) -> None:
        """Write ``main.py``: ``connection`` is what the connection says beside the login."""
        variables = "{'POSTGRES_USER': 'shop', 'POSTGRES_PASSWORD': password, 'POSTGRES_DB': 'shop', **%r}"
        setting_up = database.pop("env_vars", {})
        db = self.things.declare("db", image=self.image, **{"volumes": [], **database})
        self.deployment.declare(
            IMPORTS,
            f"{db}\ndb.env_vars = {variables % setting_up}",
            self.things.declare("web"),
            *more,
            f"web.connect(Database(to=db, user='shop', password=password{connection}))",
        )

    def write(self, sql: str) -> None:
        """Write the schema file."""
        (self.deployment.folder / "schema.sql").write_text(sql)

    @property
    def db(self) -> Container:
        return self.things.container("db")

    def ask(self, question: str) -> list[str]:
        """Ask the database itself."""
        login = {"PGPASSWORD": variables_of(self.db)["POSTGRES_PASSWORD"]}
        words = ["psql", "-XAtq", "-h", "127.0.0.1", "-U", "shop", "-d", "shop", "-c", question]
        code, printed = self.db.exec_run(words, environment=login)
        assert code == 0, printed
        return sorted(printed.decode().split())

    def notes(self) -> list[str]:
        return self.ask("select text from notes")


def variables_of(container: Container) -> dict[str, str]:
    return dict(entry.partition("=")[::2] for entry in container.attrs["Config"]["Env"])


@pytest.fixture
def shop(deployment: Deployment, docker: DockerClient, things: Things) -> Shop:
    return Shop(deployment, things, make_postgres_image(docker))


def test_a_schema_file_runs_once_before_what_needs_it(shop: Shop) -> None:
    shop.write(NOTES.format("one"))
    shop.declare(", schema='schema.sql'", env_vars={"SETTING_UP": "2"})
    planned = shop.run("plan")
    assert actions(planned) == {"password": "create", "db": "create", "web": "create", SCHEMA: "create"}
    assert resource(planned, SCHEMA)["type"] == "DockerSql"
    applied = shop.run("apply")
    assert shop.notes() == ["one"]
    (gate,) = [one for one in applied["assertions"] if one["address"] == "db"]
    assert (gate["name"], gate["passed"]) == ("postgresql accepts connections on 5432", True)
    secret = variables_of(shop.db)["POSTGRES_PASSWORD"]
    name = shop.things.name("db")
    address = f"postgresql://shop:{secret}@{name}:5432/shop"
    assert variables_of(shop.things.container("web"))["DATABASE_URL"] == address
    assert actions(shop.run("apply")) == {}
    assert shop.notes() == ["one"]
    shop.run("destroy")
    assert shop.things.containers() == []


def test_a_changed_text_is_shown_and_runs(shop: Shop) -> None:
    shop.declare(f", sql={NOTES.format('one')!r}")
    shop.run("apply")
    shop.declare(f", sql={NOTES.format('two')!r}")
    assert actions(shop.run("plan")) == {SQL: "update"}
    told = shop.told("plan")
    assert "-insert into notes values ('one');" in told
    assert "+insert into notes values ('two');" in told
    assert actions(shop.run("apply")) == {SQL: "update"}
    assert shop.notes() == ["one", "two"]
    shop.declare("")
    assert actions(shop.run("apply")) == {SQL: "delete"}
    assert shop.notes() == ["one", "two"]


def test_a_new_database_is_given_the_text_again(shop: Shop) -> None:
    shop.declare(f", sql={NOTES.format('one')!r}")
    shop.run("apply")
    shop.declare(f", sql={NOTES.format('one')!r}", labels={"made": "anew"})
    assert actions(shop.run("plan")) == {"db": "replace", SQL: "update"}
    assert actions(shop.run("apply")) == {"db": "replace", SQL: "update"}
    assert shop.notes() == ["one"]


def test_a_new_container_with_the_old_data_is_not(shop: Shop) -> None:
    data = [f"{shop.things.name('data')}:/data"]
    shop.declare(f", sql={NOTES.format('one')!r}", volumes=data)
    shop.run("apply")
    shop.declare(f", sql={NOTES.format('one')!r}", volumes=data, labels={"made": "anew"})
    applied = shop.run("apply")
    assert actions(applied) == {"db": "replace", SQL: "update"}
    assert resource(applied, SQL)["notes"] == ["it has run in this database already, and is not run again"]
    assert shop.notes() == ["one"]


def test_a_wrong_text_fails_with_its_line_and_leaves_nothing(shop: Shop) -> None:
    shop.write(NOTES.format("one") + "insert into nots values ('two');\n")
    shop.declare(", schema='schema.sql'")
    failed = shop.run("apply", code=1)
    assert resource(failed, SCHEMA)["status"] == "failed"
    assert resource(failed, "web")["status"] == "skipped"
    told = " ".join(resource(failed, SCHEMA)["error"].split())
    assert (
        'schema.sql did not run in the database shop: line 3: ERROR: relation "nots" does not exist' in told
    )
    assert shop.ask("select count(*) from pg_tables where tablename = 'notes'") == ["0"]
    shop.write(NOTES.format("one"))
    assert actions(shop.run("apply")) == {SCHEMA: "create", "web": "create"}
    assert shop.notes() == ["one"]


def test_an_error_begins_with_the_error_and_keeps_the_texts_own_notices(shop: Shop) -> None:
    shop.write("select 1;\n")
    shop.declare(", schema='schema.sql'")
    shop.run("apply")
    shop.write("drop table if exists nosuch;\ninsert into nots values ('two');\n")
    told = resource(shop.run("apply", code=1), SCHEMA)["error"]
    assert told.splitlines()[0].startswith("schema.sql did not run in the database shop: line 1: NOTICE:")
    assert "sql_runs" not in told
    assert "nosuch" in told


@pytest.mark.parametrize(
    "text", [NOTES.format("one") + "\\q\n", "copy pg_temp.x from stdin;\n", "select 'no end"]
)
def test_a_text_that_hides_its_end_fails(shop: Shop, text: str) -> None:
    shop.declare(f", sql={text!r}")
    failed = shop.run("apply", code=1)
    assert resource(failed, SQL)["status"] == "failed"
    assert shop.ask("select count(*) from pg_tables where tablename = 'notes'") == ["0"]


def test_a_killed_run_is_finished_by_the_next_one(shop: Shop) -> None:
    shop.declare(f", sql={'select pg_sleep(3); ' + NOTES.format('one')!r}")
    asleep = "select count(*) from pg_stat_activity where query like 'select pg_sleep%'"
    with under_way("apply", cwd=shop.deployment.folder) as process:
        wait_until(lambda: shop.things.has("db") and is_up(shop) and shop.ask(asleep) == ["1"], process)
        kill(process, with_engine=True)
    shop.run("apply")
    assert shop.notes() == ["one"]
    assert actions(shop.run("plan")) == {}


def test_a_run_that_is_stopped_does_not_wait_for_its_sql(shop: Shop) -> None:
    shop.declare(f", sql={'select pg_sleep(600); ' + NOTES.format('one')!r}")
    asleep = "select count(*) from pg_stat_activity where query like 'select pg_sleep%'"
    with under_way("apply", cwd=shop.deployment.folder) as process:
        wait_until(lambda: shop.things.has("db") and is_up(shop) and shop.ask(asleep) == ["1"], process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 130
    assert shop.things.containers() == ["db"]


def test_a_database_that_is_not_wanted_is_given_nothing(shop: Shop) -> None:
    shop.declare(", sql='select 1'", present=False)
    assert actions(shop.run("apply")) == {"web": "create", "password": "create"}


def is_up(shop: Shop) -> bool:
    """Whether the database answers; a container is there a moment before it runs."""
    db = shop.db
    return bool(db.status == "running" and db.exec_run(["pg_isready", "-h", "127.0.0.1"]).exit_code == 0)


def test_two_that_share_a_schema_have_it_run_once(shop: Shop) -> None:
    shop.write(NOTES.format("one"))
    again = "Database(to=db, user='shop', password=password, schema='schema.sql')"
    shop.declare(", schema='schema.sql'", shop.things.declare("job"), f"job.connect({again})")
    assert set(actions(shop.run("apply"))) == {"password", "db", "web", "job", SCHEMA}
    assert shop.notes() == ["one"]


def test_a_long_text_that_says_much_runs_to_its_end(shop: Shop) -> None:
    notice = "do $$ begin raise warning 'one of many'; end $$;\n"
    shop.write(NOTES.format("one") + notice * 20_000 + "insert into notes values ('two');\n")
    shop.declare(", schema='schema.sql'")
    shop.run("apply")
    assert shop.notes() == ["one", "two"]


def test_nobody_sees_the_password(shop: Shop) -> None:
    shop.write(
        NOTES.format("${secret:password}") + "select 'x' from nowhere where '${secret:password}' = 'x';"
    )
    shop.declare(", schema='schema.sql'")
    shop.deployment.environment = {"CW_LOG_LEVEL": "debug"}
    said = [
        shop.told("plan"),
        str(shop.run("plan")),
        shop.told("apply", code=1),
        str(shop.run("apply", code=1)),
    ]
    shop.write(NOTES.format("${secret:password}"))
    said += [shop.told("apply"), str(shop.run("plan")), shop.told("outputs"), shop.told("graph")]
    secret = variables_of(shop.db)["POSTGRES_PASSWORD"]
    assert shop.notes() == [secret]
    assert [text for text in said if secret in text] == []
    files = [path for path in shop.deployment.folder.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if secret.encode() in path.read_bytes()] == []
    said = [shop.told("assert"), shop.told("destroy")]
    assert [text for text in said if secret in text] == []


def test_the_users_own_gate_decides_and_says_what_it_saw(shop: Shop) -> None:
    gate = "DatabaseReadyAssert(scheme='postgresql', port=5432, timeout_seconds=1, gate=True)"
    own = f"from clockwork.assertions import DatabaseReadyAssert\ndb.assertions = [{gate}]"
    shop.declare(", sql='select 1'", own, command=["sleep", "600"])
    told = shop.told("apply", code=1)
    assert "postgresql accepts connections on 5432" in told
    assert "127.0.0.1:5432 - no response" in told
    assert shop.things.containers() == ["db"]


def test_what_cannot_run_is_told_before_anything_is_made(shop: Shop) -> None:
    shop.declare(", schema='nowhere.sql'")
    told = shop.told("plan", code=1)
    assert "the file nowhere.sql cannot be read: No such file or directory at web.schema" in told
    again = "Database(to=db, user='other', password=password, sql='select 1')"
    shop.declare(
        ", database='shop', sql='select 2'",
        shop.things.declare("job"),
        f"job.connect({again[:-1]}, database='shop'))",
    )
    assert f"another connection makes {SQL} in another way: its user, sql differs" in shop.told(
        "plan", code=1
    )
