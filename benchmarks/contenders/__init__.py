"""The contenders: each makes the same things, and says what it has no command for."""

from __future__ import annotations

from contenders.bare_pulumi import BarePulumi
from contenders.base import Contender
from contenders.clockwork import Clockwork, LockedClockwork
from contenders.containers import ClockworkContainers, Compose
from contenders.pyinfra import Pyinfra
from contenders.terraform import Terraform

FILES: tuple[Contender, ...] = (Clockwork(), LockedClockwork(), BarePulumi(), Pyinfra(), Terraform())
CONTAINERS: tuple[Contender, ...] = (ClockworkContainers(), Compose())
