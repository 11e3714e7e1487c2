"""Apple's containers for Clockwork: :class:`~clockwork_apple_container.resource.AppleContainerResource`."""
