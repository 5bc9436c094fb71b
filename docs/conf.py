"""The configuration of the documentation: `tox -e docs` builds it, in English and in Chinese."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

project = "multiprocessing-spec"
copyright = "the authors of multiprocessing-spec"
language = "en"

extensions = ["myst_parser", "spec.lesson_pages.sphinx_extension"]
exclude_patterns = ["locale"]
nitpicky = True
suppress_warnings = ["myst.header"]  # docs/fork-to-forkserver.md is a part of the output of `python -m spec diff`

myst_heading_anchors = 4
myst_links_external_new_tab = False

lesson_pages_repository = "https://github.com/OWNER/multiprocessing-spec"

# A catalogue for each page, as pages are translated one by one.  Line numbers would change with every edit.
locale_dirs = ["locale"]
gettext_compact = False
gettext_location = False
gettext_uuid = False

html_theme = "furo"
html_title = "multiprocessing-spec"
html_static_path = ["_static"]
html_css_files = ["lessons.css"]
templates_path = ["_templates"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options: dict[str, list[str]] = {"top_of_page_buttons": []}
html_context = {
    # The other language: the folder of its pages, seen from the root of those in this language, and its name.
    "other_languages": {"en": ("zh/", "zh-CN", "中文"), "zh-CN": ("../", "en", "English")},
}
