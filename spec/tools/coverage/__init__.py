"""What the claims cover: of CPython's tests, of those of libraries, and of the names that Python's pages describe.

`cpython_tests.toml`, `loky_tests.toml`, `billiard_tests.toml` and `documented_names.toml` say what no program can
find out.  `docs/coverage.md` and `docs/coverage-of-libraries.md` are made from them and from the claims.
"""
