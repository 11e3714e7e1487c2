"""References, secrets and groups, deployed for real."""

from __future__ import annotations

import json
import re
import shlex
import subprocess

import pytest

from clockwork.engine.locate import Engine
from support.command import environment
from support.deploying import Deployment, actions, file, resource

pytestmark = pytest.mark.engine


def test_a_field_stands_in_another_resource(deployment: Deployment) -> None:
    deployment.declare(
        file("port", content="8080"),
        "page = FileResource(description='p', path='page.txt', mode='644',"
        " content=f\"see {port.ref('content')} in {port.ref('path')}\")",
    )
    document = deployment.run("plan")
    assert resource(document, "page")["values"]["content"]["value"] == "see 8080 in port.txt"
    deployment.run("apply")
    assert deployment.read("page.txt") == "see 8080 in port.txt"
    assert deployment.run("apply")["summary"]["same"] == 2


def test_an_output_stands_in_another_resource(deployment: Deployment) -> None:
    deployment.declare(
        "page = FileResource(description='p', path='page.txt', mode='644',"
        " content='digest: ${ref:note.digest}')",
        file("note"),
    )
    deployment.run("plan")
    deployment.run("apply")
    (state,) = [one for one in deployment.state() if one["urn"].endswith("::note")]
    assert deployment.read("page.txt") == f"digest: {state['outputs']['digest']}"
    assert deployment.run("plan")["summary"]["same"] == 2
    deployment.run("destroy")
    assert deployment.names() == []


def test_an_escaped_placeholder_is_text(deployment: Deployment) -> None:
    deployment.declare(file("note", content="$${ref:other.x} ${HOME} $${secret:x}"))
    deployment.run("apply")
    assert deployment.read("note.txt") == "${ref:other.x} ${HOME} ${secret:x}"


def test_an_unknown_output_is_told(deployment: Deployment) -> None:
    deployment.declare(file("note"), file("page", content="${ref:note.digets}"))
    told = deployment.told("plan", code=1)
    assert "note has no field or output 'digets' at page" in told


def test_an_unknown_part_of_an_output_is_told_with_who_wants_it(deployment: Deployment) -> None:
    deployment.declare(file("note"), file("page", content="${ref:note.id.number}"))
    assert "page: note has no field or output 'id.number'" in deployment.told("apply", code=1)
    deployment.declare(file("note"), file("page", content="${ref:note.id}"))
    deployment.run("apply")
    assert deployment.read("page.txt") == "note.txt"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("${ref:nothing.path}", "there is no resource with a field or output 'nothing.path'"),
        ("${secret:nothing}", "there is no secret 'nothing'"),
    ],
)
def test_what_is_not_declared_is_told(content: str, said: str, deployment: Deployment) -> None:
    deployment.declare(file("note", content=content))
    assert said in deployment.told("plan", code=1)


def test_references_in_a_circle_are_told_the_way_round(deployment: Deployment) -> None:
    deployment.declare(file("one", content="${ref:two.digest}"), file("two", content="${ref:one.digest}"))
    assert "these resources wait for each other: " in deployment.told("plan", code=1)


SECRETS = (
    "from clockwork import Secret",
    "made = Secret.generate()",
    "given = Secret.from_env('GIVEN')",
    "note = FileResource(description='n', path='note.txt', mode='600',"
    " content=f'{made}|{given}|${{secret:made}}')",
)


def test_a_secret_is_in_the_file_and_nowhere_else(deployment: Deployment) -> None:
    deployment.environment = {"GIVEN": "hunter2hunter2", "CW_LOG_LEVEL": "debug"}
    deployment.declare(*SECRETS)
    seen = [deployment.told(*command) for command in (["plan"], ["apply"], ["plan"], ["apply", "--json"])]
    made, given, again = deployment.read("note.txt").split("|")
    assert (len(made), given, again) == (32, "hunter2hunter2", made)
    assert deployment.run("apply")["summary"]["same"] == 2
    kept = [path for path in deployment.folder.rglob("*") if path.is_file() and path.name != "note.txt"]
    texts = [*seen, *(path.read_text(encoding="utf-8", errors="replace") for path in kept)]
    assert not [text for text in texts if made in text or given in text]


SECRETS_ASSERTED = (
    *SECRETS,
    "from clockwork.assertions import CommandAssert",
    "note.assertions = [CommandAssert(name='same', command=f'grep {made} note.txt | grep {given}')]",
)


def test_a_new_value_of_a_secret_is_a_change_and_not_shown(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork import Secret",
        "password = Secret.from_env('PASSWORD')",
        "note = FileResource(description='a note', path='note.txt', mode='600', content=password)",
    )
    deployment.environment = {"PASSWORD": "hunter2-hunter2"}
    deployment.run("apply")
    deployment.environment = {"PASSWORD": "correct-horse"}
    told = deployment.told("plan")
    assert "content [secret] -> [secret] you" in told
    assert "horse" not in told
    deployment.run("apply")
    assert deployment.read("note.txt") == "correct-horse"


def test_assertions_see_secrets_without_a_deployment(deployment: Deployment) -> None:
    deployment.environment = {"GIVEN": "hunter2hunter2"}
    deployment.declare(*SECRETS)
    deployment.run("apply")
    deployment.declare(*SECRETS_ASSERTED)
    told = deployment.told("assert", "--json")
    made = deployment.read("note.txt").split("|")[0]
    assert '"name": "same", "passed": true' in told
    assert made not in told
    assert "hunter2hunter2" not in told


def test_what_an_assertion_sees_last_shows_no_secret(deployment: Deployment) -> None:
    deployment.environment = {"GIVEN": "p@ss'\"w\\rd"}
    deployment.declare(*SECRETS)
    deployment.run("apply")
    looks = "note.assertions = [CommandAssert(command='cat note.txt; exit 1', timeout_seconds=0)]"
    deployment.declare("from clockwork.assertions import CommandAssert", *SECRETS, looks)
    for words in (["assert"], ["assert", "--json"], ["assert", "--junit", "report.xml"]):
        told = deployment.told(*words, code=1)
        report = deployment.folder / "report.xml"
        told += report.read_text() if report.exists() else ""
        assert "[secret]|[secret]|[secret]" in told
        made, given, _again = deployment.read("note.txt").split("|")
        assert made not in told
        assert given not in told
        assert "w\\rd" not in told


def test_an_assertion_on_a_secret_that_is_not_made_yet_is_told(deployment: Deployment) -> None:
    deployment.environment = {"GIVEN": "hunter2hunter2"}
    deployment.declare(*SECRETS_ASSERTED)
    assert "the secret 'made'" in deployment.told("assert", code=1)


def test_a_secret_that_is_not_set_is_told(deployment: Deployment) -> None:
    deployment.declare(*SECRETS)
    told = deployment.told("plan", code=1)
    assert "the environment variable GIVEN is not set" in told
    assert deployment.names() == []


@pytest.mark.parametrize("own_passphrase", [False, True])
def test_a_secret_of_the_stacks_configuration(
    own_passphrase: bool, deployment: Deployment, engine: Engine
) -> None:
    deployment.environment = {"PULUMI_CONFIG_PASSPHRASE": "p"} if own_passphrase else {}
    deployment.declare(
        "from clockwork import Secret",
        file("note", content="${secret:given}"),
        "given = Secret.from_config('token')",
    )
    deployment.run("plan", code=1)
    assert not (deployment.folder / ".clockwork").exists()
    told = deployment.run("apply", code=1)["error"]["message"]
    assert "`clockwork apply` makes the stack" in told
    way = re.search(r"cd .* --stack dev", told)
    assert way is not None
    line = way[0].replace("pulumi config set", f"{shlex.quote(str(engine.path))} config set")
    subprocess.run(
        f"{line} abcdef",
        shell=True,
        cwd=deployment.folder,
        env=environment(**deployment.environment),
        check=True,
    )
    deployment.run("apply")
    assert deployment.read("note.txt") == "abcdef"
    deployment.declare(
        "from clockwork import Secret",
        "from clockwork.assertions import CommandAssert",
        "note = FileResource(description='n', path='note.txt', mode='644', content='${secret:given}',"
        " assertions=[CommandAssert(name='same', command='grep -q ${secret:given} note.txt')])",
        "given = Secret.from_config('token')",
    )
    assert "abcdef" not in deployment.told("assert")


GROUP = (
    "from clockwork import Group",
    file("front"),
    "shop = Group('shop').add(front, back=FileResource(description='b', path='back.txt', mode='644',"
    " content='x'), parts=Group('parts').add(deep=FileResource(description='d', path='deep.txt',"
    " mode='644', content='y')))",
    "shop['back'].content = 'edited'",
)


def test_a_group_is_one_node_with_its_children_under_it(deployment: Deployment) -> None:
    deployment.declare(*GROUP)
    document = deployment.run("apply")
    assert list(actions(document)) == ["shop", "shop.file", "shop.back", "shop.parts", "shop.parts.deep"]
    assert deployment.read("back.txt") == "edited"
    urns = {one["urn"].rpartition("::")[2]: one for one in deployment.state()}
    assert urns["shop.parts.deep"]["parent"] == urns["shop.parts"]["urn"]
    assert urns["shop.parts"]["parent"] == urns["shop"]["urn"]
    assert deployment.run("apply")["summary"]["same"] == 5


def test_a_removed_group_takes_its_children_with_it(deployment: Deployment) -> None:
    deployment.declare(*GROUP, file("other"))
    deployment.run("apply")
    deployment.declare(file("other"))
    assert deployment.run("apply")["summary"]["delete"] == 5
    assert deployment.names() == ["other.txt"]


def test_what_depends_on_a_group_waits_for_its_children(deployment: Deployment) -> None:
    deployment.declare(*GROUP, file("after", content="z", depends_on=[]), "after.connect(shop)")
    deployment.run("apply")
    (after,) = [one for one in deployment.state() if one["urn"].endswith("::after")]
    waits = json.dumps(after["dependencies"])
    assert "shop.back" in waits
    assert "shop.parts.deep" in waits
