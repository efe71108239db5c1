"""What the words around a word say about whether it happened: mood, negation, and the words above it.

The status of a clause is that of the clause above, as changed by the word that governs it (``complements.tsv``), by the
connective between them, and by its own auxiliaries and negation. After Saurí and Pustejovsky, "Are you sure that this
happened?" (2012), with our six modalities in place of their scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.model import Modality, Polarity, Token
from graph.reading import kinds, lexicon
from graph.reading.arguments import Arguments
from graph.reading.grammar import Tree

_NEGATORS = frozenset({"not", "n't", "n’t", "never", "no", "neither", "nor", "hardly", "barely", "scarcely", "nothing"})
_NOBODY = frozenset({"nobody", "no-one", "none", "nothing", "neither"})
_CONDITIONS = frozenset(
    {
        "if",
        "unless",
        "whether",
        "lest",
        "provided",
        "providing",
        "once",
        "supposing",
        "assuming",
        "in case",
        "until",
        "till",
    }
)
_MODALS: dict[str, Modality] = {
    "will": "Predicted",
    "shall": "Predicted",
    "would": "Hypothetical",
    "may": "Hypothetical",
    "might": "Hypothetical",
    "could": "Hypothetical",
    "can": "Hypothetical",
    "should": "Requested",
    "must": "Requested",
    "ought": "Requested",
}
_NEARLY = frozenset({"almost", "nearly"})
_PERHAPS = frozenset({"possibly", "perhaps", "maybe", "potentially", "conceivably"})
_PROBABLY = frozenset({"probably", "likely", "presumably"})
# Verbs that "no" in their object leaves as they are: who has no plan, has none, but knows, makes or sees something.
_IDLE = frozenset({"have", "make", "know", "see", "take", "serve", "give", "hold", "find", "show", "be", "leave"})
_LOYAL = frozenset({"", "of", "for", "to", "in"})
_FACTIVE = frozenset(
    ["after", "following", "since", "despite", "over", "amid", "during", "before", "against", "by"]
) | {
    "because of",
    "due to",
    "owing to",
    "thanks to",
}
_SAID = frozenset(
    [
        "Statement",
        "Announcement",
        "Prediction",
        "Warning",
        "Pledge",
        "Endorsement",
        "Appeal",
        "Demand",
        "Accusation",
        "Criticism",
        "Threat",
        "Plan",
        "Decision",
        "Lawsuit",
        "Attempt",
    ]
)


@dataclass(frozen=True, slots=True)
class Status:
    """Whether something happened, according to whoever says so."""

    modality: Modality = "Actual"
    polarity: Polarity = "Positive"

    @property
    def happened(self) -> bool:
        return self.modality == "Actual" and self.polarity == "Positive"

    def negated(self) -> Status:
        return Status(self.modality, "Negative" if self.polarity == "Positive" else "Positive")

    def within(self, modality: Modality) -> Status:
        return Status(modality, self.polarity)


ACTUAL = Status()


@dataclass(frozen=True, slots=True)
class Signature:
    """What a word does to its complement; ``modality`` None leaves that of the word itself."""

    modality: Modality | None
    polarity: Polarity
    negated: str

    def applied(self, above: Status) -> Status:
        modality = self.modality or above.modality
        if self.polarity == "Negative" and above.modality != "Actual":
            return Status("Hypothetical")
        if self.negated == "flip" and above.polarity == "Negative":
            return Status(modality, "Positive" if self.polarity == "Negative" else "Negative")
        return Status(modality, self.polarity)


@cache
def _signatures() -> dict[tuple[str, str, str], Signature]:
    found: dict[tuple[str, str, str], Signature] = {}
    modalities: dict[str, Modality | None] = {"=": None, "Actual": "Actual", "Pledged": "Pledged", "Planned": "Planned"}
    modalities |= {"Requested": "Requested", "Predicted": "Predicted", "Hypothetical": "Hypothetical"}
    for row in lexicon.rows("complements.tsv"):
        polarity: Polarity = "Negative" if row["polarity"] == "Negative" else "Positive"
        key = (row["lemma"], row["pos"], row["complement"])
        found[key] = Signature(modalities[row["modality"]], polarity, row["negated"])
    return found


class Scopes:
    """The status of every word of a document; each is worked out once."""

    def __init__(self, tree: Tree, arguments: Arguments) -> None:
        self.tree = tree
        self.arguments = arguments
        self._statuses: dict[int, Status] = {}

    def status(self, token: Token) -> Status:
        if token.index not in self._statuses:
            self._statuses[token.index] = ACTUAL
            self._statuses[token.index] = self._find(token)
        return self._statuses[token.index]

    def _find(self, token: Token) -> Status:
        if token.dep == "cop":
            return self.status(self.tree.tokens[token.head])
        if self._is_clause(token):
            return self._own(token, self._inherited(token))
        return self._of_noun(token, self._inherited(token))

    def _is_clause(self, token: Token) -> bool:
        return token.pos in {"VERB", "AUX"} or self.tree.child(token, "cop") is not None

    # From above

    def _inherited(self, token: Token) -> Status:
        above = self.tree.head(token)
        if above is None:
            return self._of_root(token)
        part = token.dep.split(":")[0]
        if token.dep == "acl:relcl":
            return ACTUAL
        if part == "conj":
            return self._of_conjunct(token, above)
        if part in {"ccomp", "xcomp", "csubj"}:
            return self._of_complement(token, above)
        if part == "acl":
            return self._of_adnominal(token, above)
        if part == "advcl":
            return self._of_adverbial(token, above)
        if part in {"parataxis", "appos", "dep", "discourse", "vocative"}:
            return ACTUAL
        return self._of_argument(token, above)

    def _of_root(self, token: Token) -> Status:
        if self.tree.marker(token) == "to" and token.pos == "VERB":
            return Status("Planned")
        children = self.tree.children(token)
        asks = any(t.text == "?" for t in children) and not any(t.tag in {"WRB", "WP", "WDT"} for t in children)
        if asks:
            return Status("Hypothetical")
        bare = token.tag == "VB" and not self.tree.subject(token) and not self.tree.auxiliaries(token)
        return Status("Requested") if bare and not self._first_word_noun(token) else ACTUAL

    def _first_word_noun(self, token: Token) -> bool:
        return any(t.dep in {"nsubj", "nsubj:pass", "expl"} for t in self.tree.children(token))

    def _of_conjunct(self, token: Token, first: Token) -> Status:
        """A conjunct shares what is above the first one, and its auxiliaries and negation too if it has none itself."""
        if not self._is_clause(token):
            return self.status(first) if not self._is_clause(first) else ACTUAL
        own = self.tree.subject(token) or self.tree.auxiliaries(token) or self.tree.child(token, "cop")
        but = any(t.lemma == "but" for t in self.tree.children(token, "cc"))
        if own or but or not self._same_form(token, first):
            return self._inherited(first) if not self.tree.subject(token) or first.dep != "root" else ACTUAL
        return self.status(first)

    def _same_form(self, token: Token, first: Token) -> bool:
        finite = {"VBD", "VBZ", "VBP"}
        return (token.tag in finite) == (first.tag in finite) and token.tag not in finite

    def _of_complement(self, token: Token, above: Token) -> Status:
        marker = self.tree.marker(token)
        if marker in {"if", "whether"}:
            return Status("Hypothetical")
        if self._has_yet(above) and marker == "to":
            return Status("Actual", "Negative")
        frame = self._frame(token, marker)
        status = self.status(above)
        signature = self._signature(above, frame)
        if signature is not None:
            return signature.applied(status)
        if frame == "that":
            return ACTUAL
        if frame == "inf" and above.pos in {"VERB", "ADJ", "NOUN"} and token.dep != "csubj":
            return self._unknown_infinitive(above, status)
        return status

    def _frame(self, clause: Token, marker: str) -> str:
        finite = self.tree.subject(clause) is not None or bool(self.tree.auxiliaries(clause))
        if marker == "to" or (clause.tag == "VB" and not self.tree.modal(clause) and not self._is_told(clause)):
            return "inf"
        if clause.tag == "VBG" and not finite:
            return "ing"
        return "that" if clause.dep != "xcomp" or finite else "state"

    def _is_told(self, clause: Token) -> bool:
        return clause.dep == "ccomp" and self.tree.subject(clause) is not None and bool(self.tree.auxiliaries(clause))

    def _unknown_infinitive(self, above: Token, status: Status) -> Status:
        if above.lemma == "have" and not self.tree.objects(above):
            return status.within("Requested") if status.modality == "Actual" else status
        if above.lemma == "be":
            return Status("Planned", status.polarity)
        if self.arguments.is_passive(above):
            return status
        return Status("Hypothetical", status.polarity)

    def _has_yet(self, verb: Token) -> bool:
        """ "has yet to answer", "is yet to answer"."""
        return any(t.lemma.lower() == "yet" for t in self.tree.children(verb, "advmod"))

    def _of_adnominal(self, token: Token, noun: Token) -> Status:
        marker = self.tree.marker(token)
        frame = "inf" if marker == "to" else "ing" if marker in {"of", "for"} else "that" if marker == "that" else ""
        if not frame:
            return ACTUAL if token.tag in {"VBN", "VBD"} else self._continued(noun)
        signature = self._signature(noun, frame)
        if signature is not None:
            return signature.applied(self._continued(noun))
        if frame == "that":
            return ACTUAL
        if frame == "inf" and {t.lemma.lower() for t in self.tree.children(noun, "amod", "nummod")} & {
            "first",
            "last",
            "only",
            "second",
            "late",
            "latest",
            "third",
        }:
            return self._continued(noun)
        return Status("Planned" if frame == "inf" else "Actual", "Positive")

    def _continued(self, noun: Token) -> Status:
        status = self.status(noun)
        return status if status.modality != "Actual" or status.polarity == "Negative" else ACTUAL

    def _of_adverbial(self, token: Token, above: Token) -> Status:
        marker = self.tree.marker(token) or self.tree.preposition(token)
        status = self.status(above)
        marks = {t.text.lower() for t in self.tree.children(token, "mark", "case", "advmod", "cc")}
        if "without" in marks:
            return Status(status.modality, "Negative")
        if "instead" in marks or "rather" in marks:
            return Status(status.modality, "Negative")
        if marks & _CONDITIONS:
            return Status("Hypothetical")
        if marker == "to":
            return self._of_purpose(above, status)
        if marker in {"of", "from", "for", "into", "against"}:
            signature = self._signature(above, "ing", marker)
            return signature.applied(status) if signature else ACTUAL
        if self._is_finite(token):
            return self._of_finite(token, status)
        return status if token.tag in {"VBG", "VB"} else ACTUAL

    def _of_purpose(self, above: Token, status: Status) -> Status:
        signature = self._signature(above, "inf")
        if signature is not None:
            return signature.applied(status)
        return Status("Planned") if status.polarity == "Positive" else Status("Hypothetical")

    def _of_finite(self, token: Token, status: Status) -> Status:
        """A clause in the present beside a main clause that lies ahead lies ahead too."""
        ahead = status.modality != "Actual" and token.tag in {"VBZ", "VBP"} and not self.tree.auxiliaries(token)
        return Status(status.modality) if ahead else ACTUAL

    def _is_finite(self, token: Token) -> bool:
        auxiliaries = [*self.tree.auxiliaries(token), *self.tree.children(token, "cop")]
        return token.tag in {"VBD", "VBZ", "VBP"} or any(t.tag in {"VBD", "VBZ", "VBP", "MD"} for t in auxiliaries)

    def _of_argument(self, token: Token, above: Token) -> Status:
        status = self.status(above) if self._is_clause(above) else self._continued(above)
        preposition = self.tree.preposition(token)
        if preposition == "without":
            return Status(status.modality, "Negative")
        part = "obj" if token.dep == "nsubj:pass" else token.dep.split(":")[0]
        signature = self._signature_of_argument(above, part, preposition)
        if signature is not None:
            return self._under(signature, token, status)
        if part == "nsubj":
            ahead = status.modality in {"Predicted", "Planned"} and not self._is_known(token)
            return Status(status.modality) if ahead else ACTUAL
        if part == "obl" or preposition not in _LOYAL or self._is_known(token):
            return self._kept(status) if preposition not in _FACTIVE else ACTUAL
        return self._kept(status) if part == "nmod" else status

    def _signature_of_argument(self, above: Token, part: str, preposition: str) -> Signature | None:
        """Objects and noun complements are under the word that governs them; other phrases if it calls for them."""
        if part in {"obj", "compound", "nmod"}:
            return self._signature(above, "noun", preposition)
        return _signatures().get((f"{above.lemma.lower()} {preposition}", "verb", "noun")) if part == "obl" else None

    def _under(self, signature: Signature, noun: Token, status: Status) -> Status:
        if signature.polarity == "Negative" and self._is_speech(noun) and not self._is_lacking(noun):
            return ACTUAL
        if signature.polarity == "Positive" and self._is_given(noun):
            return ACTUAL if signature.modality is not None else self._kept(status)
        return signature.applied(status)

    def _is_speech(self, noun: Token) -> bool:
        """What was said exists, even if it was rejected: an offer, a claim, a request."""
        return kinds.kind(self.tree, noun).type in _SAID

    def _is_lacking(self, noun: Token) -> bool:
        above = self.tree.head(noun)
        return above is not None and above.lemma.lower() in {"lack", "absence", "avoid", "withhold", "cancel"}

    def _kept(self, status: Status) -> Status:
        """What is known of does not stop existing because something else did not happen to it."""
        return (
            Status(status.modality)
            if status.modality in {"Predicted", "Planned", "Pledged"} and status.polarity == "Positive"
            else ACTUAL
        )

    def _is_known(self, noun: Token) -> bool:
        """Spoken of as given: "the deal", "this attack", "its decision"."""
        return any(
            (t.dep == "det" and t.lemma.lower() in {"the", "this", "that", "these", "those"}) or t.dep == "nmod:poss"
            for t in self.tree.children(noun)
        )

    def _is_given(self, noun: Token) -> bool:
        """Given even beneath a wish: "the deal", but not "the release of the prisoners" nor "his resignation"."""
        determiners = {t.lemma.lower() for t in self.tree.children(noun, "det")}
        filled = self.tree.obliques(noun) or self.tree.children(noun, "acl", "nmod:poss")
        return bool(determiners & {"this", "that", "these", "those"}) or ("the" in determiners and not filled)

    def _signature(self, word: Token, frame: str, preposition: str = "") -> Signature | None:
        pos = {"VERB": "verb", "AUX": "verb", "NOUN": "noun", "PROPN": "noun", "ADJ": "adjective"}.get(word.pos, "")
        lemma = word.lemma.lower()
        parts = [preposition] if preposition else []
        parts += [t.lemma.lower() for t in self.tree.children(word, "compound:prt")]
        for key in [*(f"{lemma} {part}" for part in parts), lemma]:
            found = _signatures().get((key, pos, frame))
            if found is not None:
                return found
        return None

    # The word's own

    def _own(self, verb: Token, status: Status) -> Status:
        if self._has_yet(verb) and self.tree.marker(verb) == "to":
            return Status("Actual", "Negative")
        foreword = self._foreword(verb)
        status = self._mood(verb, status if foreword is None else foreword.applied(status))
        adverbs = {t.lemma.lower() for t in self.tree.children(verb, "advmod")}
        if status.modality == "Actual" and adverbs & _PERHAPS:
            status = status.within("Hypothetical")
        if status.modality == "Actual" and adverbs & _PROBABLY:
            status = status.within("Predicted")
        negated = self._is_negated(verb) or bool(adverbs & _NEARLY)
        return status.negated() if negated and not self._is_open(verb) else status

    def _is_open(self, verb: Token) -> bool:
        """A condition, or what may or may not be, says neither that it is so nor that it is not."""
        marks = {t.text.lower() for t in self.tree.children(verb, "mark")}
        return bool(marks & _CONDITIONS) or self.tree.modal(verb) in {"may", "might"}

    def _foreword(self, verb: Token) -> Signature | None:
        """ "due to meet", "set to rise", where the parse hangs the first word on the verb instead."""
        if verb.tag != "VB" or verb.index < 2 or self.tree.tokens[verb.index - 1].text.lower() != "to":
            return None
        word = self.tree.tokens[verb.index - 2]
        return _signatures().get((word.lemma.lower(), "adjective", "inf")) if word.head == verb.index else None

    def _mood(self, verb: Token, status: Status) -> Status:
        modal = self.tree.modal(verb)
        if modal == "would" and self._is_reported(verb):
            return status.within("Predicted") if status.modality == "Actual" else status
        if modal in _MODALS and status.modality == "Actual":
            return status.within(_MODALS[modal])
        if self._is_going_to(verb) and status.modality == "Actual":
            return status.within("Planned")
        return status

    def _is_reported(self, verb: Token) -> bool:
        """Inside what a past tense reports, "would" is the future."""
        above = self.tree.head(verb)
        clause = verb
        while above is not None and clause.dep == "conj":
            clause, above = above, self.tree.head(above)
        return clause.dep == "ccomp" and above is not None and above.tag in {"VBD", "VBN"}

    def _is_going_to(self, verb: Token) -> bool:
        above = self.tree.head(verb)
        return verb.dep == "xcomp" and above is not None and above.lemma == "go" and above.tag == "VBG"

    def _is_negated(self, verb: Token) -> bool:
        for child in self.tree.children(verb):
            word = child.text.lower()
            if child.dep in {"advmod", "aux", "cc:preconj", "det", "obl", "obl:unmarked"} and word in _NEGATORS:
                return not self._is_only(child)
            if (
                word == "longer"
                and child.dep == "advmod"
                and any(t.text.lower() == "no" for t in self.tree.children(child))
            ):
                return True
            if child.dep in {"nsubj", "nsubj:pass"} and self._is_nobody(child):
                return True
            if child.dep == "obj" and verb.lemma.lower() not in _IDLE and self._is_nobody(child):
                return True
        return any(t.text.lower() in {"neither", "nor"} for t in self.tree.children(verb, "cc", "cc:preconj"))

    def _is_only(self, negator: Token) -> bool:
        """ "not only", "not just", which deny nothing."""
        following = self.tree.tokens[negator.index + 1 : negator.index + 2]
        return any(t.lemma.lower() in {"only", "just", "merely", "least"} for t in following)

    def _is_nobody(self, noun: Token) -> bool:
        return noun.lemma.lower() in _NOBODY or self._has_no(noun)

    def _has_no(self, noun: Token) -> bool:
        """Determined by "no", which is not the "No." of a number."""
        determiners = (t for t in self.tree.children(noun, "det") if t.text.lower() in {"no", "neither"})
        return any(self.tree.tokens[min(t.index + 1, noun.index)].text != "." for t in determiners)

    def _of_noun(self, noun: Token, status: Status) -> Status:
        for child in self.tree.children(noun, "amod", "compound", "advmod"):
            found = _signatures().get((child.lemma.lower(), "modifier", "mod")) or _signatures().get(
                (child.text.lower(), "modifier", "mod")
            )
            if found is not None and status.happened:
                status = found.applied(ACTUAL)
        if self._has_no(noun) or any(t.text.lower() == "not" for t in self.tree.children(noun, "advmod")):
            return Status(status.modality, "Negative")
        return status
