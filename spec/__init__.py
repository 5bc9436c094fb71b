"""The specification: what is true of process-based concurrency in Python, as tests that can fail."""
