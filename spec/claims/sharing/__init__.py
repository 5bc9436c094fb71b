"""The claims of the lesson `sharing`."""
