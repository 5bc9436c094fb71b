"""The claims of the lesson `isolation`."""
