"""The claims of the lesson `queue`."""
