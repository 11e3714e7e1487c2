"""Wishes that mean the same are equal, whatever their order and their way of writing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.containers.names import image_name
from clockwork_docker.provider.canonical import canonical, changed, seconds, spec_digest
from clockwork_docker.provider.models import ContainerInputs

numbers = st.integers(min_value=1, max_value=65535)
words = st.text("abcxyz", min_size=1, max_size=4)
ports = st.fixed_dictionaries(
    {"internal": numbers},
    optional={
        "external": numbers,
        "ip": st.sampled_from(["0.0.0.0", "127.0.0.1", "::1"]),
        "protocol": st.sampled_from(["tcp", "udp"]),
    },
)
volumes = st.builds(lambda path, name: {"containerPath": f"/{path}", "volumeName": name}, words, words)
networks = st.builds(lambda name, aliases: {"name": name, "aliases": aliases}, words, st.lists(words))
wishes = st.fixed_dictionaries(
    {"image": st.sampled_from(["nginx", "shop/web:1", "127.0.0.1:5000/a/b:2"])},
    optional={
        "envs": st.dictionaries(words, words).map(lambda env: [f"{k}={v}" for k, v in env.items()]),
        "labels": st.dictionaries(words, words).map(
            lambda labels: [{"label": k, "value": v} for k, v in labels.items()]
        ),
        "ports": st.lists(ports),
        "volumes": st.lists(volumes, unique_by=lambda volume: volume["containerPath"]),
        "networksAdvanced": st.lists(networks, unique_by=lambda network: str(network["name"])),
        "command": st.lists(words),
    },
)
UNORDERED = ("envs", "labels", "ports", "volumes", "networksAdvanced")


@given(wishes, st.randoms(use_true_random=False))
def test_order_means_nothing_where_the_engine_knows_none(wish: dict[str, Any], random: Any) -> None:
    shuffled = {
        name: random.sample(value, len(value)) if name in UNORDERED else value for name, value in wish.items()
    }
    one, other = ContainerInputs(**wish), ContainerInputs(**shuffled)
    assert changed(one, other) == []
    assert spec_digest(one) == spec_digest(other)


@given(wishes)
def test_a_canonical_wish_is_its_own_canonical_form(wish: dict[str, Any]) -> None:
    inputs = ContainerInputs(**wish)
    assert changed(inputs, ContainerInputs(**inputs.model_dump(by_alias=True, exclude_none=True))) == []
    assert canonical(inputs) == canonical(inputs.model_copy(deep=True))


@given(wishes, wishes)
def test_a_difference_goes_both_ways(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = ContainerInputs(**one), ContainerInputs(**other)
    assert changed(first, second) == changed(second, first)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"restart": "no"}, {}),
        ({"start": True, "mustRun": True}, {}),
        ({"privileged": False, "envs": [], "labels": []}, {}),
        ({"ports": [{"internal": 80, "protocol": "tcp", "ip": "0.0.0.0"}]}, {"ports": [{"internal": 80}]}),
        ({"image": "docker.io/library/nginx:latest"}, {"image": "nginx"}),
        ({"cpus": "0.50"}, {"cpus": "0.5"}),
        (
            {"healthcheck": {"tests": ["CMD", "x"], "interval": "1m30s"}},
            {"healthcheck": {"tests": ["CMD", "x"], "interval": "90s", "retries": 0}},
        ),
        ({"capabilities": {"adds": ["CAP_NET_ADMIN"]}}, {"capabilities": {"adds": ["net_admin"]}}),
        (
            {"volumes": [{"containerPath": "/data/", "volumeName": "d", "readOnly": False}]},
            {"volumes": [{"containerPath": "/data", "volumeName": "d"}]},
        ),
    ],
)
def test_other_ways_to_write_the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    wish = {"image": "nginx"}
    assert changed(ContainerInputs(**{**wish, **one}), ContainerInputs(**{**wish, **other})) == []


@pytest.mark.parametrize(
    ("one", "other", "names"),
    [
        ({"command": ["a", "b"]}, {"command": ["b", "a"]}, ["command"]),
        ({"envs": ["A=1"]}, {"envs": ["A=2"]}, ["envs"]),
        ({"ports": [{"internal": 80}]}, {"ports": [{"internal": 80, "protocol": "udp"}]}, ["ports"]),
        ({"start": False}, {}, ["start"]),
        ({"memory": 64, "restart": "always"}, {"memory": 128}, ["memory", "restart"]),
    ],
)
def test_real_differences_are_named(one: dict[str, Any], other: dict[str, Any], names: list[str]) -> None:
    assert changed(ContainerInputs(image="nginx", **one), ContainerInputs(image="nginx", **other)) == names


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("nginx", "docker.io/library/nginx:latest"),
        ("nginx:1.27", "docker.io/library/nginx:1.27"),
        ("shop/web", "docker.io/shop/web:latest"),
        ("ghcr.io/a/b:1", "ghcr.io/a/b:1"),
        ("localhost:5000/web", "localhost:5000/web:latest"),
        ("127.0.0.1:5000/a/b:2", "127.0.0.1:5000/a/b:2"),
        ("nginx@sha256:abc", "docker.io/library/nginx@sha256:abc"),
        ("nginx:1@sha256:abc", "docker.io/library/nginx@sha256:abc"),
        ("sha256:abc", "sha256:abc"),
    ],
)
def test_an_images_full_name(written: str, full: str) -> None:
    assert image_name(written) == full


def test_durations() -> None:
    assert [seconds(text) for text in ("1m30s", "500ms", "0s", "1.5h")] == [90, 0.5, 0, 5400]
    for text in ("", "30", "s", "1 m", "5d"):
        with pytest.raises(ValueError, match="is no duration"):
            seconds(text)


def test_an_input_that_is_not_served_is_named() -> None:
    with pytest.raises(ValueError, match="gpus: Clockwork's own provider does not serve this input"):
        ContainerInputs.model_validate({"image": "nginx", "gpus": "all"})
