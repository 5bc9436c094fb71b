"""The claims of the lesson `lifecycle`."""
