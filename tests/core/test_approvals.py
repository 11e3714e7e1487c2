"""Commands that a model had a part in: which ones they are, and which of them may run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Optional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.approvals import Approvals, is_covered, shared_with_model
from clockwork.errors import LockError
from clockwork.lock import Lock
from clockwork.provenance import Provenance, Source
from clockwork.resources.base import Resource
from clockwork.resources.references import resolved

MODEL = Provenance(Source.MODEL, model="small")
EDITED = Provenance(Source.EDITED)


class Job(Resource):
    name: str = "job"
    command: Optional[str] = None
    unit: Optional[str] = None


def job(address: str = "job", chosen: dict[str, str] | None = None, **given: str) -> Job:
    resource = Job(**given)
    resource.place(address, Path())
    return resource.completed(chosen or {}, dict.fromkeys(chosen or {}, MODEL))


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("systemctl restart nginx", "systemctl restart nginx"),
        ("systemctl  restart\tnginx", "systemctl restart *"),
        ("systemctl restart nginx redis", "systemctl restart *"),
        ("make install", "make inst*"),
        ("curl --max-time=3 x", "curl --max-time=? x"),
        ("apt-get install -y nginx", "apt-get install -[yq] *"),
    ],
)
def test_a_rule_covers_plain_commands_word_for_word(command: str, rule: str) -> None:
    assert is_covered(command, rule)


@pytest.mark.parametrize(
    ("command", "rule"),
    [
        ("systemctl stop nginx", "systemctl restart *"),
        ("systemctl restart", "systemctl restart *"),
        ("sudo systemctl restart nginx", "systemctl restart *"),
        ("make install all", "make install"),
        ("systemctl restart x; rm -rf ~", "systemctl restart *"),
        ("systemctl restart x && reboot", "systemctl restart *"),
        ("systemctl restart $(reboot)", "systemctl restart *"),
        ("systemctl restart `reboot`", "systemctl restart *"),
        ("systemctl restart x\nreboot", "systemctl restart *"),
        ("systemctl restart 'x y'", "systemctl restart *"),
        ("PATH=/tmp make", "* make"),
        ("", "*"),
        ("", ""),
        ("reboot", ""),
    ],
)
def test_a_rule_covers_nothing_more(command: str, rule: str) -> None:
    assert not is_covered(command, rule) or command == rule == ""


@given(st.text(max_size=30), st.text(alphabet="ab *?;|&$`\n'\"\\<>()", max_size=12))
def test_what_a_rule_covers_is_words_for_the_shell_too(command: str, added: str) -> None:
    whole = f"echo {command}{added}"
    if is_covered(whole, "echo *"):
        assert shlex.split(whole) == [word for word in re.split("[ \t]+", whole) if word]


def test_a_command_of_the_user_alone_needs_no_word() -> None:
    mine = job(command="make")
    assert shared_with_model(mine, ["make", "anything built by the class"], {}) == []


def test_every_command_but_the_users_own_words_is_shared_once_a_model_chose_a_value() -> None:
    partly = job(command="make", chosen={"unit": "x; rm -rf ~"})
    commands = ["make", "systemctl start 'x; rm -rf ~'", "SYSTEMCTL START X"]
    assert shared_with_model(partly, commands, {}) == commands[1:]


def test_a_models_own_command_is_shared_and_an_edited_one_is_the_users() -> None:
    assert shared_with_model(job(chosen={"command": "make"}), ["make"], {}) == ["make"]
    edited = Job().completed({"command": "make"}, {"command": EDITED})
    assert shared_with_model(edited, ["make"], {}) == []


def test_a_models_value_of_another_resource_counts() -> None:
    other = job("other", chosen={"unit": "reboot"})
    mine = job(command="systemctl start ${ref:other.unit}")
    one, two = resolved([other, mine])
    started = "systemctl start reboot"
    assert two.model_dump()["command"] == started
    assert shared_with_model(two, [started, "make"], {"other": one}) == [started]


def test_approvals_cover_by_rule_and_by_a_yes() -> None:
    approvals = Approvals(["make *"], ["rm -rf build; make"])
    assert approvals.cover("make all")
    assert approvals.cover("rm -rf build; make")
    assert not approvals.cover("rm -rf build; make ")


def test_a_yes_is_kept_in_the_lock_while_it_is_needed(tmp_path: Path) -> None:
    lock = Lock.read(tmp_path / "clockwork.lock")
    lock.approve(["b; c", "a\nb"])
    lock.write()
    again = Lock.read(lock.path)
    assert again.approved == {"b; c", "a\nb"}
    again.keep_only_approved(["b; c", "other"])
    again.write()
    assert Lock.read(lock.path).approved == {"b; c"}


def test_a_wrong_list_of_approved_commands_is_told(tmp_path: Path) -> None:
    (tmp_path / "clockwork.lock").write_text("format = 1\napproved = [1]\n", encoding="utf-8")
    with pytest.raises(LockError, match="approved"):
        Lock.read(tmp_path / "clockwork.lock")
