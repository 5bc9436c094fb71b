"""What the claims cover: of CPython's tests of multiprocessing, and of the names that its documentation describes.

`cpython_tests.toml` and `documented_names.toml` say what no program can find out.  `docs/coverage.md` is made from
them and from the claims.
"""
