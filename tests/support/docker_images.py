"""Tiny images for tests, made from the machine's static busybox; no registry is asked."""

from __future__ import annotations

import io
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path

from docker import DockerClient

REPOSITORY = "clockwork-test"
WEB = f"{REPOSITORY}/web:1"
WEB_2 = f"{REPOSITORY}/web:2"
DIES = f"{REPOSITORY}/dies:1"
STUBBORN = f"{REPOSITORY}/stubborn:1"
ASKING = f"{REPOSITORY}/asking:1"
"""Serves a page, and has a ``curl`` that knows the flags for asking quietly; the static ``wget`` crashes."""

_COMMANDS = ("sh", "httpd", "nc", "wget", "sleep", "cat", "env", "head", "touch", "test", "kill")
_HTTPD = 'CMD ["/bin/httpd","-f","-p","80","-h","/www"]'
_DIES = """CMD ["/bin/sh","-c","echo cannot open the configuration >&2; exit 3"]"""
_CURL = """#!/bin/sh
for url; do :; done
place=${url#http://}; path=/${place#*/}; host=${place%%/*}
answer=$(printf 'GET %s HTTP/1.0\\r\\n\\r\\n' "$path" | nc "${host%:*}" "${host#*:}" | head -n 1)
case $answer in
*" 200 "*) ;;
"") exit 7;;
*) echo "$answer" >&2; exit 22;;
esac
"""
_SHELL = """CMD ["/bin/sh","-c","while true; do sleep 1; done"]"""


def make_images(client: DockerClient) -> None:
    """Make the images that are not there yet."""
    present = {tag for image in client.images.list() for tag in image.tags}
    recipes = {
        WEB: ("hello from one\n", [_HTTPD, "EXPOSE 80", "ENV GREETING=hello"]),
        WEB_2: ("hello from two\n", [_HTTPD, "EXPOSE 80", "ENV GREETING=hello"]),
        DIES: ("", [_DIES]),
        STUBBORN: ("", [_SHELL]),
    }
    for name, (page, changes) in recipes.items():
        if name not in present:
            make_image(client, name, {"www/index.html": page}, changes)
    if ASKING not in present:
        make_image(client, ASKING, {"www/index.html": "hello\n"}, [_HTTPD], programs={"curl": _CURL})


def make_image(
    client: DockerClient,
    name: str,
    files: Mapping[str, str],
    changes: list[str],
    programs: Mapping[str, str] | None = None,
) -> None:
    """Make an image of busybox with files, scripts in its ``/bin``, and Dockerfile lines."""
    repository, _, tag = name.rpartition(":")
    archive = _archive(files, programs or {})
    client.api.import_image_from_data(archive, repository=repository, tag=tag, changes=changes)


def _archive(files: Mapping[str, str], programs: Mapping[str, str]) -> bytes:
    program = shutil.which("busybox")
    assert program is not None
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        _add(archive, "bin/busybox", Path(program).read_bytes(), 0o755)
        for command in _COMMANDS:
            link = tarfile.TarInfo(f"bin/{command}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for name, text in files.items():
            _add(archive, name, text.encode(), 0o644)
        for name, text in programs.items():
            _add(archive, f"bin/{name}", text.encode(), 0o755)
    return stream.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))
