"""Where resources are found, in which order, and under which address."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork import LoadedFile, Resource
from clockwork.errors import LoadError, PluginError
from clockwork.hook_types import FoundResource
from clockwork.hookspecs import hookimpl
from clockwork.loading.discovery import discover
from clockwork.loading.loader import check_claims, load_resources
from clockwork.plugins.manager import PluginManager
from clockwork.project import Project


def load(tmp_path: Path, source: str, plugins: PluginManager | None = None) -> list[Resource]:
    (tmp_path / "main.py").write_text("from clockwork import Resource\n" + source, encoding="utf-8")
    return load_resources(Project.of(tmp_path / "main.py"), plugins or PluginManager())


def addresses(tmp_path: Path, source: str) -> list[str]:
    return [one.address for one in load(tmp_path, source)]


def test_variables_lists_tuples_and_dicts_in_order_of_definition(tmp_path: Path) -> None:
    assert addresses(
        tmp_path,
        """
def make(name): return Resource(name=name)
zebra = make("z")
servers = [make("a"), make("b")]
article = make("n")
site = {"web": make("w"), "the \\"db\\"": make("d"), 3: make("three")}
fleet = {"eu": [make("0"), make("1"), {"deep": (make("x"),)}]}
pair = (make("p"), "not a resource", None)
""",
    ) == [
        "zebra",
        "servers[0]",
        "servers[1]",
        "article",
        'site["web"]',
        'site["the \\"db\\""]',
        "site[3]",
        'fleet["eu"][0]',
        'fleet["eu"][1]',
        'fleet["eu"][2]["deep"][0]',
        "pair[0]",
    ]


def test_one_object_under_two_names_is_one_resource_with_the_first(tmp_path: Path) -> None:
    source = "first = Resource(name='x')\nsecond = first\nboth = [first, Resource(name='y')]\n"
    assert addresses(tmp_path, source) == ["first", "both[1]"]


def test_equal_resources_are_still_two(tmp_path: Path) -> None:
    assert addresses(tmp_path, "a = Resource(name='x')\nb = Resource(name='x')\n") == ["a", "b"]


def test_a_name_with_an_underscore_counts_only_where_another_leads_to_it(tmp_path: Path) -> None:
    source = "_base = Resource(name='b')\n_hidden = Resource(name='h')\nall_of_them = [_base]\n"
    assert addresses(tmp_path, source) == ["all_of_them[0]"]


def test_a_list_that_holds_itself_ends(tmp_path: Path) -> None:
    assert addresses(tmp_path, "loop = [Resource(name='x')]\nloop.append(loop)\n") == ["loop[0]"]


def test_the_same_list_under_two_keys_is_found_once(tmp_path: Path) -> None:
    assert addresses(tmp_path, "_l = [Resource(name='x')]\nd = {'a': _l, 'b': _l}\n") == ['d["a"][0]']


def test_resources_imported_from_a_sibling_count(tmp_path: Path) -> None:
    (tmp_path / "shared.py").write_text("from clockwork import Resource\ndatabase = Resource(name='db')\n")
    assert addresses(tmp_path, "from shared import database\nweb = Resource(name='w')\n") == [
        "database",
        "web",
    ]


def test_resources_know_their_project(tmp_path: Path) -> None:
    [article] = load(tmp_path, "article = Resource(name='x')\n")
    assert article.project == tmp_path


def test_a_key_that_cannot_be_written_in_an_address_is_told(tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=r"its key \(1, 2\) cannot stand in an address") as caught:
        load(tmp_path, "grid = {(1, 2): Resource(name='x')}\n")
    assert caught.value.address == "grid"


def test_a_dict_without_resources_may_have_any_keys(tmp_path: Path) -> None:
    assert addresses(tmp_path, "grid = {(1, 2): 'x'}\narticle = Resource(name='x')\n") == ["article"]


def test_two_plugins_with_one_address_for_two_resources_are_named(tmp_path: Path) -> None:
    class Other:
        @hookimpl
        def clockwork_discover_resources(self, loaded: LoadedFile) -> Any:
            yield FoundResource("article", Resource(name="impostor"))

    manager = PluginManager()
    manager.register(Other(), name="other", distribution="clockwork-other", version="5")
    with pytest.raises(PluginError) as caught:
        load(tmp_path, "article = Resource(name='x')\n", manager)
    assert "the address article" in caught.value.message
    assert "clockwork-other 5" in caught.value.message
    assert "clockwork-core" in caught.value.message


@pytest.mark.parametrize("source", ["", "x = 1\n", "def make():\n    return Resource(name='x')\n"])
def test_no_resources_is_an_error_that_says_where_they_are_looked_for(tmp_path: Path, source: str) -> None:
    with pytest.raises(LoadError, match="declares no resources") as caught:
        load(tmp_path, source)
    assert "inside functions" in str(caught.value)
    assert caught.value.file == tmp_path / "main.py"


class Claimant(Resource):
    things: tuple[str, ...]

    def claims(self) -> list[str]:
        return list(self.things)


def placed(address: str, *things: str) -> Resource:
    resource = Claimant(name="x", things=things)
    resource.place(address, Path("/srv"))
    return resource


def test_two_resources_that_claim_one_thing_are_both_named() -> None:
    with pytest.raises(LoadError) as caught:
        check_claims([placed("a", "file /x", "port 80"), placed("b", "file /y"), placed("c", "port 80")])
    assert caught.value.address == "c"
    assert caught.value.message == "it claims port 80, and so does a"


def test_claims_that_differ_or_repeat_within_one_resource_are_fine() -> None:
    check_claims([placed("a", "file /x", "file /x"), placed("b", "file /y"), placed("c")])


KEYS = st.one_of(st.text(max_size=5), st.integers())
TREES = st.recursive(
    st.builds(lambda: Resource(name="leaf")),
    lambda children: st.one_of(
        st.lists(children, max_size=4),
        st.dictionaries(KEYS, children, max_size=4),
        st.lists(children, max_size=3).map(tuple),
    ),
    max_leaves=12,
)


@given(TREES)
def test_every_address_is_unique_and_leads_back_to_its_resource(tree: Any) -> None:
    found = list(discover(LoadedFile(Path("main.py"), {"root": tree})))
    assert len({one.address for one in found}) == len(found)
    for one in found:
        assert follow(tree, one.address.removeprefix("root")) is one.resource


def follow(value: Any, path: str) -> Any:
    """Walk an address with a JSON parser, which knows nothing of how addresses are made."""
    while path:
        key, end = json.JSONDecoder().raw_decode(path, 1)
        value, path = value[key], path[end + 1 :]
    return value
