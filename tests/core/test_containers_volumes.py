"""Mounts as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.containers.volumes import Mount, parse_mount

_part = st.text(st.characters(exclude_characters=":\x00/", exclude_categories=["Cs"]), min_size=1, max_size=8)
_paths = st.builds(
    lambda start, parts: start + "/".join(parts), st.sampled_from(["/", "./", "~/", "../"]), st.lists(_part)
)
_volumes = st.from_regex(r"\A[a-zA-Z0-9][a-zA-Z0-9_.-]{1,20}\Z")
_targets = st.lists(_part.filter(lambda part: part not in (".", "..")), min_size=1).map(
    lambda parts: "/" + "/".join(parts)
)
mounts = st.builds(Mount, source=_paths | _volumes, target=_targets, read_only=st.booleans())


@given(mounts)
def test_a_mount_is_read_back_from_its_text(mount: Mount) -> None:
    assert parse_mount(str(mount)) == mount


@given(st.text(alphabet="ab/.~:ro\x00 ", max_size=16))
def test_any_text_is_a_mount_or_an_error_that_shows_the_text(text: str) -> None:
    read = _read(text)
    if isinstance(read, Mount):
        assert parse_mount(str(read)) == read
    else:
        assert repr(text) in read


def _read(text: str) -> Mount | str:
    try:
        return parse_mount(text)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(
    ("text", "mount", "is_path"),
    [
        ("/srv/site:/www", Mount("/srv/site", "/www"), True),
        ("./site:/www/:ro", Mount("./site", "/www", read_only=True), True),
        ("~/site:/www:rw", Mount("~/site", "/www"), True),
        ("data:/var/lib/data", Mount("data", "/var/lib/data"), False),
    ],
)
def test_the_forms_people_write(text: str, mount: Mount, is_path: bool) -> None:
    assert parse_mount(text) == mount
    assert parse_mount(text).is_path is is_path


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("/data", "does not say what is mounted; write PATH:/data or VOLUME:/data"),
        (":/data", "it does not say what is mounted"),
        ("site/www:/www", "write ./site/www if the path is meant"),
        ("my data:/www", "'my data' is no volume's name"),
        ("data:www", "'www' is no absolute path inside the container"),
        ("data:/", "nothing can be mounted over the whole container"),
        ("data:/a/..", "nothing can be mounted over the whole container"),
        ("data:/www:z", "'z' is not known; write ro for read-only"),
        ("C:\\site:/www:ro:x", "has too many colons"),
        ("/a\x00b:/www", "contains a colon or a NUL character"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        parse_mount(text)
