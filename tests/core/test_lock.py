"""The lock: what is written is what is read, and a file that cannot be understood is left alone."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clockwork.errors import LockError
from clockwork.lock import Lock, LockEntry, digest_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "a\nb\n",
        "a\r\nb",
        "\r",
        "\n",
        '"""\n',
        "\\\n",
        "\t\n",
        "\x00\n",
        "\x7f\n",
        "\x85\n",
        " \n ",
        "\\",
        "''",
        "\n'''\"",
        'a = "b"\n\\d\n',
        "\"\n'",
        "\"\n''",
        '\n"\x00',
    ]
)
SCALARS = TEXTS | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.none()
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def an_entry(
    values: dict[str, Any] | None = None, unset: tuple[str, ...] = (), description: str = ""
) -> LockEntry:
    values = {"name": "a.md"} if values is None else values
    answers = {**values, **dict.fromkeys(unset)}
    digests = {name: digest_of(value) for name, value in answers.items()}
    return LockEntry("FileResource", "q1", "small", values, unset, digests, description)


def a_lock(path: Path, **entries: LockEntry) -> Lock:
    lock = Lock.read(path)
    for address, entry in entries.items():
        lock.put(address, entry)
    lock.write()
    return lock


@settings(deadline=None)
@given(
    entries=st.dictionaries(
        TEXTS, st.dictionaries(TEXTS, VALUES.filter(lambda v: v is not None)), max_size=3
    ),
    description=TEXTS,
)
def test_every_value_round_trips(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[str, Any], description: str
) -> None:
    path = tmp_path_factory.mktemp("lock") / "clockwork.lock"
    written = {address: an_entry(values, ("left out",), description) for address, values in entries.items()}
    lock = Lock.read(path)
    for address, entry in written.items():
        lock.put(address, entry)
    lock.write()

    read = Lock.read(path)
    assert {address: read.entry(address) for address in read.addresses} == written
    assert not any(entry.is_edited(name) for entry in written.values() for name in entry.answers)


def test_quotes_and_backslashes_stand_in_a_text_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    page = '<p class="a">\n  \\d+ "b"\n</p>\n'
    both = "'''\n\"c\"\n"
    a_lock(path, page=an_entry({"content": page}), both=an_entry({"content": both}))
    assert f"content = '''\n{page}'''" in path.read_text()
    held = Lock.read(path)
    for address, text in (("page", page), ("both", both)):
        entry = held.entry(address)
        assert entry is not None
        assert entry.values["content"] == text


def test_a_merge_inside_a_text_is_found_and_a_text_about_one_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    ours = "# Tea\n<<<<<<< HEAD\nGreen.\n=======\nBlack.\n>>>>>>> other\n"
    a_lock(path, about=an_entry({"content": ours}))
    entry = Lock.read(path).entry("about")
    assert entry is not None
    assert entry.values["content"] == ours
    a_lock(path, tea=an_entry({"content": "# Tea\nGreen.\n"}))
    path.write_text(path.read_text().replace("# Tea\nGreen.\n", ours))
    with pytest.raises(LockError, match="the value is not merged") as caught:
        Lock.read(path)
    assert (caught.value.address, caught.value.field) == ("tea", "content")
    assert "unresolved merge" in str(caught.value.hint)


@settings(deadline=None)
@given(
    pins=st.dictionaries(st.tuples(TEXTS, TEXTS), TEXTS.filter(bool), max_size=4),
    entries=st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS), max_size=2),
)
def test_every_pin_round_trips(
    tmp_path_factory: pytest.TempPathFactory, pins: dict[tuple[str, str], str], entries: dict[str, Any]
) -> None:
    path = tmp_path_factory.mktemp("lock") / "clockwork.lock"
    lock = a_lock(path)
    for address, values in entries.items():
        lock.put(address, an_entry(values))
    for (kind, name), value in pins.items():
        lock.pin(kind, name, value)
    lock.write()

    read = Lock.read(path)
    assert read.pins == pins
    assert read.addresses == sorted(entries)


@settings(deadline=None)
@given(
    parts=st.dictionaries(
        TEXTS,
        st.tuples(
            st.dictionaries(TEXTS, st.dictionaries(TEXTS, TEXTS), max_size=2),
            st.dictionaries(st.tuples(TEXTS, TEXTS), TEXTS.filter(bool), max_size=2),
            st.frozensets(TEXTS, max_size=2),
        ),
        max_size=3,
    ),
    changed=TEXTS,
)
def test_every_stack_has_its_own_part(
    tmp_path_factory: pytest.TempPathFactory, parts: dict[str, Any], changed: str
) -> None:
    path = tmp_path_factory.mktemp("lock") / "clockwork.lock"
    for stack, (entries, pins, approved) in parts.items():
        lock = Lock.read(path, stack)
        for address, values in entries.items():
            lock.put(address, an_entry(values))
        for (kind, name), value in pins.items():
            lock.pin(kind, name, value)
        lock.approve(approved)
        lock.write()
    emptied = Lock.read(path, changed)
    emptied.keep_only([])
    emptied.keep_only_pins([])
    emptied.keep_only_approved([])
    emptied.write()

    for stack, (entries, pins, approved) in parts.items():
        lock = Lock.read(path, stack)
        is_emptied = stack == changed
        assert lock.addresses == ([] if is_emptied else sorted(entries))
        assert lock.pins == ({} if is_emptied else pins)
        assert lock.approved == (frozenset() if is_emptied else approved)


def test_an_answer_to_the_same_question_is_taken_from_another_stack(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    shared = a_lock(path, tea=an_entry({"name": "new.md", "mode": "600"}, description="hot tea"))
    shared.pin("image", "redis:7", "sha256:1")
    shared.write()
    lock = Lock.read(path, "production")
    earlier = an_entry({"name": "old.md", "mode": "644"}, description="tea")
    edited = replace(earlier, question="q0", values={"name": "old.md", "mode": "640"})
    lock.put("tea", edited)
    lock.follow("tea", "q1", ["tea"])
    entry = lock.entry("tea")
    assert entry is not None
    assert entry.question == "q1"
    assert entry.values == {"name": "new.md", "mode": "640"}
    assert entry.is_edited("mode")
    assert not entry.is_edited("name")
    assert entry.replaced == {"name": "old.md", "description": "tea"}
    assert lock.pinned("image", "redis:7") == "sha256:1"
    assert lock.pins == {}


@settings(deadline=None)
@given(text=TEXTS)
def test_a_text_is_not_taken_for_edited_after_reading(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    path = tmp_path_factory.mktemp("lock") / "clockwork.lock"
    a_lock(path, article=an_entry({"content": text}))
    entry = Lock.read(path).entry("article")
    assert entry is not None
    assert entry.values["content"] == text
    assert not entry.is_edited("content")


def test_the_file_reads_like_a_document(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    web = an_entry({"content": "# Life\n\ntext\n", "env": {"A": "1"}}, unset=("directory",))
    a_lock(path, article=an_entry(), **{'site["web"]': web})
    assert path.read_text().split("\n\n", 1)[1] == (
        f'[resources.article]\ntype = "FileResource"\nmodel = "small"\nquestion = "q1"\n\n'
        f'[resources.article.values]\nname = "a.md"\n\n'
        f'[resources.article.digests]\nname = "{digest_of("a.md")}"\n\n'
        f'[resources."site[\\"web\\"]"]\ntype = "FileResource"\nmodel = "small"\nquestion = "q1"\n'
        f'unset = [\n    "directory",\n]\n\n'
        f'[resources."site[\\"web\\"]".values]\ncontent = """\n# Life\n\ntext\n"""\n\n'
        f'[resources."site[\\"web\\"]".values.env]\nA = "1"\n\n'
        f'[resources."site[\\"web\\"]".digests]\ncontent = "{digest_of(web.values["content"])}"\n'
        f'directory = "{digest_of(None)}"\nenv = "{digest_of({"A": "1"})}"\n'
    )


def test_each_pin_is_a_line_of_the_table_of_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    lock = a_lock(path, article=an_entry())
    for name, value in {"redis:7": "sha256:1", "nginx:1.27": "sha256:2"}.items():
        lock.pin("image", name, value)
    lock.pin("branch", "main", "4f2a")
    lock.write()
    assert path.read_text().endswith(
        '\n\n[pins.branch]\nmain = "4f2a"\n\n'
        '[pins.image]\n"nginx:1.27" = "sha256:2"\n"redis:7" = "sha256:1"\n'
    )


def test_pins_that_are_not_kept_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    lock = a_lock(path, article=an_entry())
    before = path.read_bytes()
    lock.pin("image", "redis:7", "sha256:1")
    lock.write()
    lock = Lock.read(path)
    lock.keep_only_pins([("image", "nginx:1.27")])
    lock.write()
    assert path.read_bytes() == before


def test_a_mark_of_windows_editors_is_no_fault(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    a_lock(path, article=an_entry())
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert Lock.read(path).addresses == ["article"]


def test_the_order_of_putting_does_not_show(tmp_path: Path) -> None:
    a_lock(tmp_path / "one", a=an_entry(), b=an_entry({"x": 1, "y": 2}))
    a_lock(tmp_path / "two", b=an_entry({"y": 2, "x": 1}), a=an_entry())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_an_edited_value_is_recognised_and_stays_recognised(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    a_lock(path, article=an_entry({"name": "a.md", "mode": "644"}))
    path.write_text(path.read_text().replace('"a.md"', '"b.md"'))
    for _ in range(2):
        lock = Lock.read(path)
        entry = lock.entry("article")
        assert entry is not None
        assert entry.is_edited("name")
        assert not entry.is_edited("mode")
        lock.put("other", an_entry())
        lock.write()


def test_a_value_a_person_added_counts_as_edited(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    a_lock(path, article=an_entry())
    path.write_text(
        path.read_text().replace(
            "[resources.article.values]\n", "[resources.article.values]\nday = 2026-01-02\n"
        )
    )
    entry = Lock.read(path).entry("article")
    assert entry is not None
    assert entry.values["day"] == "2026-01-02"
    assert entry.is_edited("day")


def test_nothing_is_written_when_nothing_changed(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    a_lock(path, article=an_entry())
    path.write_text("# a person's own comment\n" + path.read_text())
    before = path.read_text(), path.stat().st_ino
    lock = Lock.read(path)
    lock.put("article", an_entry())
    lock.write()
    assert (path.read_text(), path.stat().st_ino) == before


def test_an_empty_lock_makes_no_file(tmp_path: Path) -> None:
    a_lock(tmp_path / "clockwork.lock")
    assert not (tmp_path / "clockwork.lock").exists()


def test_entries_of_others_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    lock = a_lock(path, a=an_entry(), b=an_entry())
    lock.keep_only({"b"})
    lock.write()
    assert Lock.read(path).addresses == ["b"]


def test_writing_keeps_the_mode_and_leaves_no_other_file(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    a_lock(path, a=an_entry())
    path.chmod(0o640)
    a_lock(path, b=an_entry())
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["clockwork.lock"]


def test_a_link_to_the_lock_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real.lock").write_text("format = 1\n")
    link = tmp_path / "clockwork.lock"
    link.symlink_to("real.lock")
    a_lock(link, a=an_entry())
    assert link.is_symlink()
    assert Lock.read(tmp_path / "real.lock").addresses == ["a"]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("format = 1\n[resources.a\n", 2, "not valid TOML"),
        ("format = 1\n<<<<<<< HEAD\n", 2, "unresolved merge"),
        ("format = 2\n", None, "it has format 2, and this Clockwork reads format 1\nUpgrade"),
        ("format = 99\nresources = 3\n", None, "Upgrade Clockwork"),
        ("format = 0\n", None, "it has format 0, and this Clockwork reads format 1\nRestore"),
        ("format = -1\n", None, "format -1"),
        ("", None, "it is empty\nRestore the file from version control, or delete it"),
        ("# only a comment\n", None, "it is empty"),
        ("[resources]\n", None, "format: it is required"),
        ("format = true\n", None, "format: expected a whole number, got True"),
        ('format = "1"\n', None, "format: "),
        ("format = 1\nresources = 3\n", None, "resources: "),
        ("format = 1\n[resources.a]\ntype = 1\n", None, "resources.a.type: "),
        (
            'format = 1\n[resources.a]\ntype="F"\nmodel="m"\nquestion="q"\nvalues=1\n',
            None,
            "resources.a.values: expected names with values, got 1",
        ),
        (
            'format = 1\n[resources.a]\ntype="F"\nmodel="m"\nquestion="q"\nvalue={}\n',
            None,
            "resources.a.value: an entry has no field 'value'; did you mean 'values'?",
        ),
        ("format = 1\nresource = {}\n", None, "the lock has no field 'resource'; did you mean 'resources'?"),
        (
            'format = 1\n[resources.a]\ntype="F"\nmodel="m"\nquestion="q"\nwhat=1\n',
            None,
            "resources.a.what: ",
        ),
        (
            'format = 1\n[resources.a]\ntype="F"\nmodel="m"\nquestion="q"\njson_values.x="{"\n',
            None,
            "a.x: the value under json_values is not JSON",
        ),
        ("format = 1\n[stacks]\na = 3\n", None, "stacks.a: expected a stack, got 3"),
        ("format = 1\n[resources]\na = 3\n", None, "resources.a: expected an entry, got 3"),
        ("format = 1\npins = 3\n", None, "pins: expected names with values, got 3"),
        ("format = 1\n[pins]\nimage = 3\n", None, "pins.image: expected names with values, got 3"),
        ('format = 1\n[pins.image]\n"nginx:1.27" = 3\n', None, "pins.image.nginx:1.27: expected text, got 3"),
        ('format = 1\n[pins.image]\nnginx = ""\n', None, "pins.image.nginx: "),
    ],
)
def test_a_lock_that_cannot_be_understood_is_an_error_and_untouched(
    tmp_path: Path, text: str, line: int | None, message: str
) -> None:
    path = tmp_path / "clockwork.lock"
    path.write_text(text)
    with pytest.raises(LockError) as caught:
        Lock.read(path)
    assert message in str(caught.value)
    assert (caught.value.file, caught.value.line) == (path, line)
    assert caught.value.hint
    assert path.read_text() == text


def test_a_lock_that_is_no_text_or_no_file_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LockError, match="cannot be read"):
        Lock.read(path)
    with pytest.raises(LockError, match="cannot be read"):
        Lock.read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_folder_without_write_permission_is_an_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(LockError, match="cannot be written"):
            a_lock(tmp_path / "clockwork.lock", a=an_entry())
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_is_gone_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LockError, match="cannot be written"):
        a_lock(tmp_path / "gone" / "clockwork.lock", a=an_entry())


def test_what_a_person_changed_meanwhile_stands(tmp_path: Path) -> None:
    path = tmp_path / "clockwork.lock"
    entries = {
        name: LockEntry(type="Note", question="0", model="small", values={"mode": "644"}) for name in "abc"
    }
    first = Lock(path)
    for name in "abc":
        first.put(name, entries[name])
    first.write()
    running = Lock.read(path)
    path.write_text(path.read_text().replace('mode = "644"', 'mode = "600"', 1))
    person = Lock.read(path)
    person.keep_only(["a", "b"])
    person.write()
    running.put("d", entries["a"])
    running.write()
    found = Lock.read(path)
    assert found.addresses == ["a", "b", "d"]
    entry = found.entry("a")
    assert entry is not None
    assert entry.values == {"mode": "600"}
    running.put("e", entries["a"])
    running.write()
    assert Lock.read(path).addresses == ["a", "b", "d", "e"]


def test_a_lock_that_was_spoiled_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "clockwork.lock")
    lock.path.write_text("<<<<<<< mine")
    lock.put("a", LockEntry(type="Note", question="0", model="small"))
    with pytest.raises(LockError):
        lock.write()
    assert lock.path.read_text() == "<<<<<<< mine"
