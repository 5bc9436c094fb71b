"""The claims of the lesson `shared_memory`."""
