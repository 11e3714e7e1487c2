"""Databases in Apple's containers: asked from inside, and given their SQL; their programs are stand-ins."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.deploying import Deployment, actions, resource
from support.fake_container.machine import FakeContainer

pytestmark = pytest.mark.engine
SQL = "database.db.shop"
IMPORTS = """
from clockwork import Secret
from clockwork.connections import Database
from clockwork.resources import AppleContainerResource

def container(name, **fields):
    image = "postgres:17" if name == "db" else "nginx:alpine"
    given = dict(image=image, ports=[], volumes=[], env_vars={}, **fields)
    return AppleContainerResource(description="one", name=f"cwtest-{name}", **given)

password = Secret.generate()
"""
_PSQL = """\
#!/bin/sh
cd {folder}
printf '%s\\n' "$@" > words
echo "$PGPASSWORD" > password
cat > text
if grep -q 'wrong' text; then echo 'psql:<stdin>:1: ERROR:  that is wrong' >&2; exit 3; fi
grep -q 'select 1' text && echo ran >> runs
sed -n 's/^.echo //p' text
"""


class Programs:
    """The client and its friend, which note what they are given."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "programs"
        self.folder.mkdir()
        self._write("psql", _PSQL.format(folder=self.folder))
        self._write("pg_isready", "#!/bin/sh\necho accepting connections\n")

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)
        (self.folder / name).chmod(0o755)

    def noted(self, name: str) -> str:
        return (self.folder / name).read_text()


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


@pytest.fixture
def deployment(project: Path, fake: FakeContainer, programs: Programs) -> Deployment:
    fake.image("docker.io/library/postgres:17", programs=str(programs.folder))
    return Deployment(project, IMPORTS)


def declare(deployment: Deployment, sql: str, **db: object) -> None:
    given = "".join(f", {name}={value!r}" for name, value in db.items())
    deployment.declare(
        f"db = container('db'{given})",
        f"web = container('web').connect(Database(to=db, user='shop', password=password, sql={sql!r}))",
    )


def test_sql_runs_once_with_a_password_that_nobody_sees(
    deployment: Deployment, programs: Programs, fake: FakeContainer
) -> None:
    declare(deployment, "select 1;")
    assert actions(deployment.run("apply")) == dict.fromkeys(("password", "db", "web", SQL), "create")
    assert programs.noted("text").startswith("select 1;\n;\n")
    assert "shop" in programs.noted("words").split()
    secret = programs.noted("password").strip()
    assert len(secret) == 32
    assert secret not in programs.noted("words") + (fake.folder / "calls.jsonl").read_text()
    assert actions(deployment.run("apply")) == {}
    assert programs.noted("runs") == "ran\n"
    fake("delete", "--force", "cwtest-db")
    assert actions(deployment.run("apply"))[SQL] == "update"
    assert programs.noted("runs") == "ran\nran\n"


def test_a_wrong_text_fails_in_the_clients_words(deployment: Deployment) -> None:
    declare(deployment, "wrong")
    failed = deployment.run("apply", code=1)
    told = " ".join(resource(failed, SQL)["error"].split())
    assert "the SQL did not run in the database shop: line 1: ERROR: that is wrong" in told
