"""The claims of the lesson `pool`."""
