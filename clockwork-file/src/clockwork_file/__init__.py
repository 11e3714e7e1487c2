"""Files for Clockwork: :class:`~clockwork_file.resource.FileResource`."""
