"""What the claims stand on: tools that watch processes without the help of what is under test.

Nothing here uses the queues, locks or pipes of a multiprocessing API, and nothing here knows a claim.
"""
