"""A package that can be run as a program."""
