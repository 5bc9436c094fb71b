"""The claims of the lesson `event`."""
