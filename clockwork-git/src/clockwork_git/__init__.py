"""Git repositories for Clockwork: :class:`~clockwork_git.resource.GitRepoResource`."""
