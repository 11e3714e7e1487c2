"""What a connection fills in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional

import pytest

from clockwork.assertions import HealthcheckAssert
from clockwork.connections import Connection, Network
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


class Boxes:
    """A plugin that makes networks for boxes."""

    @hookimpl
    def clockwork_connect(self, resource: Resource, connection: Connection) -> list[Resource] | None:
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
        "DATABASE_URL": "postgresql://a%2Fb:${secret:password}@orders-db:5432/shop"
    }
    (gate,) = found["db"].assertions
    assert (gate.name, gate.gate) == ("ready for web", True)


def test_a_service_is_an_address_and_a_gate(tmp_path: Path) -> None:
    found = loaded(
        tmp_path,
        "api = Box(name='api')",
        "web = Box(name='web', env_vars={'A': '1'})",
        "web.connect(Service(to=api, port=8000, env='API', health='/up'))",
    )
    assert found["web"].env_vars == {"A": "1", "API": "http://api:8000"}
    (gate,) = found["api"].assertions
    assert isinstance(gate, HealthcheckAssert)
    assert (gate.url, gate.gate) == ("http://127.0.0.1:18000/up", True)


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
            "web = Box(name='web').connect(Network(to=Net(name='n'), name='x'))",
            "a Net cannot be in a network of Box",
        ),
    ],
)
def test_what_cannot_be_connected_is_told(statement: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=said):
        loaded(tmp_path, "api = Box(name='api')", statement)
