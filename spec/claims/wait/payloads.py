"""What the claims of the lesson `wait` run in children."""

from __future__ import annotations
