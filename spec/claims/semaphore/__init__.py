"""The claims of the lesson `semaphore`."""
