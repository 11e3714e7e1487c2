"""Addresses of repositories: what they mean, which are refused, and where their credentials go."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic import ValidationError

from clockwork_git.addresses import Address, is_here, same_repository, wrong_address
from clockwork_git.resource import GitRepoResource

HERE = Path("/project")


@pytest.mark.parametrize(
    "text",
    [
        "https://github.com/pallets/flask.git",
        "http://127.0.0.1:8080/site",
        "ssh://git@host:2222/site.git",
        "git@github.com:pallets/flask.git",
        "host:site",
        "git://host/site",
        "file:///srv/site.git",
        "../site",
        "/srv/site.git",
        "~/site",
    ],
)
def test_every_usual_way_to_a_repository_is_taken(text: str) -> None:
    assert wrong_address(text) is None
    assert GitRepoResource(repo_url=text, dest="site").repo_url == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        (" https://host/site", "spaces around"),
        ("https://host/a\nb", "control characters"),
        ("--upload-pack=touch owned", "begins with a dash"),
        ("ext::sh -c touch% owned", "a program that git would run"),
        ("ssh://-oProxyCommand=touch/site", "host begins with a dash"),
        ("-oProxyCommand=touch:site", "begins with a dash"),
        ("ftp://host/site", "ftp is no way"),
        ("https:///site", "names no host"),
        ("https://host:port/site", "no valid address"),
        ("ssh://git:hunter22@host/site", "takes no password"),
        ("https://ada:hunter22@host/site", "holds a credential"),
        ("https://hunter22@host/site", "holds a credential"),
        ("https://host/site?private_token=hunter22", "holds a credential"),
    ],
)
def test_what_is_no_address_is_refused_and_not_shown(text: str, words: str) -> None:
    reason = wrong_address(text)
    assert reason is not None
    assert words in reason
    assert "hunter22" not in reason
    with pytest.raises(ValidationError):
        GitRepoResource(repo_url=text, dest="site")


def test_credentials_are_taken_out_of_what_git_is_told() -> None:
    address = Address.of("https://ada:p%40ss@host:8443/site.git", HERE)
    assert address == Address("https://host:8443/site.git", "ada", "p@ss")
    assert address.server == "https://host:8443"


_NAMES = some.text("abcdefghijklmnopqrstuvwxyz0123456789-.", min_size=1).filter(lambda s: s[0].isalnum())
_SECRETS = some.text(some.characters(min_codepoint=33, max_codepoint=0x2FF), min_size=8)


@given(host=_NAMES, path=_NAMES, user=_NAMES, password=_SECRETS)
def test_no_password_stays_in_an_address(host: str, path: str, user: str, password: str) -> None:
    address = Address.of(f"https://{user}:{quote(password, safe='')}@{host}/{path}", HERE)
    assert (address.user, address.password) == (user, password)
    assert address.url == f"https://{host}/{path}"


@given(some.text())
def test_any_text_is_an_address_or_refused_with_a_reason(text: str) -> None:
    reason = wrong_address(text, may_hold_credentials=True)
    if reason is None:
        assert same_repository(Address.of(text, HERE).url, Address.of(text, HERE).url, HERE)
    else:
        with pytest.raises(ValueError, match=re.escape(reason)):
            Address.of(text, HERE)


@pytest.mark.parametrize(
    "other",
    [
        "https://github.com/pallets/flask",
        "https://GitHub.com:443/pallets/flask.git/",
        "git@github.com:pallets/flask.git",
        "ssh://git@github.com/pallets/flask",
    ],
)
def test_one_repository_has_many_addresses(other: str) -> None:
    assert same_repository("https://github.com/pallets/flask.git", other, HERE)


@pytest.mark.parametrize("other", ["https://github.com/pallets/click.git", "https://host/pallets/flask.git"])
def test_other_repositories_are_told_apart(other: str) -> None:
    assert not same_repository("https://github.com/pallets/flask.git", other, HERE)


def test_paths_lead_to_this_machine() -> None:
    assert is_here("../site")
    assert is_here("file:///srv/site")
    assert not is_here("git@host:site")
    assert same_repository("file:///project/site.git", "site", HERE)
