"""What plugins for containers need alike: ports, mounts, environments and names as people write them."""
