"""What stands for later values: the text, references, secrets, and what a model may use of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Optional
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from clockwork import Group, Secret
from clockwork.assertions import HealthcheckAssert
from clockwork.errors import LoadError, SecretError
from clockwork.guard.values import check_completion
from clockwork.hook_types import CompletionContext, LoadedFile
from clockwork.loading.discovery import discover
from clockwork.loading.linking import link
from clockwork.placeholders import (
    Placeholder,
    has_placeholder,
    in_url,
    parts,
    placeholders,
    replaced,
    split_reference,
)
from clockwork.resources.base import Resource
from clockwork.resources.references import follow, resolved


class Thing(Resource):
    port: Optional[int] = None
    text: Optional[str] = None
    env: dict[str, str] = Field(default_factory=dict)
    tags: list[str] = Field(default_factory=list)


def loaded(**names: Any) -> list[Resource]:
    """Load a file that defines these names."""
    file = LoadedFile(Path("main.py"), names)
    found = {id(one.resource): one for one in discover(file)}.values()
    for one in found:
        one.resource.place(one.address, Path("/project"))
    resources = [one.resource for one in found]
    link(resources, file)
    return resources


names = st.text(st.characters(blacklist_characters="{}|"), min_size=1)
pieces = st.one_of(
    st.text(st.characters(blacklist_characters="$")),
    st.builds(Placeholder, st.sampled_from(["ref", "secret"]), names, st.booleans()),
)


@given(st.lists(pieces))
def test_a_text_is_split_into_what_it_was_made_of(made: list[str | Placeholder]) -> None:
    text = "".join(map(str, made))
    assert "".join(map(str, parts(text))) == text
    assert [one for one in made if isinstance(one, Placeholder)] == [*placeholders(text)]


@given(st.text())
def test_an_escaped_text_means_itself(text: str) -> None:
    escaped = text.replace("${ref:", "$${ref:").replace("${secret:", "$${secret:")
    assert not has_placeholder(escaped)


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_replacing_by_the_same_changes_nothing(value: Any) -> None:
    assert replaced(value, lambda one: one) == value


@given(st.text(), names)
def test_a_part_of_a_url_is_itself_again_when_it_is_read(text: str, name: str) -> None:
    whole = in_url(f"{text.replace('$', '')}${{secret:{name}}}")
    *written, meant = parts(whole)
    assert unquote("".join(map(str, written))) == text.replace("$", "")
    assert meant == Placeholder("secret", name, in_url=True)
    assert isinstance(meant, Placeholder)
    assert meant.shaped("p@ss/w:rd#%?x é") == "p%40ss%2Fw%3Ard%23%25%3Fx%20%C3%A9"


def test_the_longest_address_is_meant() -> None:
    known = ["shop", "shop.db", 'site["a.b"]']
    assert split_reference("shop.db.name", known) == ("shop.db", "name")
    assert split_reference("shop.name", known) == ("shop", "name")
    assert split_reference('site["a.b"].x[0].y', known) == ('site["a.b"]', "x[0].y")
    assert split_reference("shopping.name", known) is None
    assert split_reference("shop", known) is None


@pytest.mark.parametrize(
    ("path", "found"), [("", {"a": [1, {"b.c": 2}]}), (".a[0]", 1), ('a[1]["b.c"]', 2), ("a[1]", {"b.c": 2})]
)
def test_a_path_is_followed(path: str, found: Any) -> None:
    assert follow({"a": [1, {"b.c": 2}]}, path) == found


@pytest.mark.parametrize("path", ["b", "a.b", "a[0]..", "a[7]", "]"])
def test_a_path_that_leads_nowhere(path: str) -> None:
    with pytest.raises(LookupError):
        follow({"a": [1]}, path)


def test_a_reference_keeps_the_type_where_it_stands_alone() -> None:
    db = Thing(name="db", port=5432)
    web = Thing(name="web", port=db.ref("port"), text=f"at {db.ref('port')}", env={"PORT": db.ref("port")})
    _db, done = resolved(loaded(db=db, web=web))
    assert isinstance(done, Thing)
    assert (done.port, done.text, done.env) == (5432, "at 5432", {"PORT": "5432"})


def test_a_reference_that_does_not_fit_is_told() -> None:
    db = Thing(name="db", text="many")
    with pytest.raises(LoadError) as caught:
        resolved(loaded(db=db, web=Thing(name="web", port=db.ref("text"))))
    assert caught.value.message == "what it refers to does not fit: expected a whole number, got 'many'"
    assert (caught.value.address, caught.value.field) == ("web", "port")


def test_references_go_on_through_references() -> None:
    one = Thing(name="one", text="here")
    two = Thing(name="two", text=one.ref("text"))
    three = Thing(name="three", tags=[f"<{two.ref('text')}>"])
    done = resolved(loaded(three=three, two=two, one=one))
    assert done[0].tags == ["<here>"]  # type: ignore[attr-defined]


def test_a_reference_to_what_is_not_declared() -> None:
    with pytest.raises(LoadError, match="not declared"):
        loaded(web=Thing(name="web", text=Thing(name="db").ref("name")))


def test_copies_are_told_apart() -> None:
    one = Thing(name="one", text="1")
    one.ref("text")
    two = one.model_copy(update={"text": "2"})
    done = resolved(
        loaded(one=one, two=two, web=Thing(name="web", text=f"{one.ref('text')}{two.ref('text')}"))
    )
    assert done[2].text == "12"  # type: ignore[attr-defined]


def test_secrets_are_named_after_their_variable_or_field() -> None:
    password = Secret.generate()
    db = Thing(name="db", env={"A": password, "B": Secret.from_env("X"), "C": Secret.from_env("Y", name="y")})
    (done,) = loaded(password=password, db=db)
    assert done.env == {  # type: ignore[attr-defined]
        "A": "${secret:password}",
        "B": "${secret:db.env.B}",
        "C": "${secret:y}",
    }
    assert sorted(done.links.secrets) == ["db.env.B", "password", "y"]


def test_two_secrets_of_one_name_are_told() -> None:
    with pytest.raises(LoadError, match="two secrets"):
        loaded(db=Thing(name="db", tags=[Secret.from_env("X", name="y"), Secret.from_env("Z", name="y")]))


def test_where_secrets_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "key").write_text("abc\n", encoding="utf-8")
    monkeypatch.setenv("GIVEN", "def")
    thing = Thing(name="t", tags=[Secret.from_file("key", name="a"), Secret.from_env("GIVEN", name="b")])
    (done,) = loaded(thing=thing)
    assert [done.links.secrets[name].read(tmp_path) for name in "ab"] == ["abc", "def"]
    with pytest.raises(SecretError, match="cannot be read"):
        done.links.secrets["a"].read(tmp_path / "elsewhere")


@pytest.mark.parametrize("length", [7, 1025])
def test_a_generated_secret_has_a_sensible_length(length: int) -> None:
    with pytest.raises(SecretError, match=f"not {length}"):
        Secret.generate(length=length)


def refusals(web: Thing, *others: Thing, **values: Any) -> list[str]:
    context = CompletionContext(Path(), tuple(values), (web, *others))
    return [refusal.reason for refusal in check_completion(web, values, context)]


def test_a_model_may_use_what_the_resource_is_connected_to() -> None:
    password = Secret.generate()
    db, other = (
        Thing(name="db", env={"PASSWORD": password}),
        Thing(name="other", env={"K": Secret.from_env("K")}),
    )
    web = Thing(name="web").connect(db)
    loaded(password=password, db=db, other=other, web=web)
    url = "postgres://app:${secret:password}@${ref:db.name}/app"
    assert refusals(web, db, other, env={"DATABASE_URL": url}) == []
    in_a_url = "postgres://app:${secret:password|url}@${ref:db.name}/app"
    assert refusals(web, db, other, env={"DATABASE_URL": in_a_url}) == []
    (said,) = refusals(web, db, other, env={"K": "${secret:other.env.K|url}"})
    assert "not a secret of this resource" in said
    (said,) = refusals(web, db, other, env={"K": "${secret:other.env.K}"})
    assert "not a secret of this resource" in said
    (said,) = refusals(web, db, other, env={"K": "${ref:other.name}"})
    assert "not a value of a resource that this one is connected to" in said


def test_a_model_cannot_bring_in_a_secret_by_its_own_answer() -> None:
    web, other = Thing(name="web"), Thing(name="other", text=Secret.from_env("K", name="k"))
    loaded(web=web, other=other)
    answered = web.completed({"text": "${secret:k}"}, {})
    assert refusals(answered, other, text="${secret:k}")


def test_a_group_finds_its_children_by_key() -> None:
    group = Group("shop").add(Thing(name="web"), db=Thing(name="x"))
    group["db"].port = 7  # type: ignore[attr-defined]
    assert [one.address for one in loaded(shop=group)] == ["shop", "shop.web", "shop.db"]
    with pytest.raises(LoadError, match="It has: web, db"):
        group["cache"]


def test_a_resource_is_in_one_group_only() -> None:
    web = Thing(name="web")
    Group("one").add(web)
    with pytest.raises(LoadError, match="in the group 'one' already"):
        Group("two").add(web)
    group = Group("three")
    with pytest.raises(LoadError, match="cannot be in itself"):
        group.add(group)


def test_references_stand_in_assertions_too() -> None:
    db = Thing(name="db", port=5432)
    web = Thing(name="web", text="x").connect(db)
    web.assertions = [HealthcheckAssert(url=f"http://127.0.0.1:{db.ref('port')}/")]
    done = resolved(loaded(web=web, db=db))
    (found,) = done[0].assertions
    assert isinstance(found, HealthcheckAssert)
    assert (found.url, found.name) == ("http://127.0.0.1:5432/", "http://127.0.0.1:5432/ answers 200")
