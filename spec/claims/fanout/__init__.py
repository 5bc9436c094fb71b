"""The claims of the lesson `fanout`."""
