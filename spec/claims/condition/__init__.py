"""The claims of the lesson `condition`."""
