"""The claims, a folder for each lesson: its tests, and the payloads that they run in other processes.

A child imports the module that its payload is in, and the packages around it.  Under spawn, importing is most of what
a child costs, so payload modules and these packages import next to nothing.
"""
