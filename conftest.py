"""Load the plugin; everything else is in `spec`."""

pytest_plugins = ["spec.engine.plugin"]
