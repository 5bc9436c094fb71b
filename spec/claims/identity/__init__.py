"""The claims of the lesson `identity`."""
