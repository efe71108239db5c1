"""Who does what to whom, as grammar says it: the logical subjects and objects of verbs and event nouns.

Passives, relative clauses, control and raising, participles and coordination are undone here, so that whoever asks gets
tokens that are words of the text, whatever the sentence did with them.
"""

from __future__ import annotations

from graph.model import Token
from graph.reading import kinds
from graph.reading.grammar import Tree

RELATIVES = frozenset({"who", "whom", "which", "that"})
SUBJECT_CONTROL = frozenset({"promise", "threaten", "vow", "pledge", "swear", "agree"})
_OBJECT_CONTROL = frozenset(
    [
        "allow",
        "force",
        "permit",
        "urge",
        "order",
        "tell",
        "persuade",
        "compel",
        "oblige",
        "enable",
        "authorise",
        "authorize",
    ]
)
_OBJECT_CONTROL_MARKS = frozenset({"of", "from", "for", "into", "against"})
_BARE_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer"})


class Arguments:
    """Logical arguments of the words of one document. Every answer is worked out once, so cost grows with the words."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._subjects: dict[int, Token | None] = {}
        self._passives: dict[int, bool] = {}
        self.relatives: dict[tuple[int, int], Token] = {}

    def doers(self, verb: Token) -> list[Token]:
        """Who acts: the subject of an active clause, the by-phrase of a passive one, each with its conjuncts."""
        if self.is_passive(verb):
            return self.group(self._by_phrase(verb))
        return self.group(self.subject(verb))

    def undergoers(self, verb: Token) -> list[Token]:
        """What is acted on: direct objects, the subject of a passive, the antecedent of an object relative."""
        if self.is_passive(verb):
            own = (g for t in self.tree.children(verb, "obj") for g in self.group(t))
            return [*self.group(self.subject(verb)), *own]
        found = [g for t in self.tree.children(verb, "obj") for g in self.group(self.resolved(t))]
        return found or self.group(self._gap(verb) or self._shared_object(verb))

    def receivers(self, verb: Token) -> list[Token]:
        """Indirect objects without a preposition."""
        return [g for t in self.tree.children(verb, "iobj") for g in self.group(self.resolved(t))]

    def subject(self, word: Token) -> Token | None:
        """The grammatical subject of a clause, found where the clause itself leaves it out."""
        if word.index not in self._subjects:
            self._subjects[word.index] = None
            self._subjects[word.index] = self._find_subject(word)
        return self._subjects[word.index]

    def is_passive(self, verb: Token) -> bool:
        if verb.index not in self._passives:
            self._passives[verb.index] = False
            self._passives[verb.index] = self._find_passive(verb)
        return self._passives[verb.index]

    def resolved(self, token: Token) -> Token:
        """The antecedent of a relative pronoun; any other token is itself."""
        if token.lemma.lower() in RELATIVES and token.tag in {"WDT", "WP", "IN", "WP$"}:
            clause = next((t for t in self.tree.ancestors(token) if t.dep == "acl:relcl"), None)
            above = clause and self.tree.head(clause)
            if above is not None:
                self.relatives[token.head, above.index] = token
                return above
        return token

    def group(self, token: Token | None) -> list[Token]:
        """The token and the words coordinated with it, if they are nouns too."""
        if token is None:
            return []
        others = [t for t in self.tree.conjuncts(token) if t.pos in {"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET"}]
        return [token, *others]

    # Subjects

    def _find_subject(self, word: Token) -> Token | None:
        own = self.tree.subject(word) or self._inverted(word)
        if own is not None:
            return self.resolved(own)
        above = self.tree.head(word)
        if above is None:
            return None
        if word.dep == "conj":
            return self.subject(above) if self._is_predicate(above) else None
        if word.dep == "acl":
            return self._of_adnominal(word, above)
        if word.dep == "acl:relcl":
            return above if not self.tree.child(word, "obj") or word.tag in {"VBG", "VBN"} else None
        if word.dep == "xcomp":
            return self._controller(word, above)
        if word.dep in {"advcl", "obl", "parataxis"}:
            return self._of_adverbial(word, above)
        return None

    def _inverted(self, verb: Token) -> Token | None:
        """The speaker after the verb ("…, said the minister"), where the parse takes it for something else."""
        said = self.tree.child(verb, "ccomp", "parataxis")
        if said is None or said.index > verb.index or verb.pos != "VERB":
            return None
        after = [
            *self.tree.children(verb, "obj", "vocative", "dep", "obl:unmarked"),
            *self.tree.children(said, "vocative"),
        ]
        names = [t for t in after if t.index > verb.index and t.pos in {"NOUN", "PROPN"}]
        return next((t for t in names if self.tree.span(t).start <= verb.span.end + 2), None)

    def _is_predicate(self, token: Token) -> bool:
        return token.pos in {"VERB", "AUX"} or self.tree.child(token, "cop") is not None or token.dep == "xcomp"

    def _of_adnominal(self, clause: Token, noun: Token) -> Token | None:
        if clause.tag in {"VBG", "VBN", "VBD"} and self.tree.marker(clause) != "to":
            if clause.tag == "VBG" and self._after_comma(clause):
                verb = next((t for t in self.tree.ancestors(clause) if t.pos == "VERB"), None)
                return self.subject(verb) if verb is not None else noun
            return noun if noun.pos not in {"VERB", "AUX"} else self.subject(noun)
        if noun.pos in {"VERB", "AUX"}:
            return self.subject(noun)
        return self.holder(noun)

    def _after_comma(self, clause: Token) -> bool:
        first = self.tree.subtree(clause)[0]
        return first.index > 0 and self.tree.tokens[first.index - 1].text == "," and clause.head < first.index - 1

    def holder(self, noun: Token) -> Token | None:
        """Whose plan, promise or wish a noun is: its possessor, or the subject of the verb whose object it is."""
        owner = self.tree.possessor(noun)
        if owner is not None:
            return owner
        for preposition, phrase in self.tree.obliques(noun):
            if preposition in {"by", "of", "from"} and phrase.pos in {"PROPN", "PRON"}:
                return phrase
        name = next((t for t in self.tree.children(noun, "compound") if t.pos == "PROPN"), None)
        if name is not None:
            return name
        verb = self.tree.head(noun)
        if verb is not None and noun.dep in {"obj", "obl", "nsubj:pass"} and verb.pos == "VERB":
            doers = self.doers(verb)
            return doers[0] if doers and doers[0] != noun else None
        return None

    def _controller(self, clause: Token, verb: Token) -> Token | None:
        owner = self.tree.child(verb, "iobj") or self.tree.child(verb, "obj")
        acts = owner is not None and not kinds.names(owner.lemma.lower(), owner.pos)
        if owner is not None and acts and verb.lemma not in SUBJECT_CONTROL and self._is_predicate(verb):
            return self.resolved(owner)
        if verb.pos == "VERB" and verb.lemma not in SUBJECT_CONTROL and not self.is_passive(verb):
            gap = self._gap(verb) if verb.dep == "acl:relcl" else None
            if gap is not None:
                return gap
        return self.subject(verb)

    def _of_adverbial(self, clause: Token, verb: Token) -> Token | None:
        if clause.pos not in {"VERB", "AUX"} or clause.tag not in {"VB", "VBG", "VBN"}:
            return None
        mark = self.tree.marker(clause) or self.tree.preposition(clause)
        if self.is_passive(verb) and mark in {"to", "in"} and clause.tag == "VB":
            return self._by_phrase(verb)
        if mark in _OBJECT_CONTROL_MARKS and not self.is_passive(verb):
            owner = self.tree.child(verb, "obj", "iobj")
            if owner is not None:
                return self.resolved(owner)
        return self.subject(verb)

    # Objects

    def _gap(self, verb: Token) -> Token | None:
        """The antecedent of "the bill (that) they passed", if the clause has a subject of its own and no object."""
        clause = verb
        while clause.dep in {"xcomp", "ccomp"} and not self.tree.child(clause, "obj"):
            clause = self.tree.tokens[clause.head]
        if clause.dep != "acl:relcl" or self.tree.children(verb, "obj", "ccomp", "xcomp"):
            return None
        noun = self.tree.head(clause)
        subject = self.tree.subject(clause)
        if subject is None or self.resolved(subject) == noun or verb.lemma in {"be", "go", "come", "live", "work"}:
            return None
        adverbs = {t.lemma for t in self.tree.children(clause, "advmod", "obl")}
        return None if adverbs & {"where", "when", "why", "which", "whom"} else noun

    def _shared_object(self, verb: Token) -> Token | None:
        """In "build and sell cars" the object of both."""
        first = self.tree.head(verb)
        if (
            verb.dep != "conj"
            or first is None
            or first.pos != "VERB"
            or self.tree.children(verb, "ccomp", "xcomp", "obl")
        ):
            return None
        shared = self.tree.child(first, "obj")
        return shared if shared is not None and shared.index > verb.index else None

    def _by_phrase(self, verb: Token) -> Token | None:
        agent = self.tree.child(verb, "obl:agent")
        if agent is not None:
            return agent
        return next((t for p, t in self.tree.obliques(verb) if p == "by" and t.pos in {"NOUN", "PROPN", "PRON"}), None)

    # Voice

    def _find_passive(self, verb: Token) -> bool:
        if verb.tag not in {"VBN", "VBD"}:
            return False
        auxiliaries = self.tree.auxiliaries(verb)
        if auxiliaries:
            return any(t.dep == "aux:pass" or t.lemma.lower() in {"be", "get"} for t in auxiliaries)
        if verb.dep in {"acl", "amod"}:
            return verb.tag == "VBN" or not self.tree.children(verb, "obj")
        if verb.dep == "conj" and not self.tree.subject(verb):
            above = self.tree.head(verb)
            return above is not None and above.tag == "VBN" and self.is_passive(above)
        if self.tree.child(verb, "nsubj:pass", "csubj:pass"):
            return not self._is_finite_sentence(verb)
        if verb.lemma in _OBJECT_CONTROL and self._lacks_controller(verb):
            return True
        bare = not self.tree.children(verb, "nsubj", "obj")
        return verb.tag == "VBN" and bare and verb.dep in {"advcl", "xcomp", "root", "parataxis"}

    def _lacks_controller(self, verb: Token) -> bool:
        """ "Firm allowed to bid": without an object, who is allowed can only be the subject."""
        clause = self.tree.child(verb, "xcomp")
        return clause is not None and self.tree.marker(clause) == "to" and not self.tree.objects(verb)

    def _is_finite_sentence(self, verb: Token) -> bool:
        """A full stop tells a sentence, whose verb is finite, from a headline ("Man arrested in Ostra")."""
        if verb.dep not in {"root", "ccomp"}:
            return False
        end = verb.index
        while end + 1 < len(self.tree.tokens) and self.tree.tokens[end + 1].sentence == verb.sentence:
            end += 1
        return any(t.text in {".", "?", "!"} for t in self.tree.tokens[max(end - 1, 0) : end + 1])
