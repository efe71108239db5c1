"""What can go wrong, in two classes: one article failed and the run goes on, or the run cannot go on.

WhodidError                 base of all; its text names the thing, the place, and what would be right
├── ArticleError            this one article could not be read; the others go on
│   ├── SourceError         its bytes could not be had (missing file, refused address, too large, …)
│   └── LanguageError       it is not in a language that the pipeline reads
├── UsageError              what was asked for does not exist or lacks a part (unknown query, bad date)
├── QueryError              a SPARQL query does not parse, breaks a rule of safety, or ran out of its limits
├── StoreError              the store is in use, of another version, or not a store
└── ModelError              the language pipeline is missing or does not fit
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.documents import Document


class WhodidError(Exception):
    """Base of every error that this package raises on purpose."""


class ArticleError(WhodidError):
    """One article could not be read; a run notes it and goes on with the next."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.where = where
        self.why = why

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


class SourceError(ArticleError):
    """The bytes of an article could not be had, or are not what they say."""


class LanguageError(ArticleError):
    """The article is written in a language that the pipeline does not read; ``document`` is what was found of it."""

    def __init__(self, where: str, why: str, document: Document) -> None:
        super().__init__(where, why)
        self.args = (where, why, document)
        self.document = document


class UsageError(WhodidError):
    """What was asked for does not exist, or a part of the question is missing."""


class QueryError(WhodidError):
    """A query does not parse, does what queries must not do, or ran past its limits."""


class StoreError(WhodidError):
    """The store cannot be opened or written."""


class ModelError(WhodidError):
    """The language pipeline cannot be loaded, or lacks what the reading needs."""
