"""Docker for Clockwork: containers, networks, volumes and images."""
