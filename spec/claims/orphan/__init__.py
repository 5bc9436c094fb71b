"""The claims of the lesson `orphan`."""
