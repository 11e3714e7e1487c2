"""Ports as people write them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clockwork.containers.ports import PROTOCOLS, Port, parse_port

numbers = st.integers(1, 65535)
ports = st.builds(
    Port,
    container=numbers,
    host=st.none() | numbers,
    address=st.just("") | st.ip_addresses().map(str),
    protocol=st.sampled_from(PROTOCOLS),
)


@given(ports)
def test_a_port_is_read_back_from_its_text(port: Port) -> None:
    assert parse_port(str(port)) == port


@given(st.text(alphabet="0189:./[]-tcpudx% ", max_size=24))
def test_any_text_is_a_port_or_an_error_that_shows_the_text(text: str) -> None:
    read = _read(text)
    if isinstance(read, Port):
        assert parse_port(str(read)) == read
    else:
        assert repr(text) in read


def _read(text: str) -> Port | str:
    try:
        return parse_port(text)
    except ValueError as error:
        return str(error)


@pytest.mark.parametrize(
    ("text", "port"),
    [
        ("80", Port(80)),
        ("8080:80", Port(80, 8080)),
        ("127.0.0.1:8080:80/udp", Port(80, 8080, "127.0.0.1", "udp")),
        ("[::1]:80:80", Port(80, 80, "::1")),
        ("[0:0::1]:80:80/TCP", Port(80, 80, "::1")),
        ("127.0.0.1::80", Port(80, None, "127.0.0.1")),
        ("53/udp", Port(53, protocol="udp")),
    ],
)
def test_the_forms_people_write(text: str, port: Port) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("", "a port is missing"),
        ("web", "'web' is not a port between 1 and 65535"),
        ("8080:", "a port is missing"),
        (":80", "no host port before the colon"),
        ("0:80", "port 0 is not between 1 and 65535"),
        ("80:65536", "port 65536 is not between 1 and 65535"),
        ("8000-8002:8000-8002", "'8000-8002' is a range; write each port on its own"),
        ("localhost:80:80", "'localhost' is not an IP address of the host"),
        ("::1:80:80", "write an IPv6 address in brackets"),
        ("[::1]:80", "an IPv6 address is written [ADDRESS]:HOST:CONTAINER"),
        ("::80", "has no address before the first colon"),
        ("80/", "protocol '' is not one of tcp, udp, sctp"),
        ("80/http", "protocol 'http' is not one of tcp, udp, sctp"),
        ("80 ", "'80 ' is not a port"),
        ("²", "'²' is not a port"),
    ],
)
def test_an_error_says_what_is_wrong(text: str, wrong: str) -> None:
    with pytest.raises(ValueError, match=re.escape(wrong)):
        parse_port(text)


def test_a_port_that_cannot_be_is_refused_where_it_is_made() -> None:
    with pytest.raises(ValueError, match="port 70000 is not between"):
        Port(70000)
