"""Mutation of a real library: do the claims notice each small fault of it?

The claims are made for libraries, and so are the mutants here.  An installed library is copied, one place of the copy
is changed, and the claims that reach the place are run on the copy, beginning with the cheapest.  The library's own
tests can be run on the same mutants.

`copies` copies the library, `line_coverage` finds out which tests reach which lines, `drawing` draws mutants,
`suites` runs tests, `mutant_trial` runs them on several mutants at once, `judgements` has what was found out about
survivors by hand, `results` keeps what was seen, and `mutate_library` ties these together.
"""
