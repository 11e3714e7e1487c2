"""Inputs and outputs of the embedded providers are those of ``pulumi_docker``, by name and by type."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Union, get_args, get_origin

import pulumi_docker
import pytest
from pulumi import _types as sdk
from pydantic import BaseModel, ValidationError

from clockwork.providers.published import RECORDED
from clockwork_docker.provider import Container, Network, RemoteImage, Volume
from clockwork_docker.provider.models import ContainerInputs

KINDS = [
    (Container, pulumi_docker.Container, "ContainerArgs"),
    (Network, pulumi_docker.Network, "NetworkArgs"),
    (Volume, pulumi_docker.Volume, "VolumeArgs"),
    (RemoteImage, pulumi_docker.RemoteImage, "RemoteImageArgs"),
]


def strange(model: type[BaseModel], known: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """Name what a model has and the SDK's class does not, or has in another shape."""
    for name, info in model.model_fields.items():
        wire = info.alias or name
        if wire.startswith("__"):
            continue
        if wire not in known:
            yield f"{place}{wire}: unknown"
        else:
            yield from _differing(info.annotation, known[wire], f"{place}{wire}")


def _differing(ours: Any, theirs: Any, place: str) -> Iterator[str]:
    ours, theirs = _plain(ours), _plain(theirs)
    if isinstance(ours, type) and issubclass(ours, BaseModel):
        known = sdk.input_type_types(theirs) if sdk.is_input_type(theirs) else sdk.output_type_types(theirs)
        yield from strange(ours, known, f"{place}.")
    elif get_origin(ours) is list and get_origin(theirs) is Sequence:
        yield from _differing(get_args(ours)[0], get_args(theirs)[0], f"{place}[]")
    elif get_origin(ours) is dict and get_origin(theirs) is Mapping:
        yield from _differing(get_args(ours)[1], get_args(theirs)[1], f"{place}{{}}")
    elif ours is not theirs:
        yield f"{place}: {ours} instead of {theirs}"


def _plain(kind: Any) -> Any:
    """Take away that a value may be missing, or known later."""
    if get_origin(kind) is list:
        return kind
    if get_origin(kind) in (Union, types.UnionType):
        return next(one for one in get_args(kind) if one is not type(None))
    origin = get_origin(kind)
    if isinstance(origin, type) and origin is not Mapping and issubclass(origin, Sequence):
        return Sequence[get_args(kind)[0]]  # type: ignore[misc]
    return kind


@pytest.mark.parametrize(
    ("ours", "theirs", "inputs"), KINDS, ids=lambda value: getattr(value, "__name__", "")
)
def test_inputs_and_outputs_are_those_of_the_sdk(ours: Any, theirs: Any, inputs: str) -> None:
    module = __import__(theirs.__module__, fromlist=[inputs])
    assert [*strange(ours.Inputs, sdk.input_type_types(getattr(module, inputs)))] == []
    outputs = {**sdk.resource_types(theirs), "id": str}
    assert [*strange(ours.State, outputs)] == []


def test_the_comparison_notices_what_is_not_the_sdks() -> None:
    class Port(BaseModel):
        internal: str
        extrenal: int

    class Odd(BaseModel):
        ports: list[Port]
        envs: dict[str, str]

    known = sdk.resource_types(pulumi_docker.Container)
    assert [told.partition(":")[0] for told in strange(Odd, known)] == [
        "ports[].internal",
        "ports[].extrenal",
        "envs",
    ]


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"image": "web:1", "gpus": "all"}, "gpus"),
        ({"image": "web:1", "healthcheck": {"startInterval": "1s"}}, "startInterval"),
        ({"image": "web:1", "ports": [{"internal": 80, "extrenal": 81}]}, "extrenal"),
    ],
)
def test_an_input_that_is_not_served_is_an_error_that_says_so(wish: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=f"{told}: Clockwork's own provider does not serve"):
        ContainerInputs.model_validate(wish)


def test_what_another_program_recorded_is_read_without_what_is_not_served() -> None:
    recorded = {"image": "web:1", "gpus": None, "ports": [{"internal": 80, "ip": "0.0.0.0", "new": 1}]}
    read = ContainerInputs.model_validate(recorded, context=RECORDED)
    assert read.model_dump(exclude_none=True) == {
        "image": "web:1",
        "ports": [{"internal": 80, "ip": "0.0.0.0"}],
    }
