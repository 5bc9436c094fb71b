"""What a script that reproduces a violation has in place of what the suite has.

A script runs one claim, once, for somebody who reads it.  So it needs neither pytest nor Hypothesis, and it watches
processes by shorter code, which may poll, has no deadlines of its own, and notes no roles for a report.
`spec.report.scripts` says what stands for what.  A stand-in has the name of the module in `spec.harness` that it
replaces; `running` and `stateful` replace no module there.
"""
