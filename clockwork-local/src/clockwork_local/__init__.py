"""A language model inside Clockwork: :class:`~clockwork_local.model.LocalModel`."""
