"""MariaDB through the real engine: waited for, and given its SQL once."""

from __future__ import annotations

import pytest
from docker import DockerClient

from support.deploying import Deployment, actions, resource
from support.docker_things import Things
from support.mariadb_image import make_mariadb_image

pytestmark = [pytest.mark.engine, pytest.mark.docker]
SQL = "database.db.shop"
IMPORTS = (
    "from clockwork import Secret\nfrom clockwork.connections import Database\npassword = Secret.generate()"
)
NOTES = "create table if not exists notes (text varchar(9));\ninsert into notes values ('{}');\n"


class Shop:
    """A project with a database, and a web container that needs it."""

    def __init__(self, deployment: Deployment, things: Things, image: str) -> None:
        self.run, self._deployment, self._things, self._image = deployment.run, deployment, things, image

    def declare(self, sql: str, **database: object) -> None:
        """Write ``main.py``."""
        variables = "{'MARIADB_USER': 'shop', 'MARIADB_PASSWORD': password, 'MARIADB_DATABASE': 'shop'}"
        to_db = "to=db, scheme='mysql+pymysql', user='shop', password=password"
        self._deployment.declare(
            IMPORTS,
            self._things.declare("db", image=self._image, **database),
            f"db.env_vars = {variables}",
            self._things.declare("web"),
            f"web.connect(Database({to_db}, sql={sql!r}))",
        )

    def notes(self) -> list[str]:
        """What stands in the database."""
        db = self._things.container("db")
        variables = dict(entry.partition("=")[::2] for entry in db.attrs["Config"]["Env"])
        login = ["mariadb", "-BN", "--protocol=tcp", "-h127.0.0.1", "-ushop", "shop"]
        code, printed = db.exec_run(
            [*login, "-e", "select * from notes"], environment={"MYSQL_PWD": variables["MARIADB_PASSWORD"]}
        )
        assert code == 0, printed
        return sorted(printed.decode().split())


@pytest.fixture
def shop(deployment: Deployment, docker: DockerClient, things: Things) -> Shop:
    return Shop(deployment, things, make_mariadb_image(docker))


def test_its_sql_runs_once_and_a_changed_text_again(shop: Shop) -> None:
    shop.declare(NOTES.format("one"))
    applied = shop.run("apply")
    assert actions(applied) == {"password": "create", "db": "create", "web": "create", SQL: "create"}
    (gate,) = [one for one in applied["assertions"] if one["address"] == "db"]
    assert (gate["name"], gate["passed"]) == ("mysql+pymysql accepts connections on 3306", True)
    assert shop.notes() == ["one"]
    assert actions(shop.run("apply")) == {}
    shop.declare(NOTES.format("two"))
    assert actions(shop.run("apply")) == {SQL: "update"}
    assert shop.notes() == ["one", "two"]


def test_a_new_database_is_given_the_text_and_one_with_its_data_is_not(shop: Shop, things: Things) -> None:
    shop.declare(NOTES.format("one"))
    shop.run("apply")
    data = [f"{things.name('data')}:/data"]
    shop.declare(NOTES.format("one"), volumes=data)
    assert actions(shop.run("apply")) == {"db": "replace", SQL: "update"}
    assert shop.notes() == ["one"]
    shop.declare(NOTES.format("one"), volumes=data, labels={"made": "anew"})
    applied = shop.run("apply")
    assert resource(applied, SQL)["notes"] == ["it has run in this database already, and is not run again"]
    assert shop.notes() == ["one"]


def test_a_wrong_text_fails_with_its_line_and_runs_when_it_is_right(shop: Shop) -> None:
    shop.declare(NOTES.format("one") + "insert into nots values ('two');\n")
    failed = shop.run("apply", code=1)
    assert "ERROR 1146 (42S02) at line 3: Table 'shop.nots' doesn't exist" in resource(failed, SQL)["error"]
    shop.declare(NOTES.format("two"))
    assert actions(shop.run("apply")) == {SQL: "create", "web": "create"}
    assert shop.notes() == ["one", "two"]
