"""Core's policy: what a model may never decide."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any, Optional

import pytest
from pydantic import BaseModel

from clockwork.guard.values import check_completion
from clockwork.hook_types import CompletionContext
from clockwork.resources.base import Resource
from clockwork.resources.fields import long_text
from clockwork.resources.secret import SecretSource


class Variable(BaseModel):
    key: str
    API_TOKEN: str = ""


class Thing(Resource):
    value: Any = None
    password: Optional[str] = None
    content: Optional[str] = long_text("a text")


def reasons(**values: Any) -> list[str]:
    thing = Thing(name="thing")
    context = CompletionContext(Path(), tuple(values), (thing,))
    return [f"{refusal.field}: {refusal.reason}" for refusal in check_completion(thing, values, context)]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("a\x00b", "control characters (U+0000)"),
        ("a\x1b[31mb", "control characters (U+001B)"),
        ("a\rb", "U+000D"),
        ("abc\u202etxt", "U+202E"),
        (["fine", ["a\x07"]], "U+0007"),
        ({"k\x01": "v"}, "U+0001"),
        (PurePosixPath("a\x02b"), "U+0002"),
        (Variable(key="a\x03"), "U+0003"),
        ({"POSTGRES_PASSWORD": "shoppassword"}, "POSTGRES_PASSWORD looks like a credential"),
        ({"apiKey": "abc"}, "apiKey looks like a credential"),
        ({"AWS_SECRET_ACCESS_KEY": "abc"}, "AWS_SECRET_ACCESS_KEY looks like"),
        ({"db": {"token": "abc"}}, "token looks like a credential"),
        (["DB_PASSWORD=hunter2"], "DB_PASSWORD looks like a credential"),
        (Variable(key="a", API_TOKEN="t"), "API_TOKEN looks like"),
        ("postgres://shop:hunter2@db/shop", "holds a password"),
        ("postgres://shop:hun/ter2@db/shop", "holds a password"),
        ("postgres://shop:${DB}hunter2@db/shop", "holds a password"),
        ({"PGPASSWORD": "hunter2"}, "PGPASSWORD looks like a credential"),
        ({"adminpassword": "hunter2"}, "adminpassword looks like"),
        ({"DB_PASSWORD_2": "hunter2"}, "DB_PASSWORD_2 looks like"),
        ({"DB_PW": "hunter2"}, "DB_PW looks like"),
        ({"SECRETKEY": "abc"}, "SECRETKEY looks like"),
        ({"SECRET_KEY_BASE": "abc"}, "SECRET_KEY_BASE looks like"),
        ({"JWT_KEY": "abc"}, "JWT_KEY looks like"),
        ({"NEO4J_AUTH": "neo4j/hunter2"}, "NEO4J_AUTH looks like"),
        ({"password": 12345678}, "password looks like"),
        ({"name": "DB_PASSWORD", "value": "hunter2"}, "DB_PASSWORD looks like"),
        ("host=db user=shop password=hunter2", "password looks like"),
        ("Server=db;User Id=sa;Password=hunter2;", "Password looks like"),
        ("jdbc:postgresql://db/shop?user=a&password=hunter2", "password looks like"),
        ("A=1 DB_PASSWORD=hunter2 ./run", "DB_PASSWORD looks like"),
        ('{"password": "hunter2"}', "password looks like"),
        ("AccountName=a;AccountKey=abcdef==;EndpointSuffix=x", "AccountKey looks like"),
        ("redis-server --requirepass hunter2", "requirepass looks like"),
        ("run --db-password hunter2", "db-password looks like"),
        (["redis-server", "--requirepass", "hunter2"], "requirepass looks like"),
        ("curl -H 'Authorization: Bearer abcdef12'", "Authorization looks like"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII", "holds a private key"),
        ("AKIAABCDEFGHIJKLMNOP", "an access token"),
        ({"NOTE": "ghp_" + "a1B2" * 10}, "an access token"),
        ("sk_live_" + "a1B2" * 6, "an access token"),
        ("hf_" + "a1B2" * 9, "an access token"),
        ("AGE-SECRET-KEY-1" + "Q" * 58, "a private key"),
        ("x" * 1_000_001, "1,000,000 are the most"),
        (list(range(1001)), "1,001 items"),
    ],
)
def test_refused(value: Any, reason: str) -> None:
    (said,) = reasons(value=value)
    assert said.startswith("value: ")
    assert reason in said


@pytest.mark.parametrize(
    "value",
    [
        "two\nlines\tand a tab",
        "naïve 漢字 🎉",
        {"POSTGRES_PASSWORD_FILE": "/run/secrets/db", "POSTGRES_USER": "shop"},
        {"POSTGRES_PASSWORD": ""},
        {"POSTGRES_PASSWORD": "${POSTGRES_PASSWORD}"},
        {"ALLOW_EMPTY_PASSWORD": "yes", "MAX_TOKENS": "4096", "KEYBOARD": "de", "PRIMARY_KEY": "id"},
        {"PASSWORD_LENGTH": 12, "NEO4J_AUTH": "none", "SSH_PRIVATE_KEY_PATH": "/keys/id", "OAUTH2": "google"},
        {"token": True, "name": "TZ", "value": "UTC"},
        "DB_PASSWORD=$OTHER ./run",
        "DB_PASSWORD=$(cat /run/secrets/db) ./run --token-file /run/token --password-stdin < x",
        "run --password $DB_PASSWORD --api-key ${API_KEY} --token",
        "psql postgres://shop:$PGPASSWORD@db/shop",
        "host=db password=${PASSWORD} sslmode=disable",
        ["db-password:/run/secrets", "registry/token:1.2"],
        "The password is in the safe; the token: ask for it. if token == x",
        ["8080:80", "TZ=UTC", "a=b=c"],
        "https://example.com:8080/a@b",
        "AKIAIOSFODNN7EXAMPLE",
        "postgres://shop:${PASSWORD}@db/shop",
        7,
        None,
        True,
    ],
)
def test_allowed(value: Any) -> None:
    assert reasons(value=value) == []


def test_a_field_that_is_a_credential_is_refused() -> None:
    assert reasons(password="hunter2")[0].startswith("password: password looks like a credential")


def test_a_text_may_speak_of_credentials_but_not_hold_a_key() -> None:
    assert reasons(content="Connect with postgres://user:password@host.\nDB_PASSWORD=secret") == []
    assert "private key" in reasons(content="-----BEGIN PRIVATE KEY-----\n")[0]


def test_the_value_of_a_secret_is_refused_wherever_the_model_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DB_PASSWORD", "planted-7")
    thing = Thing(name="thing")
    thing.links.secrets = {"db": SecretSource("environment", "DB_PASSWORD")}
    context = CompletionContext(Path(), ("content",), (thing,))
    (refusal,) = check_completion(thing, {"content": "It is planted-7."}, context)
    assert "write ${secret:db} in its place" in refusal.reason
    assert "planted" not in refusal.reason


def test_one_reason_for_each_rule_and_field() -> None:
    assert len(reasons(value={"a": "\x00", "b": "\x01", "token": "t"}, password="p")) == 3


def test_the_way_out_of_a_credential_is_a_secret_by_its_name() -> None:
    thing = Thing(name="thing", content="${secret:db_password}")
    context = CompletionContext(Path(), ("value",), (thing,))
    (refusal,) = check_completion(thing, {"value": {"DB_PASSWORD": "hunter2"}}, context)
    assert "write ${secret:db_password} in its place" in refusal.reason
    assert not list(check_completion(thing, {"value": {"DB_PASSWORD": "${secret:db_password}"}}, context))
