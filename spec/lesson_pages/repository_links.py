"""Links of pages to what is in the repository, and in no page, lead to the repository.

The documents are read on GitHub too, so their links are paths such as ``../spec/CLAIMS.md``.  Some pages show a file
from the root of the repository, whose links begin there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Optional

from docutils import nodes
from sphinx import addnodes
from sphinx.config import Config
from sphinx.transforms import SphinxTransform

from spec.paths import ROOT

PAGES = {"CONTRIBUTING.md": "contributing", "CHANGELOG.md": "changelog", "docs/decisions": "decisions/index"}
"""What a page shows under another name, by its path from the root of the repository."""


def address(config: Config, path: str) -> str:
    """Return the address of what is at *path*, from the root of the repository; a line may follow as ``#L7``."""
    kind = "tree" if (ROOT / path).is_dir() else "blob"
    return f"{config.lesson_pages_repository}/{kind}/main/{path}"


def path_in_repository(target: str, folders: Iterable[Path]) -> Optional[str]:
    """Return the path from the root of the repository of what *target* is.

    Args:
        target: a path as a link has it.
        folders: those in which it may begin.

    Returns:
        None if there is no such file or folder in the repository.
    """
    for folder in folders:
        found = (folder / target).resolve()
        if found.exists() and ROOT in found.parents:
            return found.relative_to(ROOT).as_posix()
    return None


class RepositoryLinks(SphinxTransform):
    """Let links to files that are no pages lead to the repository."""

    default_priority = 30  # after texts are translated (20), and before files that links lead to are copied (880)

    def apply(self, **_arguments: Any) -> None:
        """Replace the links of a page."""
        for link in [*self._links()]:
            path, _, part = self._target(link).partition("#")
            if path:
                page = PAGES.get(path) or self._page(path)
                link.replace_self(_to_page(link, page, part) if page else self._to_repository(link, path, part))

    def _links(self) -> Iterator[nodes.Element]:
        """Yield the links by path that MyST has not found a page for."""
        for kind in (addnodes.pending_xref, addnodes.download_reference):
            for link in self.document.findall(kind):
                is_page = link.get("refdomain") == "doc" and link["reftarget"] in self.env.found_docs
                if link.get("reftype") == "myst" and not is_page:
                    yield link

    def _target(self, link: nodes.Element) -> str:
        """Return what *link* leads to, from the root of the repository; an empty text if that is not there."""
        if link.get("refdomain") == "doc":  # MyST has taken the suffix off, and taken the path from the source folder
            target, part, folders = f"{link['reftarget']}.md", link.get("reftargetid") or "", [Path(self.env.srcdir)]
        else:
            target, _, part = str(link["reftarget"]).partition("#")
            folders = [Path(self.env.doc2path(self.env.docname)).parent, ROOT]
        path = path_in_repository(target, folders) if target else None
        return f"{path}#{part}" if path else ""

    def _page(self, path: str) -> Optional[str]:
        """Return the name of the page that shows the file at *path*, if one does."""
        page = self.env.path2doc(str(ROOT / path))
        return page if page in self.env.found_docs else None

    def _to_repository(self, link: nodes.Element, path: str, part: str) -> nodes.reference:
        uri = address(self.config, path) + (f"#{part}" if part else "")
        return nodes.reference("", "", *link.children, refuri=uri, internal=False)


def _to_page(link: nodes.Element, page: str, part: str) -> addnodes.pending_xref:
    return addnodes.pending_xref(
        "",
        *link.children,
        refdomain="doc",
        reftype="myst",
        reftarget=page,
        reftargetid=part or None,
        refdoc=link["refdoc"],
        refexplicit=link["refexplicit"],
    )
