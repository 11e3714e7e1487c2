"""A stand-in for ``systemctl`` where no systemd runs: it keeps units as files, and runs what it is given.

A unit that was linked is run as its ``ExecStart`` says, with its ``EnvironmentFile``; any other is only
remembered as active.
"""

from __future__ import annotations

from pathlib import Path

_PROGRAM = r"""#!/bin/sh
units=$(dirname "$0")/units
[ "$2" = --quiet ] && unit=$3 || unit=$2
echo "$1${2:+ ${2##*/}}" >> "$units/calls"

field() { sed -n "s/^$1=//p" "$units/$unit.service"; }

start() {
  touch "$units/$unit"
  [ -e "$units/$unit.service" ] || return 0
  . "$(field EnvironmentFile)"
  eval "setsid $(field ExecStart) </dev/null >/dev/null 2>&1 &"
  echo $! > "$units/$unit"
}

stop() {
  [ -s "$units/$unit" ] && kill "$(cat "$units/$unit")"
  rm -f "$units/$unit"
}

case $1 in
  link) ln -sf "$2" "$units";;
  disable) rm -f "$units/$unit.service";;
  start) echo "start $unit" >> "$units/log"; start;;
  stop) echo "stop $unit" >> "$units/log"; stop;;
  try-restart) [ ! -e "$units/$unit" ] || { stop; start; };;
  is-active) test -e "$units/$unit" && { [ ! -s "$units/$unit" ] || kill -0 "$(cat "$units/$unit")"; };;
esac
"""


def install(folder: Path) -> Path:
    """Put the program into a folder; give that of the units that are active, and of the ``log`` of them."""
    units = folder / "units"
    units.mkdir(parents=True)
    program = folder / "systemctl"
    program.write_text(_PROGRAM, encoding="utf-8")
    program.chmod(0o755)
    return units
