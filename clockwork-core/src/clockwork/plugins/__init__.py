"""Finding, loading, asking and listing plugins.

``manager`` is what the rest of Clockwork uses; ``builtin`` is core's own behaviour, a plugin
like any other; ``entry_points`` imports what is installed; ``lookup`` finds a resource type by
its name.
"""
