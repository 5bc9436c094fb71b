"""The claims of the lesson `values`."""
