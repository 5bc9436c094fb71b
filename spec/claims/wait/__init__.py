"""The claims of the lesson `wait`."""
