"""The claims of the lesson `remote`."""
