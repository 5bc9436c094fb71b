"""The tests of the spec itself: ``pytest spec/selftest``."""
