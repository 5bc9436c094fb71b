"""Mutate the reference lessons, and see whether the suite notices: ``python -m spec.selftest.mutation``.

A mutant is the reference with one small fault in one place.  One that nobody notices is a gap in the suite, or code
that is not needed; or the fault makes no difference that anybody could see, and `equivalent` says why.
"""
