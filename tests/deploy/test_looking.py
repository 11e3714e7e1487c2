"""Looking at relations and at what is deployed; nothing is changed."""

from __future__ import annotations

import pytest

from support.command import clockwork
from support.deploying import Deployment, file

SHOP = (
    "from clockwork import Group, Secret",
    "key = Secret.generate()",
    file("base"),
    "shop = Group('shop').add(web=FileResource(description='w', path='web.txt', mode='644',"
    " content=f\"{key} ${{ref:base.digest}}\"), api=FileResource(description='needs a model'))",
    'site = {"a b": FileResource(description="s", depends_on=[shop])}',
)


@pytest.fixture
def shop(deployment: Deployment) -> Deployment:
    deployment.declare(*SHOP)
    return deployment


def drawn(shop: Deployment, *args: str) -> str:
    done = clockwork("graph", *args, cwd=shop.folder, CW_PULUMI="/nonexistent")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_tree_says_what_is_in_what_and_what_comes_after_what(shop: Deployment) -> None:
    assert drawn(shop).splitlines() == [
        "base  FileResource",
        "shop  Group",
        "├── shop.web  FileResource  after base and key",
        "└── shop.api  FileResource",
        'site["a b"]  FileResource  after shop',
        "key  Secret",
    ]


def test_mermaid(shop: Deployment) -> None:
    assert drawn(shop, "--format", "mermaid").splitlines() == [
        "flowchart LR",
        '  r0["base<br/>FileResource"]',
        '  subgraph r1["shop<br/>Group"]',
        '    r2["shop.web<br/>FileResource"]',
        '    r3["shop.api<br/>FileResource"]',
        "  end",
        '  r4["site[#quot;a b#quot;]<br/>FileResource"]',
        '  r5["key<br/>Secret"]',
        "  r0 --> r2",
        "  r5 --> r2",
        "  r1 --> r4",
    ]


def test_dot(shop: Deployment) -> None:
    dot = drawn(shop, "--format", "dot")
    assert '"base" -> "shop.web";' in dot
    assert '"shop" -> "site[\\"a b\\"]";' in dot
    assert '"secret:key" -> "shop.web";' in dot
    assert '"shop" -> "shop.api" [style=dotted, arrowhead=none];' in dot


def test_the_graph_as_a_document(shop: Deployment) -> None:
    document = shop.run("graph")
    assert document["resources"][2] == {
        "address": "shop.web",
        "type": "FileResource",
        "group": "shop",
        "needs": ["base", "key"],
    }
    assert document["resources"][-1] == {"address": "key", "type": "Secret", "group": None, "needs": []}


@pytest.mark.parametrize(
    ("statements", "error"),
    [
        (
            ("aa.connect(bb)", "bb.connect(cc)", "cc.connect(aa)"),
            "these resources wait for each other: aa -> bb -> cc -> aa",
        ),
        (
            ("aa.connect(FileResource(description='not declared', path='xx'))",),
            "it depends on a FileResource that is not declared at aa.depends_on",
        ),
    ],
)
def test_what_a_plan_refuses_is_not_drawn(
    deployment: Deployment, statements: tuple[str, ...], error: str
) -> None:
    deployment.declare(*map(file, ("aa", "bb", "cc")), *statements)
    assert error in deployment.told("graph", code=1)
    assert error in deployment.told("plan", code=1)


@pytest.mark.engine
def test_outputs_of_what_is_deployed(deployment: Deployment) -> None:
    deployment.declare(
        "from clockwork import Secret", file("note", content="${secret:k}"), "k = Secret.generate()"
    )
    assert deployment.told("outputs") == "nothing is deployed"
    assert deployment.run("outputs")["outputs"] == {}
    deployment.run("apply")
    document = deployment.run("outputs")
    assert document["outputs"]["k"] == {"value": "[secret]"}
    assert document["outputs"]["note"]["path"] == "note.txt"
    assert document["outputs"]["note"]["found"] is False
    told = deployment.told("outputs", "note")
    assert "found" not in told
    assert "note clockwork:file:File" in told
    assert "path note.txt" in told
    assert deployment.read("note.txt") not in told + deployment.told("outputs")
    assert "there is no resource 'nte'" in deployment.told("outputs", "nte", code=2)
