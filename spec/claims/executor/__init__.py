"""The claims of the lesson `executor`."""
