"""What the claims run in children.

A child imports the module that its payload is in, so these modules import next to nothing: under spawn, importing
is most of what a child costs.  What is there for its type only is imported by the type checker only.
"""
