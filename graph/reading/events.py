"""Events: which words name something that happens or holds, of what kind, and who takes part.

Verbs, event nouns, predicative adjectives and copulas are candidates; lexicons and, where the pipeline has it, its
``trigger`` probability decide. Events come in text order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from graph.documents import Span
from graph.model import Event, Reading, Role, Token
from graph.reading import kinds, lexicon
from graph.reading.addressees import addressed
from graph.reading.arguments import Arguments
from graph.reading.grammar import Tree
from graph.reading.kinds import Kind
from graph.reading.recurrence import merged
from graph.reading.roles import ACTORS, PLACES, Casting, Fillers, Site

_FUNCTION = frozenset(
    {
        "aux",
        "aux:pass",
        "cop",
        "case",
        "mark",
        "fixed",
        "det",
        "cc",
        "discourse",
        "flat",
        "compound:prt",
        "goeswith",
        "reparandum",
    }
)
# How probable the pipeline must hold a noun to be an event, if the lexicon lists it as one and if not.
SUPPORTED, KNOWN, UNKNOWN = 0.1, 0.2, 0.75
BODIES = (ACTORS | PLACES | {"Post"}) - {"Actor"}
_OCCUR = frozenset({"occur", "happen", "take place", "ensue", "erupt"})
_PREPOSITIONAL = frozenset({"following", "including", "regarding", "concerning", "according", "excluding", "pending"})
_CONTENT_PARTS = frozenset({"ccomp", "xcomp", "acl", "csubj", "csubj:pass"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word that names an event, its kind, and how sure that is."""

    head: Token
    kind: Kind
    confidence: float


def events(reading: Reading) -> Reading:
    """Add the events of the parsed text, with their types and roles; modality and polarity are for a later step."""
    return replace(reading, events=Finder(reading).events())


class Finder:
    """Finds the events of one reading."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.tree = Tree(reading.tokens)
        self.arguments = Arguments(self.tree)
        self.fillers = Fillers(reading, self.arguments)
        self.casting = Casting(self.arguments, self.fillers)
        bodies = {m.head for e in reading.entities if e.type in BODIES for m in e.mentions}
        self.detector = Detector(self.tree, frozenset(bodies))

    def events(self) -> tuple[Event, ...]:
        candidates = self._candidates()
        self.fillers.events = {c.head.index: f"v{number}" for number, c in enumerate(candidates, 1)}
        found = [self._event(number, c) for number, c in enumerate(candidates, 1)]
        aimed = addressed(list(self._linked(found)), self.fillers.types)
        return merged(aimed, self.reading, self.tree)

    def _candidates(self) -> list[Candidate]:
        return [c for token in self.reading.tokens if (c := self.detector.candidate(token)) is not None]

    def _event(self, number: int, candidate: Candidate) -> Event:
        head = candidate.head
        sentence = self.reading.sentences[head.sentence]
        roles = self.casting.roles(candidate.kind, self._sites(head), self._implied(head, candidate.kind))
        return Event(
            id=f"v{number}",
            trigger=self._trigger(head),
            head=head.index,
            type=candidate.kind.type,
            plover=candidate.kind.plover,
            evidence=sentence.span,
            roles=roles,
            confidence=candidate.confidence,
        )

    def _trigger(self, head: Token) -> Span:
        """The word itself, with a particle that follows it directly."""
        particle = self.tree.child(head, "compound:prt")
        return head.span.hull(particle.span) if particle is not None and particle.index == head.index + 1 else head.span

    def _sites(self, head: Token) -> list[Site]:
        """The words that hold an event's parts: its own, and the light verb that it is the object of."""
        if head.dep == "cop":
            return [Site(self.tree.tokens[head.head], verbal=True, subject="theme")]
        if head.pos in {"VERB", "AUX"}:
            return [Site(head, verbal=True)]
        own = Site(head, verbal=self.tree.child(head, "cop") is not None or head.pos == "ADJ")
        nominal = Site(head, verbal=False)
        carrier = self.detector.carrier(head)
        if carrier is not None:
            return [nominal, carrier]
        return [own, nominal] if own.verbal and head.pos != "ADJ" else [own if own.verbal else nominal]

    def _implied(self, head: Token, kind: Kind) -> list[Token]:
        """Doers of an event noun that its sentence names elsewhere: "on a visit to Ostra, the minister said …"."""
        if head.pos not in {"NOUN", "PROPN"} or head.dep == "cop":
            return []
        verb = self.tree.head(head)
        if verb is None or verb.pos != "VERB":
            return []
        return self._lent(head, verb) or self._circumstance(head, verb, kind)

    def _lent(self, noun: Token, verb: Token) -> list[Token]:
        """The subject of a verb that lends it to its object ("announced plans")."""
        lends = lexicon.table("support_verbs.tsv", "lemma", "subject").get(verb.lemma.lower())
        if lends != "agent" or noun.dep not in {"obj", "nsubj:pass"}:
            return []
        return [t for t in self.arguments.doers(verb) if t != noun]

    def _circumstance(self, noun: Token, verb: Token, kind: Kind) -> list[Token]:
        """The subject of the clause for what it did at the time: "during a visit", "in a statement"."""
        places = {"Visit", "Statement", "Travel", "Meeting", "Announcement", "Negotiation"}
        if noun.dep != "obl" or self.tree.preposition(noun) not in {"during", "in", "on", "after", "before"}:
            return []
        if kind.type not in places or any(t.tag == "DT" and t.lemma == "the" for t in self.tree.children(noun, "det")):
            return []
        return self.arguments.doers(verb)

    # Links between events

    def _linked(self, found: list[Event]) -> Iterator[Event]:
        """The events with roles filled by other events: what was said, planned or meant, and to what end."""
        by_head = {event.head: event for event in found}
        for token in self.reading.tokens:
            copula = self.tree.child(token, "cop")
            if copula is not None and copula.index in by_head:
                by_head.setdefault(token.index, by_head[copula.index])
        for event in found:
            head = self.reading.tokens[event.head]
            links = [role for role in self._content(head, by_head) if role.event != event.id]
            spans = {role.span for role in links}
            roles = [*(r for r in event.roles if r.span not in spans), *links]
            yield replace(event, roles=tuple(sorted(roles, key=lambda r: (r.span.start, r.span.end, r.role))))

    def _content(self, head: Token, by_head: dict[int, Event]) -> Iterator[Role]:
        governor = self.reading.tokens[head.head] if head.dep == "cop" else head
        for child in self.tree.children(governor):
            if child.dep in _CONTENT_PARTS:
                for part in [child, *self.tree.conjuncts(child)]:
                    if part.index in by_head and self._is_content(governor, child):
                        yield Role("content", by_head[part.index].trigger, event=by_head[part.index].id)
            elif child.dep == "advcl" and child.index in by_head and self._is_purpose(child):
                yield Role("purpose", by_head[child.index].trigger, event=by_head[child.index].id)

    def _is_purpose(self, clause: Token) -> bool:
        return clause.tag == "VB" and self.tree.marker(clause) in {"to", "in"}

    def _is_content(self, governor: Token, clause: Token) -> bool:
        """A participle after a noun tells what befell it, an infinitive or that-clause what it is about."""
        return clause.dep != "acl" or self.tree.marker(clause) in {"to", "that", "whether", "of"}


class Detector:
    """Decides which words name events."""

    def __init__(self, tree: Tree, bodies: frozenset[int]) -> None:
        self.tree = tree
        self._bodies = bodies
        self._light = {r["lemma"] for r in lexicon.rows("support_verbs.tsv") if r["light"] == "yes"}
        self._subjects = lexicon.table("support_verbs.tsv", "lemma", "subject")

    def candidate(self, token: Token) -> Candidate | None:
        if token.pos in {"VERB", "AUX"}:
            return self._verb(token)
        if token.pos in {"NOUN", "PROPN"}:
            return self._noun(token)
        return self._adjective(token) if token.pos == "ADJ" else None

    def carrier(self, noun: Token) -> Site | None:
        """The light verb that an event noun is the object of, or the verb that says that it took place."""
        verb = self.tree.head(noun)
        if verb is None or verb.pos != "VERB":
            return None
        if noun.dep in {"obj", "nsubj:pass"} and verb.lemma.lower() in self._light:
            return Site(
                verb, verbal=True, subject="theme" if self._subjects[verb.lemma.lower()] == "theme" else "agent"
            )
        return (
            Site(verb, verbal=True, subject="theme")
            if noun.dep in {"nsubj", "nsubj:pass"} and self._occurs(verb)
            else None
        )

    def _occurs(self, verb: Token) -> bool:
        if verb.lemma.lower() == "be" and self.tree.child(verb, "expl") is not None:
            return True
        joined = " ".join([verb.lemma.lower(), *(t.lemma.lower() for t in self.tree.children(verb, "obj"))])
        return verb.lemma.lower() in _OCCUR or joined in _OCCUR

    # Verbs

    def _verb(self, token: Token) -> Candidate | None:
        if token.dep == "cop":
            return self._copula(token)
        if token.dep in _FUNCTION or self._is_modal_like(token) or self._is_light(token):
            return None
        if token.text.lower() in _PREPOSITIONAL and not self.tree.auxiliaries(token):
            return None
        if self._in_name(token) or (token.dep in {"amod", "compound"} and not self._eventive_modifier(token)):
            return None
        kind = kinds.kind(self.tree, token)
        return Candidate(token, kind, _confidence(token, 0.9 if kind.known else 0.8))

    def _copula(self, token: Token) -> Candidate | None:
        predicate = self.tree.tokens[token.head]
        if self._predicate_event(predicate):
            return None
        return Candidate(token, kinds.of_type("State"), _confidence(token, 0.6))

    def _predicate_event(self, predicate: Token) -> bool:
        return kinds.names(predicate.lemma.lower(), predicate.pos)

    def _is_modal_like(self, token: Token) -> bool:
        """ "have to", "be going to", "used to", "let's"."""
        lemma = token.lemma.lower()
        clause = self.tree.child(token, "xcomp")
        infinitive = clause is not None and self.tree.marker(clause) == "to"
        if lemma == "have":
            return infinitive and not self.tree.objects(token)
        if lemma == "go":
            return infinitive and token.tag == "VBG"
        return infinitive and lemma == "use" and token.tag == "VBD"

    def _is_light(self, verb: Token) -> bool:
        """A verb that only carries the event that its object names."""
        if self._occurs(verb):
            subject = self.tree.subject(verb)
            return subject is not None and self.candidate(subject) is not None
        if verb.lemma.lower() not in self._light:
            return False
        things = self.tree.children(verb, "obj", "nsubj:pass")
        return any(t.pos in {"NOUN"} and self._noun(t) is not None for t in things)

    def _in_name(self, token: Token) -> bool:
        return bool(token.name) and token.text[:1].isupper() and not (token.trigger or 0) > 0.5

    def _eventive_modifier(self, token: Token) -> bool:
        return (token.trigger or 0) > 0.5

    # Nouns and adjectives

    def _noun(self, token: Token) -> Candidate | None:
        if self._in_name(token) or token.dep in {"flat", "fixed"} or token.lemma.lower() in _bodily():
            return None
        kind = kinds.kind(self.tree, token)
        if token.index in self._bodies and not (kind.known and (token.trigger or 0) > UNKNOWN):
            return None
        if token.trigger is not None:
            sure = (
                token.trigger > (SUPPORTED if self._is_supported(token) else KNOWN)
                if kind.known
                else token.trigger > UNKNOWN
            )
        else:
            sure = kind.known and token.dep not in {"compound"}
        return Candidate(token, kind, _confidence(token, 0.7)) if sure else None

    def _is_supported(self, noun: Token) -> bool:
        """In a place where nouns that can name events do: the object of "make" or "announce", "there was …"."""
        verb = self.tree.head(noun)
        if verb is None or verb.pos not in {"VERB", "AUX"}:
            return False
        if noun.dep in {"obj", "nsubj:pass"}:
            return verb.lemma.lower() in self._subjects
        return noun.dep == "nsubj" and self.tree.child(verb, "expl") is not None

    def _adjective(self, token: Token) -> Candidate | None:
        kind = kinds.kind(self.tree, token)
        predicative = self.tree.child(token, "cop") is not None or token.dep in {"xcomp", "root", "ccomp", "advcl"}
        if not kind.known or not predicative:
            return None
        return Candidate(token, kind, _confidence(token, 0.6))


@cache
def _bodily() -> frozenset[str]:
    return lexicon.column("standing_things.tsv", "lemma")


def _confidence(token: Token, prior: float) -> float:
    """The pipeline's probability weighed with the lexicon's word."""
    return prior if token.trigger is None else round(0.5 * prior + 0.5 * token.trigger, 3)
