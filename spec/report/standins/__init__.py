"""What a script that reproduces a violation has in place of what the suite has.

A script runs one claim, once, for somebody who reads it.  So it has no pytest and no Hypothesis around it, and shorter
forms of what watches processes: they may poll, have no deadlines of their own, and tell no report who is who.
`spec.report.scripts` says what stands for what.
"""
