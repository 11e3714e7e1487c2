"""Ports of this machine: claimed, taken, free."""

from __future__ import annotations

import socket

import pytest

from clockwork.containers.host_ports import claim_on, claimed_port, is_free
from clockwork.containers.ports import Port, parse_port
from support.services import free_port


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("8080:80", "host port 8080/tcp"),
        ("0.0.0.0:8080:81", "host port 8080/tcp"),
        ("127.0.0.1:53:53/udp", "host port 127.0.0.1:53/udp"),
        ("[::1]:53:53/udp", "host port [::1]:53/udp"),
        ("80", None),
    ],
)
def test_a_port_of_the_machine_is_claimed(text: str, claim: str | None) -> None:
    port = parse_port(text)
    assert claim_on(port) == claim
    if claim is not None:
        assert claimed_port(claim) == (port.host, port.protocol)


def test_other_claims_are_no_ports() -> None:
    assert claimed_port("file /srv/host port 80/tcp") is None


@pytest.mark.parametrize("address", ["", "127.0.0.1", "0.0.0.0"])
def test_a_port_that_somebody_listens_on_is_not_free(address: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        assert not is_free(Port(80, number, address))
        assert is_free(Port(80, number, "127.0.0.2"))
        assert is_free(Port(80, number, address, "udp"))
    assert is_free(Port(80, number, address))


def test_a_port_whose_connections_just_ended_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        number = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", number))
        served, _peer = server.accept()
        served.close()
        client.close()
    assert is_free(Port(80, number))


def test_what_cannot_be_tried_counts_as_free() -> None:
    assert is_free(Port(80))
    assert is_free(Port(80, free_port(), protocol="sctp"))
    assert is_free(Port(80, free_port(), "203.0.113.1"))
