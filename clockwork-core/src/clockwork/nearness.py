"""How near an endpoint stands, told by its address alone; nothing is looked up."""

from __future__ import annotations

import ipaddress
from enum import Enum
from urllib.parse import urlsplit

_OF_A_NETWORK = (".local", ".internal", ".lan")


class Nearness(Enum):
    """Where an endpoint stands.

    Attributes:
        HERE: On this machine: nothing that is said to it leaves it.
        NETWORK: On a private network, as it seems: a name without a public domain is a guess.
        ELSEWHERE: Anywhere else.
    """

    HERE = "here"
    NETWORK = "network"
    ELSEWHERE = "elsewhere"


def nearness(base_url: str) -> Nearness:
    """Tell how near an endpoint stands.

    A key is withheld from all but this machine; how a model is asked, and how often at once, follows from
    whether something small serves on this machine or its network.

    Args:
        base_url: The endpoint's address.
    """
    try:
        host = urlsplit(base_url).hostname or ""
    except ValueError:
        return Nearness.ELSEWHERE
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _of_name(host)
    if address.is_loopback:
        return Nearness.HERE
    return Nearness.ELSEWHERE if address.is_global else Nearness.NETWORK


def is_here(base_url: str) -> bool:
    """Tell whether an endpoint stands on this machine."""
    return nearness(base_url) is Nearness.HERE


def is_near(base_url: str) -> bool:
    """Tell whether an endpoint stands on this machine or on its network."""
    return nearness(base_url) is not Nearness.ELSEWHERE


def _of_name(host: str) -> Nearness:
    if host == "localhost" or host.endswith(".localhost"):
        return Nearness.HERE
    is_private = "." not in host or host.endswith(_OF_A_NETWORK)
    return Nearness.NETWORK if is_private else Nearness.ELSEWHERE
