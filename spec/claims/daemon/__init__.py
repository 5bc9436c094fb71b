"""The claims of the lesson `daemon`."""
