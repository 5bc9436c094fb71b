"""The claims of the lesson `barrier`."""
