"""What the suite costs, against the bare cost of the processes that it starts: ``python -m spec.tools.cost``."""
