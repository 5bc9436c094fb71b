"""Make one file of a piece of code and of all that it reaches in this project: see `spec.report.bundling.bundle`."""
