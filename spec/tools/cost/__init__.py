"""The cost of the suite, compared with the cost of starting and joining the same number of trivial processes."""
