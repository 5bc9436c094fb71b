"""Payloads that the claims of several lessons run in other processes.

Names that only annotations need are imported only for the type checker: `spec.claims` says why.
"""
