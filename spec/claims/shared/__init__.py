"""Payloads that the claims of several lessons run in other processes.

What is imported for annotations only is imported by the type checker only: see `spec.claims`.
"""
