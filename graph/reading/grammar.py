"""Questions that the reading steps ask of the parse, so that no rule speaks label strings.

Labels are Universal Dependencies; ``language`` translates other schemes before any step sees them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from graph.documents import Span
from graph.model import Token

CLAUSES = frozenset({"ccomp", "xcomp", "advcl", "acl", "acl:relcl", "csubj", "csubj:pass", "parataxis"})
SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer", "csubj", "csubj:pass", "csubj:outer"})
OBLIQUES = frozenset({"obl", "obl:agent", "obl:npmod", "obl:tmod", "obl:unmarked", "nmod", "nmod:npmod", "nmod:desc"})


class Tree:
    """The dependency trees of a document: what hangs on what. Built in one pass over the tokens."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self._children: list[list[int]] = [[] for _ in tokens]
        for token in tokens:
            if token.head != token.index:
                self._children[token.head].append(token.index)

    def children(self, token: Token, *deps: str) -> list[Token]:
        """Direct dependents in text order, all or only those with one of these labels (subtypes not included)."""
        found = (self.tokens[i] for i in self._children[token.index])
        return [t for t in found if not deps or t.dep in deps]

    def child(self, token: Token, *deps: str) -> Token | None:
        return next(iter(self.children(token, *deps)), None)

    def head(self, token: Token) -> Token | None:
        """What the token hangs on; None for a root."""
        return None if token.head == token.index else self.tokens[token.head]

    def ancestors(self, token: Token) -> Iterator[Token]:
        """From the head up to the root."""
        above = self.head(token)
        while above is not None:
            yield above
            above = self.head(above)

    def subtree(self, token: Token, *, without: frozenset[str] = frozenset()) -> list[Token]:
        """The token and all below it in text order, leaving out direct branches whose label is in ``without``."""
        found, stack = [token], [t for t in self.children(token) if t.dep not in without]
        while stack:
            at = stack.pop()
            found.append(at)
            stack.extend(self.children(at))
        return sorted(found, key=lambda t: t.index)

    def span(self, token: Token, *, without: frozenset[str] = frozenset()) -> Span:
        """The characters of the contiguous part of the subtree around the token."""
        below = {t.index for t in self.subtree(token, without=without)}
        first = last = token.index
        while first - 1 in below:
            first -= 1
        while last + 1 in below:
            last += 1
        return Span(self.tokens[first].span.start, self.tokens[last].span.end)

    def subject(self, verb: Token) -> Token | None:
        """The grammatical subject of a clause, active or passive, of the verb itself."""
        return self.child(verb, *sorted(SUBJECTS))

    def is_passive(self, verb: Token) -> bool:
        return any(t.dep in {"nsubj:pass", "aux:pass", "csubj:pass"} for t in self.children(verb))

    def objects(self, verb: Token) -> list[Token]:
        return self.children(verb, "obj", "iobj")

    def obliques(self, token: Token) -> list[tuple[str, Token]]:
        """Prepositional and bare obliques or nominal modifiers, each with its lower-case preposition ("" if bare)."""
        found = [t for t in self.children(token) if t.dep in OBLIQUES]
        return [(self.preposition(t), t) for t in found]

    def preposition(self, noun: Token) -> str:
        """The preposition before a noun, fixed parts joined ("according to"), in lower case; "" if there is none."""
        case = self.child(noun, "case")
        if case is None or case.tag == "POS":
            return ""
        return " ".join([case.text, *(t.text for t in self.children(case, "fixed"))]).lower()

    def possessor(self, noun: Token) -> Token | None:
        return self.child(noun, "nmod:poss")

    def conjuncts(self, token: Token) -> list[Token]:
        """The other members of a coordination whose first member the token is."""
        return self.children(token, "conj")

    def auxiliaries(self, verb: Token) -> list[Token]:
        return self.children(verb, "aux", "aux:pass")

    def modal(self, verb: Token) -> str:
        """The modal auxiliary in lower case ("would", "will" for "'ll"), or ""."""
        short = {"'ll": "will", "’ll": "will", "'d": "would", "’d": "would", "ca": "can", "wo": "will", "sha": "shall"}
        found = next((t for t in self.auxiliaries(verb) if t.tag == "MD"), None)
        return "" if found is None else short.get(found.text.lower(), found.text.lower())

    def is_negated(self, token: Token) -> bool:
        """A negating word hangs directly on the token ("not", "never", "no one" …)."""
        negators = {"not", "n't", "n’t", "never", "no", "neither", "nor"}
        return any(t.text.lower() in negators for t in self.children(token) if t.dep in {"advmod", "det", "cc:preconj"})

    def marker(self, clause: Token) -> str:
        """The word that opens a subordinate clause ("that", "if", "whether", "to"), in lower case, or ""."""
        mark = self.child(clause, "mark")
        return "" if mark is None else mark.text.lower()
