"""The claims of the lesson `joinable`."""
