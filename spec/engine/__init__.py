"""The pytest plugin that verifies the claims: targets, lessons, a stage for each claim, verdicts."""
