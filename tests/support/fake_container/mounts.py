"""The flag ``--mount``: ``type=bind,source=/srv,target=/srv,readonly``."""

from __future__ import annotations

from pathlib import Path

from support.fake_container.failures import Failure
from support.fake_container.state import Json, Machine
from support.fake_container.volumes import attached, make_volume

_NAMES = {"src": "source", "dst": "destination", "target": "destination", "readonly": "ro"}
_KINDS = ("virtiofs", "bind", "tmpfs", "volume")


def mount(machine: Machine, text: str) -> Json:
    """Read what the flag mounts; a path of the host must be a directory."""
    given = {
        _NAMES.get(key, key): value for key, _, value in (part.partition("=") for part in text.split(","))
    }
    if unknown := given.keys() - {"type", "source", "destination", "ro", "size", "mode"}:
        raise Failure("invalidArgument", f"unknown directive {min(unknown)} when parsing mount {text}")
    kind = given.get("type", "virtiofs")
    if kind not in _KINDS:
        raise Failure("invalidArgument", f"unsupported mount type {kind}")
    target, options = given.get("destination", ""), ["ro"] if "ro" in given else []
    if kind == "tmpfs":
        return {"destination": target, "options": options, "source": "tmpfs", "type": {"tmpfs": {}}}
    source = given.get("source", "")
    if kind == "volume":
        return attached(make_volume(machine, source), target, options)
    if not Path(source).exists():
        raise Failure("invalidArgument", f"path '{source}' does not exist")
    if not Path(source).is_dir():
        raise Failure("invalidArgument", f"path '{source}' is not a directory")
    return {"destination": target, "options": options, "source": source, "type": {"virtiofs": {}}}
