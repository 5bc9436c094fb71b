"""What pip installs: the command line of the specification, and the specification itself, in the folder `suite`.

A checkout has `spec` and `impl` at its top.  Packages with such names do not belong at the top of a user's
site-packages, so the wheel has them in `suite`, and only a run of the command line can import them.
"""
