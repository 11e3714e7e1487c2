"""Whether a shell can read a script, without running anything of it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clockwork.hook_types import NotChecked
from clockwork_file.shells import _said, shell_of, unreadable


@pytest.mark.parametrize(
    ("name", "text", "shell"),
    [
        ("a.sh", "ls\n", "bash"),
        ("a.sh", "#!/bin/sh\n", "sh"),
        ("a", "#!/usr/bin/env bash\nls", "bash"),
        ("a", "#! /usr/bin/env -S zsh -f\nls", "zsh"),
        ("a", "#!/usr/local/bin/dash", "dash"),
        ("a.sh", "#!/usr/bin/python3\n", None),
        ("a.md", "ls\n", None),
        ("a.md", "text\n#!/bin/sh\n", None),
    ],
)
def test_which_shell_reads_a_script(name: str, text: str, shell: str | None) -> None:
    assert shell_of(name, text) == shell


@pytest.mark.parametrize(
    ("text", "is_readable"),
    [
        ("ls\n", True),
        ("if true; then\n  ls\n", False),
        ("ls\n```\n\n## What it does\n", False),
        ("echo 'a\n", False),
    ],
)
def test_what_a_shell_cannot_read(text: str, is_readable: bool) -> None:
    assert (unreadable("sh", text) is None) is is_readable


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("sh: 4: Syntax error: end of file unexpected\n", "line 4: Syntax error: end of file unexpected"),
        ("/bin/bash: line 2: unexpected EOF\nbash: more\n", "line 2: unexpected EOF"),
        ("bash: syntax error\n", "syntax error"),
        ("", "it cannot be read"),
    ],
)
def test_what_a_shell_says(said: str, told: str) -> None:
    assert _said(said) == told


def test_nothing_of_a_script_is_run(tmp_path: Path) -> None:
    made = tmp_path / "made"
    script = f"#!/bin/sh\nset +n\ntouch {made}\necho `touch {made}` $(touch {made}) > {made}\n"
    assert [unreadable(shell, script) for shell in ("sh", "bash")] == [None, None]
    assert not made.exists()


def test_a_shell_that_is_not_there_checks_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NotChecked, match=r"^bash is not on this machine$"):
        unreadable("bash", "ls\n")


def test_a_shell_that_does_not_answer_checks_nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "bash").write_text("no program\n")
    (tmp_path / "bash").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin")
    with pytest.raises(NotChecked, match=r"^bash did not read it: OSError"):
        unreadable("bash", "ls\n")
