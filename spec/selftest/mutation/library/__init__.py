"""Mutation of a real library: do the claims notice each small fault of it?

The claims are made for libraries, and so are the mutants here.  An installed library is copied, one place of the copy
is changed, and the claims that reach the place are run on the copy, beginning with the cheapest.  The library's own
tests can be run on the same mutants.

`copies` copies the library, `reach` finds out which tests reach which lines, `drawing` draws mutants, `suites` runs
tests, `judgements` has what was found out about survivors by hand, `results` keeps what was seen, and `command` ties
these together.
"""
