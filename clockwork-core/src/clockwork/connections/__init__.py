"""Ways to connect a resource to others: what each needs of the other is filled in by itself.

``web.connect(db)`` alone is order. A connection is more: it says what the other is good for::

    web.connect(Database(to=db, password=password), File(to=site, at="/www"), Network(to=db, name="shop"))

Each puts references and secrets into the resource's own fields: all that it does stands in the plan.
"""

from __future__ import annotations

from clockwork.connections.base import Connection, add_gate, add_to_list, add_variable, address_of, host_of
from clockwork.connections.containers import File, Network, Service
from clockwork.connections.databases import Database

__all__ = [
    "Connection",
    "Database",
    "File",
    "Network",
    "Service",
    "add_gate",
    "add_to_list",
    "add_variable",
    "address_of",
    "host_of",
]
