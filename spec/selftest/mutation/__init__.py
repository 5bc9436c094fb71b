"""Mutation of the reference lessons: do the claims notice each small fault?

A mutant is a lesson with one small fault in one place.  A mutant that no test notices is a gap in the claims, or it
shows code that nobody needs, or the fault makes no difference that anybody could see: `equivalent` lists those.

`mutants` makes the mutants of any module, `workspace` runs the tests on them, and `mutate_lessons` decides what to
run.
"""
