"""The claims of the lesson `zombie`."""
