"""The parts that words play in an event: agent, recipient, theme, place, time, quantity, content, purpose.

``Arguments`` says what grammar makes of the words; here prepositions, event and entity types turn that into roles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from graph.documents import Span
from graph.model import Mention, Reading, Role, RoleName, Token
from graph.reading import lexicon
from graph.reading.arguments import Arguments
from graph.reading.grammar import OBLIQUES, Tree
from graph.reading.kinds import Kind

PLACES = frozenset({"Place", "GeopoliticalEntity"})
ACTORS = frozenset(
    [
        "Person",
        "Group",
        "ArmedGroup",
        "Organisation",
        "Government",
        "SecurityForce",
        "IntergovernmentalOrganisation",
        "Mission",
        "GeopoliticalEntity",
        "Actor",
    ]
)
_WITHOUT = frozenset(
    {"acl:relcl", "acl", "appos", "conj", "cc", "punct", "case", "parataxis", "advcl", "cop", "nsubj", "mark", "ccomp"}
)
# Types whose intransitive verbs and whose nouns have no doer: what falls or dies does not do so to anything.
_UNACCUSATIVE = frozenset(
    [
        "Increase",
        "Decrease",
        "Death",
        "Accident",
        "Disaster",
        "Change",
        "State",
        "Failure",
        "Injury",
        "Life",
        "Start",
        "End",
        "Delay",
        "Continuation",
        "Displacement",
    ]
)
_CONTAINING = frozenset({"include", "contain", "comprise", "consist", "constitute", "involve", "belong", "feature"})
_THINGS = frozenset({"ItemType", "Instrument", "Place"})
_NO_RECIPIENT = frozenset({"MOBILIZE", "AGREE", "RETREAT"})
_AT = frozenset(
    [
        "in",
        "at",
        "on",
        "near",
        "across",
        "outside",
        "inside",
        "within",
        "around",
        "throughout",
        "along",
        "over",
        "through",
        "above",
        "off",
        "beside",
        "beyond",
        "under",
        "aboard",
        "between",
    ]
)
_FROM_TO = frozenset({"to", "from", "into", "towards", "toward", "onto", "via", "through", "out of", "for"})
_TOWARDS = frozenset({"against", "to", "towards", "toward", "upon"})
_UPON = frozenset({"at", "on", "over"})
_AGAINST = frozenset({"ACCUSE", "ASSAULT", "PROTEST", "SANCTION", "COERCE", "THREATEN", "REQUEST", "REJECT"})
_TOGETHER = frozenset({"with", "alongside", "together with", "along with"})
_ABOUT = frozenset({"about", "on", "over", "regarding", "concerning", "of", "into"})
_MOTION = frozenset({"Travel", "Visit", "Deployment", "Withdrawal", "Smuggling", "Displacement", "Expulsion", "Launch"})


@dataclass(frozen=True, slots=True)
class Site:
    """A word whose dependents are parts of the event, and whether it governs them as a verb or as a noun."""

    token: Token
    verbal: bool
    subject: RoleName | None = None


class Fillers:
    """What the words of a reading stand for: entities, times and quantities by token."""

    def __init__(self, reading: Reading, arguments: Arguments) -> None:
        self.tree = arguments.tree
        self.arguments = arguments
        self.types = {entity.id: entity.type for entity in reading.entities}
        self._mentions = _by_head(reading, arguments.tree)
        self._covering = _covering(reading)
        self._times = _by_token(reading, ((t.span, t.id) for t in reading.times))
        self._time_spans = {time.id: time.span for time in reading.times}
        self._quantities = _counted(reading)
        self.events: dict[int, str] = {}

    def role(self, name: RoleName, token: Token) -> Role:
        """The role that a word fills, with its entity's id and the words of the mention, or its bare noun phrase."""
        if token.index in self.events:
            return Role(name, self.tree.span(token, without=_WITHOUT), event=self.events[token.index])
        mention, entity = self._mention(token)
        if mention is None:
            return Role(name, self.tree.span(token, without=_WITHOUT))
        return Role(name, mention.span, entity=entity)

    def type(self, token: Token) -> str:
        _, entity = self._mention(token)
        return self.types.get(entity or "", "")

    def time(self, token: Token) -> str | None:
        return self._times.get(token.index)

    def time_role(self, id: str) -> Role:
        return Role("time", self._time_spans[id], time=id)

    def quantities(self, token: Token) -> list[tuple[Span, str]]:
        return self._quantities.get(token.index, [])

    def _mention(self, token: Token) -> tuple[Mention | None, str | None]:
        if token.index in self._mentions:
            return self._mentions[token.index]
        for part in self._partitive(token):
            if part.index in self._mentions:
                return self._mentions[part.index]
        return self._covering.get(token.index, (None, None))

    def _partitive(self, token: Token) -> Iterator[Token]:
        """In "a handful of countries" and "60 of its jets" the countries and the jets."""
        if token.pos in {"NUM", "DET", "ADJ"} or token.lemma.lower() in lexicon.column("partitives.tsv", "lemma"):
            yield from (t for p, t in self.tree.obliques(token) if p == "of")
        yield from self.tree.children(token, "flat", "appos", "compound" if token.pos == "PROPN" else "flat:name")


def _by_head(reading: Reading, tree: Tree) -> dict[int, tuple[Mention | None, str | None]]:
    """The longest mention that a token heads, with its entity; a coordination only where its first member is none."""

    def rank(mention: Mention) -> tuple[bool, int]:
        whole = any(mention.span.contains(t.span) for t in tree.conjuncts(reading.tokens[mention.head]))
        return not whole, len(mention.span)

    found: dict[int, tuple[Mention | None, str | None]] = {}
    for entity in reading.entities:
        for mention in entity.mentions:
            old = found.get(mention.head, (None, None))[0]
            if old is None or rank(mention) > rank(old):
                found[mention.head] = (mention, entity.id)
    return found


def _covering(reading: Reading) -> dict[int, tuple[Mention | None, str | None]]:
    """For the words of a name the shortest name that holds them."""
    at = {token.span.start: token.index for token in reading.tokens}
    names = [(m, e.id) for e in reading.entities for m in e.mentions if m.kind == "name" and m.span.start in at]
    found: dict[int, tuple[Mention | None, str | None]] = {}
    for mention, entity in sorted(names, key=lambda pair: (-len(pair[0].span), pair[0].span.start)):
        index = at[mention.span.start]
        while index < len(reading.tokens) and reading.tokens[index].span.end <= mention.span.end:
            found[index] = (mention, entity)
            index += 1
    return found


def _by_token(reading: Reading, spans: Iterable[tuple[Span, str]]) -> dict[int, str]:
    """The id of the span that each token lies in."""
    at = {token.span.start: token.index for token in reading.tokens}
    found: dict[int, str] = {}
    for span, id in spans:
        index = next((at[s] for s in range(span.start, span.end) if s in at), None)
        while index is not None and index < len(reading.tokens) and reading.tokens[index].span.start < span.end:
            found[index] = id
            index += 1
    return found


def _counted(reading: Reading) -> dict[int, list[tuple[Span, str]]]:
    """Quantities by the noun that they count, and by their own number word."""
    found: dict[int, list[tuple[Span, str]]] = defaultdict(list)
    for quantity in reading.quantities:
        if 0 <= quantity.head < len(reading.tokens):
            number = reading.tokens[quantity.head]
            for index in dict.fromkeys((number.index, number.head)):
                if index == number.index or number.dep in {"nummod", "nmod", "compound", "advmod", "amod", "det"}:
                    found[index].append((quantity.span, quantity.id))
    return found


class Casting:
    """Gives each part of an event its role."""

    def __init__(self, arguments: Arguments, fillers: Fillers) -> None:
        self.arguments = arguments
        self.tree = arguments.tree
        self.fillers = fillers

    def roles(self, kind: Kind, sites: list[Site], inherited: list[Token]) -> tuple[Role, ...]:
        """All roles of an event, in text order, none twice; ``inherited`` are doers that the sentence only implies."""
        parts: list[tuple[RoleName, Token]] = []
        for site in sites:
            parts += self._verbal(kind, site) if site.verbal else self._nominal(kind, site.token)
        if not any(name == "agent" or t.dep == "nmod:poss" for name, t in parts):
            parts += [("agent", t) for t in inherited]
        heads = {site.token.index for site in sites}
        return self._filled([(n, t) for n, t in parts if t.index not in heads], sites)

    def _filled(self, parts: list[tuple[RoleName, Token]], sites: list[Site]) -> tuple[Role, ...]:
        roles: dict[tuple[Span, str], Role] = {}
        counted: list[Token] = [site.token for site in sites if not site.verbal]
        for name, token in parts:
            role = self._worded(self.fillers.role(self._fit(name, token), token), token, sites)
            roles.setdefault((role.span, "" if role.entity else name), role)
            counted += [token] if name in {"agent", "theme", "recipient", "result"} and not role.event else []
        for token in counted:
            for span, id in self.fillers.quantities(token):
                roles.setdefault((span, "quantity"), Role("quantity", span, quantity=id))
        for id in self._times(parts, sites):
            role = self.fillers.time_role(id)
            roles.setdefault((role.span, "time"), role)
        return tuple(sorted(roles.values(), key=lambda r: (r.span.start, r.span.end, r.role)))

    def _fit(self, name: RoleName, token: Token) -> RoleName:
        """Only an actor receives; to a thing something is merely done."""
        type = self.fillers.type(token)
        return "theme" if name == "recipient" and type and type not in ACTORS else name

    def _worded(self, role: Role, token: Token, sites: list[Site]) -> Role:
        """In a relative clause the words that fill the role are the pronoun that stands for the antecedent."""
        pronouns = (self.arguments.relatives.get((site.token.index, token.index)) for site in sites)
        pronoun = next((t for t in pronouns if t is not None), None)
        return role if pronoun is None or role.entity is None else replace(role, span=pronoun.span)

    def _times(self, parts: list[tuple[RoleName, Token]], sites: list[Site]) -> list[str]:
        """Times that hang on the event's words, or on a participant that is no event: a time dates no thing."""
        found = [id for site in sites for id in self._dates(site.token)]
        near = {site.token.index for site in sites}
        loose = [t for _, t in parts if t.head in near and t.index not in self.fillers.events and t.dep != "nmod:poss"]
        found = found or [id for token in loose for id in self._dates(token)]
        return list(dict.fromkeys(found))

    def _dates(self, token: Token) -> Iterator[str]:
        for child in self.tree.children(token):
            if child.dep.split(":")[0] in {"obl", "nmod", "advmod", "compound", "amod", "obj", "advcl"}:
                id = self.fillers.time(child)
                if id is not None:
                    yield id

    # Verbs

    def _verbal(self, kind: Kind, site: Site) -> Iterator[tuple[RoleName, Token]]:
        verb = site.token
        objects = self.arguments.undergoers(verb)
        transitive = bool(objects) or bool(self.tree.children(verb, "xcomp", "ccomp"))
        for doer in self.arguments.doers(verb):
            yield self._of_subject(kind, site, doer, transitive), doer
        if site.subject is None:
            for thing in objects:
                yield self._of_object(kind, thing), thing
        elif site.subject == "theme" and self.arguments.is_passive(verb):
            yield from (("agent", t) for t in objects)
        for receiver in self.arguments.receivers(verb):
            yield "recipient", receiver
        for preposition, phrase in self._obliques(verb):
            yield from self._oblique(kind, preposition, phrase)

    def _of_subject(self, kind: Kind, site: Site, doer: Token, transitive: bool) -> RoleName:
        if site.subject is not None:
            return site.subject
        if site.token.lemma.lower() in _CONTAINING:
            return "theme"
        if transitive or self.arguments.is_passive(site.token):
            return "agent"
        return "theme" if kind.type in _UNACCUSATIVE or self.fillers.type(doer) in _THINGS else "agent"

    def _of_object(self, kind: Kind, thing: Token) -> RoleName:
        acted_on = (kind.plover is not None and kind.plover not in _NO_RECIPIENT) or kind.type == "Release"
        return "recipient" if acted_on and self.fillers.type(thing) in ACTORS else "theme"

    def _obliques(self, token: Token) -> Iterator[tuple[str, Token]]:
        for child in self.tree.children(token):
            oblique = child.dep in OBLIQUES or child.dep.split(":")[0] in {"obl", "nmod"}
            if oblique and child.dep not in {"nmod:poss", "obl:agent"} and self.fillers.time(child) is None:
                phrase = self.arguments.resolved(child)
                yield from ((self.tree.preposition(child), t) for t in self.arguments.group(phrase))

    def _oblique(self, kind: Kind, preposition: str, phrase: Token) -> Iterator[tuple[RoleName, Token]]:
        type = self.fillers.type(phrase)
        if not preposition:
            if (
                phrase.dep == "obl"
                and phrase.pos in {"NOUN", "NUM"}
                and self.tree.tokens[phrase.head].index < phrase.index
            ):
                yield "theme", phrase
            return
        if preposition in _TOGETHER and (type in ACTORS or kind.plover in {"CONSULT", "AGREE", "COOPERATE"}):
            yield "coAgent", phrase
        elif preposition == "by" and type in ACTORS and kind.type in {"Agreement"}:
            yield "agent", phrase
        elif preposition in _AT and type in PLACES and not (preposition == "on" and kind.plover):
            yield "place", phrase
        elif preposition in _FROM_TO and type in PLACES and kind.type in _MOTION:
            yield ("recipient" if preposition == "to" and kind.plover else "place"), phrase
        elif preposition in _UPON and type in ACTORS and kind.plover not in _AGAINST:
            return
        elif (preposition in _TOWARDS and (type in ACTORS or kind.plover)) or (
            preposition in _UPON and kind.plover in _AGAINST
        ):
            yield "recipient", phrase
        elif preposition == "from" and type in PLACES:
            yield "place", phrase
        elif preposition == "for" and type in ACTORS:
            yield "recipient", phrase
        elif preposition in {"as", "into"}:
            yield "result", phrase
        elif preposition in _ABOUT or preposition in {"for", "with", "to", "from"}:
            yield "theme", phrase

    # Nouns

    def _nominal(self, kind: Kind, noun: Token) -> Iterator[tuple[RoleName, Token]]:
        transitive = kind.type not in _UNACCUSATIVE
        doer: RoleName = "agent" if transitive else "theme"
        owner = self.tree.possessor(noun)
        agents = [t for p, t in self._obliques(noun) if p == "by"]
        if owner is not None:
            for t in self.arguments.group(owner):
                yield ("theme" if (agents and transitive) or self.fillers.type(t) in _THINGS else doer), t
        for t in agents:
            yield "agent", t
        yield from self._modifiers(noun, doer if owner is None and not agents else "theme")
        for preposition, phrase in self._obliques(noun):
            if preposition == "of":
                yield self._of_phrase(kind, phrase, owner is not None or bool(agents)), phrase
            elif preposition == "between":
                yield ("agent" if phrase.dep != "conj" else "coAgent"), phrase
            elif preposition != "by":
                yield from self._oblique(kind, preposition, phrase)

    def _of_phrase(self, kind: Kind, phrase: Token, has_doer: bool) -> RoleName:
        if kind.type in {"Statement", "Meeting", "Violence", "Plan", "Attempt", "Success"} and not has_doer:
            return "agent" if self.fillers.type(phrase) in ACTORS else "theme"
        return self._of_object(kind, phrase)

    def _modifiers(self, noun: Token, doer: RoleName) -> Iterator[tuple[RoleName, Token]]:
        """ "police killing", "Kenyan deployment", "drug smuggling"."""
        of = any(preposition == "of" for preposition, _ in self.tree.obliques(noun))
        for child in self.tree.children(noun, "compound", "amod", "nmod", "nmod:desc"):
            if self.tree.preposition(child) or self.fillers.time(child) is not None:
                continue
            if self.fillers.type(child) in ACTORS or (of and child.dep == "compound" and child.nominal != "object"):
                yield doer, child
            elif child.dep == "compound" and child.pos == "NOUN":
                yield "theme", child
