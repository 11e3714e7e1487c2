"""Archives whose checksum is right and whose content is not: a mirror may publish anything."""

from __future__ import annotations

import gzip
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clockwork.engine.cache import ENGINE_VERSION
from clockwork.engine.locate import find_engine
from clockwork.errors import EngineError
from support.machines import Machine, install
from support.releases import ReleaseServer, archive

GOOD = archive()


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize(
    "evil",
    [
        member("../evil"),
        member("pulumi/../../evil"),
        member("/tmp/evil"),
        member("pulumi/../../evil", tarfile.DIRTYPE),
        member("pulumi/evil", tarfile.SYMTYPE, "/etc/passwd"),
        member("pulumi/evil", tarfile.SYMTYPE, "../../../evil"),
        member("pulumi/evil", tarfile.LNKTYPE, "/etc/passwd"),
        member("pulumi/evil", tarfile.FIFOTYPE),
        member("pulumi/evil", tarfile.CHRTYPE),
    ],
    ids=lambda info: f"{info.name} {info.type.decode()} {info.linkname}",
)
def test_what_reaches_out_is_refused_and_named(
    machine: Machine, server: ReleaseServer, tmp_path: Path, evil: tarfile.TarInfo
) -> None:
    server.publish(archive(evil))
    with pytest.raises(EngineError, match="archive is refused") as caught:
        install("release")
    assert repr(evil.name) in caught.value.message
    assert find_engine() is None
    assert not [path for path in tmp_path.rglob("*") if path.name in ("evil", "bin") and path != machine.bin]
    assert not list(machine.cache.rglob("*.part"))


def test_a_setuid_bit_is_not_taken_over(server: ReleaseServer) -> None:
    helper = member("pulumi/helper")
    helper.mode = 0o6777
    server.publish(archive(helper))
    program = install("release").path
    assert (program.parent / "helper").stat().st_mode & 0o7777 == 0o755
    assert subprocess.run([program, "version"], check=False).returncode == 0


def test_a_link_inside_is_left_out(server: ReleaseServer) -> None:
    server.publish(archive(member("pulumi/other-name", tarfile.SYMTYPE, "pulumi")))
    program = install("release").path
    assert sorted(path.name for path in program.parent.iterdir()) == ["pulumi", "pulumi-language-python"]


def test_an_archive_that_ends_early_with_a_wrong_sum_is_refused(server: ReleaseServer) -> None:
    content = bytearray(gzip.compress(gzip.decompress(GOOD)[:700]))
    content[-8] ^= 1
    server.publish(bytes(content))
    with pytest.raises(EngineError, match="archive is refused: CRC check failed"):
        install("release")


@given(
    damage=st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=5),
    length=st.integers(0, len(GOOD)),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_archive_installs_a_whole_engine_or_is_refused(
    server: ReleaseServer, damage: list[tuple[int, int]], length: int
) -> None:
    """Whatever the damage is, it is told as the release's: the cache folder is not to blame."""
    content = bytearray(GOOD)
    for place, byte in damage:
        content[place] = byte
    server.publish(bytes(content[:length]))
    refusal = None
    try:
        program = install("release").path
    except EngineError as error:
        refusal = error.message
    if refusal is None:
        said = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
        assert said == f"v{ENGINE_VERSION}\n"
    else:
        assert "\n  release: " in refusal
