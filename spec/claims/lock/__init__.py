"""The claims of the lesson `lock`."""
