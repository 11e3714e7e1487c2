"""Networks and volumes of Apple's containers: made, adopted, refused, removed."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from clockwork.errors import ProviderError
from clockwork_apple_container.provider import Network, Volume
from support.apple import AppleCalls, Machine, wish
from support.fake_container.machine import FakeContainer

run = asyncio.run
NETWORK = Network.Inputs(name="cwtest-back")
VOLUME = Volume.Inputs(name="cwtest-data")


def listed(machine: Machine, kind: str) -> list[str]:
    return [name for name in machine(kind, "list", "-q").split() if name.startswith("cwtest-")]


def test_a_network_is_made_used_and_removed(machine: Machine, calls: AppleCalls) -> None:
    run(calls.network().check(NETWORK, None))
    state = run(calls.network().create(NETWORK))
    assert state.subnet.endswith("/24")
    assert state.gateway
    assert not run(calls.network().diff(state, NETWORK, NETWORK)).changes
    container = run(calls.container().create(wish(networks=["cwtest-back"])))
    with pytest.raises(ProviderError, match="cwtest-back cannot be removed: cwtest-web refers to it"):
        run(calls.network().delete(state))
    run(calls.container().delete(container))
    run(calls.network().delete(state))
    run(calls.network().delete(state))
    assert listed(machine, "network") == []


def test_a_volume_is_made_used_and_removed(machine: Machine, calls: AppleCalls) -> None:
    wanted = Volume.Inputs(name="cwtest-data", size="1G")
    run(calls.volume().check(wanted, None))
    state = run(calls.volume().create(wanted))
    assert state.size_in_bytes == 1024**3
    assert not run(calls.volume().diff(state, wanted, wanted)).changes
    container = run(calls.container().create(wish(volumes=["cwtest-data:/data"])))
    with pytest.raises(ProviderError, match="cwtest-data cannot be removed: cwtest-web refers to it"):
        run(calls.volume().delete(state))
    run(calls.container().delete(container))
    run(calls.volume().delete(state))
    run(calls.volume().delete(state))
    assert listed(machine, "volume") == []


def test_a_changed_network_is_made_anew_before_others_use_it(machine: Machine, calls: AppleCalls) -> None:
    state = run(calls.network().create(NETWORK))
    other = Network.Inputs(name="cwtest-back", internal=True)
    diff = run(calls.network().diff(state, NETWORK, other))
    assert (list(diff.changes), diff.replaces, diff.delete_first) == (["internal"], True, True)
    renamed = run(calls.network().diff(state, NETWORK, Network.Inputs(name="cwtest-b2")))
    assert (list(renamed.changes), renamed.delete_first) == (["name"], False)


def test_a_volume_of_another_size_would_lose_its_data(machine: Machine, calls: AppleCalls) -> None:
    other = Volume.Inputs(name="cwtest-data", size="1G")
    with pytest.raises(ProviderError, match="cannot change its size and keep its data") as refused:
        run(calls.volume().check(other, VOLUME))
    assert refused.value.field == "size"
    state = run(calls.volume().create(VOLUME))
    diff = run(calls.volume().diff(state, VOLUME, other))
    assert (diff.replaces, diff.delete_first) == (True, True)


def test_what_vanished_is_made_again(machine: Machine, calls: AppleCalls) -> None:
    network, volume = run(calls.network().create(NETWORK)), run(calls.volume().create(VOLUME))
    machine("network", "delete", "cwtest-back")
    machine("volume", "delete", "cwtest-data")
    assert run(calls.network().read(network)) is None
    assert run(calls.volume().read(volume)) is None
    for diff in (
        run(calls.network().diff(network, NETWORK, NETWORK)),
        run(calls.volume().diff(volume, VOLUME, VOLUME)),
    ):
        assert diff.changes["name"].drift
        assert not diff.replaces
    run(calls.network().update(network, NETWORK))
    run(calls.volume().update(volume, VOLUME))
    assert listed(machine, "network") == ["cwtest-back"]
    assert "with its data" in calls.notes[-1]


def test_somebody_elses_network_and_volume_are_never_touched(machine: Machine, calls: AppleCalls) -> None:
    machine("network", "create", "cwtest-back")
    machine("volume", "create", "cwtest-data")
    for attempt in (
        calls.network().check(NETWORK, None),
        calls.network().create(NETWORK),
        calls.volume().check(VOLUME, None),
        calls.volume().create(VOLUME),
    ):
        with pytest.raises(ProviderError, match="this stack did not make it") as refused:
            run(attempt)
        assert "delete cwtest-" in str(refused.value.hint)
    run(calls.network().delete(Network.State(name="cwtest-back", generation="0")))
    run(calls.volume().delete(Volume.State(name="cwtest-data", generation="0")))
    assert listed(machine, "network") == ["cwtest-back"]
    assert listed(machine, "volume") == ["cwtest-data"]


def test_what_a_killed_run_made_is_adopted_or_discarded(machine: Machine, calls: AppleCalls) -> None:
    network, volume = run(calls.network().create(NETWORK)), run(calls.volume().create(VOLUME))
    after = calls.next_run()
    assert run(after.network().create(NETWORK)) == network
    assert run(after.volume().create(VOLUME)) == volume
    for name, discarding in (("network", calls.network()), ("volume", calls.volume())):
        made = network if name == "network" else volume
        claim = calls.journal.holds(f"apple {name}", made.generation)
        assert claim is not None
        run(discarding.discard(claim))
    assert listed(machine, "network") == listed(machine, "volume") == []


def test_a_volume_of_a_killed_run_keeps_its_size(machine: Machine, calls: AppleCalls) -> None:
    run(calls.volume().create(VOLUME))
    with pytest.raises(ProviderError, match="is there already and holds"):
        run(calls.next_run().volume().create(Volume.Inputs(name="cwtest-data", size="1G")))


def test_a_volume_never_passes_on_to_another_address(machine: Machine, calls: AppleCalls) -> None:
    """The engine would remove it afterwards with its data, as the old address's."""
    run(calls.volume("data").create(VOLUME))
    for attempt in (calls.volume("files").check(VOLUME, None), calls.volume("files").create(VOLUME)):
        with pytest.raises(ProviderError, match="was made by the resource data"):
            run(attempt)


def test_networks_need_macos_26(fake: FakeContainer, calls: AppleCalls) -> None:
    fake.turn(macos=15)
    with pytest.raises(ProviderError, match="need macOS 26 or newer"):
        run(calls.network().check(NETWORK, None))


def test_wrong_sizes_and_subnets_are_refused() -> None:
    with pytest.raises(ValidationError, match="no IPv4 network"):
        Network.Inputs(name="back", subnet="10.9.0.1/24")
    with pytest.raises(ValidationError, match="size"):
        Volume.Inputs(name="data", size="much")
