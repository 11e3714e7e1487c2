"""What a connection fills in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from clockwork.assertions import DatabaseReadyAssert, ServiceReadyAssert
from clockwork.connections import Connection, Database, Network
from clockwork.databases.provider import SqlRun
from clockwork.databases.resource import Sql
from clockwork.errors import LoadError
from clockwork.hookspecs import hookimpl
from clockwork.loading.loader import load_resources
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project
from clockwork.resources.base import Resource
from clockwork.resources.references import resolved


class Box(Resource):
    env_vars: Optional[dict[str, str]] = None
    volumes: Optional[list[str]] = None
    networks: Optional[list[str]] = None

    @property
    def urls(self) -> dict[int, str]:
        return {8000: "http://127.0.0.1:18000"}


class Net(Resource):
    pass


class BoxSql(Sql):
    def provider(self) -> type[SqlRun]:
        raise NotImplementedError


class Boxes:
    """A plugin that makes networks for boxes."""

    @hookimpl
    def clockwork_connect(self, resource: Resource, connection: Connection) -> list[Resource] | None:
        if isinstance(connection, Database) and isinstance(connection.other, Box):
            return connection.prepared(resource, by=BoxSql)
        if not isinstance(connection, Network):
            return None
        return connection.shared(resource, among=Box, network=Net(name=connection.name))


def loaded(tmp_path: Path, *statements: str) -> dict[str, Any]:
    kinds = "from clockwork.connections import Database, File, Network, Service"
    head = [f"from {__name__} import *", "from clockwork import Secret", kinds]
    (tmp_path / "main.py").write_text("\n".join([*head, *statements]), encoding="utf-8")
    manager = PluginManager()
    manager.register(Boxes(), name="boxes")
    resources = load_resources(Project.of(tmp_path / "main.py"), manager)
    return {one.address: one for one in resolved(resources)}


def test_a_database_is_an_address_with_a_secret(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "password = Secret.generate()",
        "db = Box(name='orders-db')",
        "web = Box(name='web').connect(Database(to=db, user='a/b', password=password, database='shop'))",
    )
    assert found["web"].env_vars == {
        "DATABASE_URL": "postgresql://a%2Fb:${secret:password|url}@orders-db:5432/shop"
    }
    (gate,) = found["db"].assertions
    assert isinstance(gate, DatabaseReadyAssert)
    assert (gate.name, gate.gate) == ("postgresql accepts connections on 5432", True)


def test_a_scheme_may_name_its_driver_and_one_gate_is_enough(tmp_path: Path) -> None:
    to_db = "Database(to=db, scheme='mysql+pymysql', user='a')"
    found = loaded(
        tmp_path,
        "db = Box(name='db')",
        f"web = Box(name='web').connect({to_db})",
        f"job = Box(name='job').connect({to_db})",
    )
    assert found["job"].env_vars == {"DATABASE_URL": "mysql+pymysql://a@db:3306/a"}
    assert len(found["db"].assertions) == 1


def test_sql_is_a_resource_between_the_database_and_what_needs_it(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "notes.sql").write_text("\ufeffcreate table notes (text text);\n", encoding="utf-8")
    to_db = "Database(to=db, user='shop', password=password, schema='sql/notes.sql')"
    found = loaded(
        tmp_path,
        "password = Secret.generate()",
        "db = Box(name='orders-db')",
        f"web = Box(name='web').connect({to_db})",
        f"job = Box(name='job').connect({to_db})",
        "other = Box(name='other').connect(Database(to=db, user='shop', sql='select 1'))",
    )
    ran = found["database.db.shop.notes"]
    assert isinstance(ran, Sql)
    assert (ran.container, ran.container_id) == ("orders-db", "${ref:db.id}")
    assert (ran.sql, ran.file) == ("create table notes (text text);\n", "sql/notes.sql")
    assert (ran.scheme, ran.port, ran.password) == ("postgresql", 5432, "${secret:password}")
    assert not ran.needs_completion()
    assert [other.address for other in ran.depends_on] == ["db"]
    for name in ("web", "job"):
        assert [other.address for other in found[name].depends_on] == ["db", ran.address]
    assert [address for address in found if address.startswith("database.")] == [
        "database.db.shop.notes",
        "database.db.shop",
    ]


def test_two_texts_cannot_be_one_resource(tmp_path: Path) -> None:
    with pytest.raises(
        LoadError, match=r"makes database\.db\.shop in another way: its sql differs"
    ) as raised:
        loaded(
            tmp_path,
            "db = Box(name='db')",
            "web = Box(name='web').connect(Database(to=db, user='shop', sql='select 1'))",
            "job = Box(name='job').connect(Database(to=db, user='shop', sql='select 2'))",
        )
    assert raised.value.address == "job"


@pytest.mark.parametrize(
    ("database", "said", "field"),
    [
        ("user='a', schema='no.sql'", "the file no.sql cannot be read: No such file or directory", "schema"),
        ("user='a', schema='latin.sql'", "the file latin.sql cannot be read: it is not UTF-8 text", "schema"),
        ("user='a', scheme='redis', sql='x'", "SQL cannot be run in redis", "scheme"),
        ("sql='select 1'", "SQL needs a user who runs it", "user"),
    ],
)
def test_sql_that_cannot_run_is_told_with_its_field(
    database: str, said: str, field: str, tmp_path: Path
) -> None:
    (tmp_path / "latin.sql").write_bytes(b"select '\xe9'")
    with pytest.raises(LoadError, match=said) as raised:
        loaded(tmp_path, "db = Box(name='db')", f"web = Box(name='web').connect(Database(to=db, {database}))")
    assert (raised.value.address, raised.value.field) == ("web", field)


def test_schema_and_sql_exclude_each_other(tmp_path: Path) -> None:
    database = "Database(to=db, user='a', schema='a.sql', sql='select 1')"
    with pytest.raises(LoadError, match="give schema or sql, not both"):
        loaded(tmp_path, "db = Box(name='db')", f"web = Box(name='web').connect({database})")


def test_a_service_is_an_address_and_a_gate(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "api = Box(name='api')",
        "web = Box(name='web', env_vars={'A': '1'})",
        "web.connect(Service(to=api, port=8000, env='API', health='/up'))",
    )
    assert found["web"].env_vars == {"A": "1", "API": "http://api:8000"}
    (gate,) = found["api"].assertions
    assert isinstance(gate, ServiceReadyAssert)
    assert (gate.port, gate.path, gate.gate) == (8000, "/up", True)


def test_several_may_wait_for_one_service(tmp_path: Path) -> None:
    service = "Service(to=api, port=8000, env='API', health='/up')"
    found = loaded(
        tmp_path, "api = Box(name='api')", *(f"w{n} = Box(name='w{n}').connect({service})" for n in (1, 2))
    )
    assert len(found["api"].assertions) == 1


def test_the_users_own_value_stays(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "api = Box(name='api')",
        "web = Box(name='web', env_vars={'API': 'mine'}).connect(Service(to=api, port=8000, env='API'))",
    )
    assert found["web"].env_vars == {"API": "mine"}


def test_a_file_is_a_mount(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "from clockwork_file.resource import FileResource",
        "page = FileResource(description='p', path='site/index.html', content='x', mode='644')",
        "data = Net(name='data')",
        "web = Box(name='web')",
        "web.connect(File(to=page, at='/www/index.html'), File(to=data, at='/d', read_only=False))",
    )
    assert found["web"].volumes == [f"{tmp_path}/site/index.html:/www/index.html:ro", "data:/d"]


def test_a_network_is_made_once_and_before_its_members(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "db, cache = Box(name='db'), Box(name='cache')",
        "web = Box(name='web').connect(Network(to=db, name='shop'))",
        "job = Box(name='job').connect(Network(to=cache, name='shop'))",
    )
    assert [one.networks for one in found.values() if isinstance(one, Box)] == [["shop"]] * 4
    assert "network.shop" in found
    assert found["db"].links.resolved == {"network.shop"}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("web = Net(name='web').connect(Service(to=api, port=80, env='API'))", "a Net has no env_vars"),
        ("web = Box(name='web').connect(Database(to=api, scheme='odd'))", "the usual port of odd"),
        ("web = Box(name='web').connect(File(to=[], at='/x'))", "connects to one resource, not 0"),
        (
            "n = Net(name='n'); web = Box(name='web').connect(Database(to=n, user='a', sql='select 1'))",
            "no installed plugin runs SQL in a Net",
        ),
        (
            "web = Box(name='web').connect(Network(to=Net(name='n'), name='x'))",
            "a Net cannot be in a network of Box",
        ),
    ],
)
def test_what_cannot_be_connected_is_told(statement: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=said):
        loaded(tmp_path, "api = Box(name='api')", statement)
