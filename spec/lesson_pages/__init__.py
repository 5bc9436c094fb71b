"""The pages of the lessons in the documentation: a Sphinx extension, and what it shows.

`sphinx_extension` and `repository_links` need Sphinx, which the extra ``docs`` installs.  The other modules do not.
"""
