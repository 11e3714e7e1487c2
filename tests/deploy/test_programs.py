"""Programs that cannot be compiled or run: what the person is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from clockwork import ClockworkCore
from clockwork.errors import ClockworkError
from support.kinds import Kinds, declare, manager_of

pytestmark = pytest.mark.engine


def failure(main: Path) -> ClockworkError:
    with pytest.raises(ClockworkError) as raised:
        ClockworkCore(plugins=manager_of(Kinds())).apply(main)
    return raised.value


def test_what_to_pulumi_raises_is_told_with_its_address(project: Path) -> None:
    error = failure(declare(project, "good = ThingResource()", "bad = RaisingResource()"))
    assert error.address == "bad"
    assert "RuntimeError: there is no plan for this" in str(error)


def test_two_resources_of_the_same_pulumi_name(project: Path) -> None:
    custom = "CustomResource(token='clockwork:test:Thing', pulumi_name='same')"
    error = failure(declare(project, f"one = {custom}", f"two = {custom}"))
    assert error.address in ("one", "two")
    assert "same" in str(error)


def test_a_type_that_the_embedded_providers_do_not_build(project: Path) -> None:
    error = failure(declare(project, "odd = CustomResource(token='clockwork:test:Nothing')"))
    assert error.address == "odd"
    assert "clockwork:test:Nothing" in str(error)


def test_a_package_whose_program_is_not_there(project: Path) -> None:
    error = failure(declare(project, "odd = CustomResource(token='nope:index:Thing')"))
    assert error.address == "odd"
    assert "nope" in str(error)


def test_what_the_engine_refuses_to_register_is_told_without_a_traceback(project: Path) -> None:
    error = failure(declare(project, "odd = CustomResource(token='no-colons')"))
    assert error.message == "Type 'no-colons' is not a valid type token (must have format '*:*:*')"
