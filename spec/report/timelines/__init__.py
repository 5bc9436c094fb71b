"""Timelines: what each process of a program did, as the kernel shows it."""
