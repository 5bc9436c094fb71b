"""Where the parts of the project are."""

from __future__ import annotations

from pathlib import Path

SPEC_FOLDER = Path(__file__).parent
"""The package `spec`."""

CLAIMS_FOLDER = SPEC_FOLDER / "claims"
"""The claims, a folder for each lesson."""

DEFECTS_FOLDER = SPEC_FOLDER / "selftest" / "defects"
"""The broken implementations that the claims must notice."""

ROOT = SPEC_FOLDER.parent
"""The checkout."""
