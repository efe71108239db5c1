"""The story in a page: actors, timeline, pledges, disagreements, voices, doubts, sources, each line with its evidence.

``gathering`` asks the store and chooses, ``writing`` makes HTML and Markdown of it.
"""

from __future__ import annotations

from graph.digest.gathering import MOST, gather
from graph.digest.pages import Chapter, Digest, Entry, form_of

__all__ = ["MOST", "Chapter", "Digest", "Entry", "form_of", "gather"]
