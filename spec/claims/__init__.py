"""The claims: a folder for each lesson, with its tests and the payloads that the tests run in other processes.

A child imports the module that contains its payload, and the packages around that module.  Under spawn, a child
spends most of its time on imports, so payload modules and these packages import as little as possible.
"""
