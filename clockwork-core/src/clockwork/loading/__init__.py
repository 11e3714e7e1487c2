"""From the user's file to a list of resources with addresses."""
