"""Broken packages of lessons.  Each module has the packages in which the lesson of that name has a fault."""
