"""Load the plugins; everything else is in `spec`."""

pytest_plugins = ["spec.engine.plugin", "spec.report.report_plugin"]
