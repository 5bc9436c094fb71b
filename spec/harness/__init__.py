"""Tools that watch processes without the help of the API under test; the claims are built on them.

No module of this package uses the queues, locks or pipes of a multiprocessing API.  None of them knows a claim.
"""
