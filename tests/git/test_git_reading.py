"""Reading what git prints."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from clockwork_git.checkout import Status
from clockwork_git.remote import Refs

_NAMES = some.text("abcdefghijklmnopqrstuvwxyz/-._", min_size=1).filter(lambda name: not name.endswith("^{}"))
_COMMITS = some.text("0123456789abcdef", min_size=40, max_size=40)
_FILES = some.text(some.characters(exclude_characters="\0"), min_size=1)


@given(branches=some.dictionaries(_NAMES, _COMMITS), tags=some.dictionaries(_NAMES, _COMMITS), head=_COMMITS)
def test_every_branch_and_tag_is_read(branches: dict[str, str], tags: dict[str, str], head: str) -> None:
    lines = ["ref: refs/heads/main\tHEAD", f"{head}\tHEAD"]
    lines += [f"{commit}\trefs/heads/{name}" for name, commit in branches.items()]
    lines += [f"{commit}\trefs/tags/{name}" for name, commit in tags.items()]
    assert Refs.parse("\n".join(lines) + "\n") == Refs(branches, tags, "main", head)


@given(tag=_COMMITS, commit=_COMMITS)
def test_an_annotated_tag_means_its_commit(tag: str, commit: str) -> None:
    assert Refs.parse(f"{tag}\trefs/tags/v1\n{commit}\trefs/tags/v1^{{}}\n").tags == {"v1": commit}


@given(some.text(some.characters(exclude_characters="\n")))
def test_other_lines_are_left(text: str) -> None:
    assert Refs.parse(f"warning: {text}\n") == Refs()


@given(changed=_FILES, staged=_FILES, old=_FILES, untracked=_FILES, commit=_COMMITS)
def test_every_file_of_a_status_is_read(
    changed: str, staged: str, old: str, untracked: str, commit: str
) -> None:
    modes = "N... 100644 100644 100644"
    fields = [
        f"# branch.oid {commit}",
        "# branch.head main",
        "# branch.ab +0 -0",
        f"1 .M {modes} {commit} {commit} {changed}",
        f"2 R. {modes} {commit} {commit} R100 {staged}",
        old,
        f"? {untracked}",
    ]
    found = Status.parse("\0".join(fields) + "\0")
    assert found == Status(commit, "main", (changed, staged), (untracked,))


def test_before_the_first_commit_there_is_none() -> None:
    assert Status.parse("# branch.oid (initial)\0# branch.head main\0") == Status("", "main")


@given(some.text())
def test_any_text_is_read(text: str) -> None:
    Status.parse(text)
