"""Standing ties between entities: posts and who holds them, membership, parts, places, leaders, owners, kin.

What ties two entities is a noun, verb or participle of ``relation_words.tsv``, a title before a name, or a preposition
of place between two noun phrases. Each relation's evidence runs from the one mention to the other, and it rests on the
claim that it is said in, if any. A post is an entity without a mention of its own: its words are part of what stands
for its holder.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from graph.documents import Span
from graph.model import Basis, Claim, Entity, Mention, Polarity, Reading, Relation, Token
from graph.reading import lexicon
from graph.reading.grammar import Tree

PLACES = frozenset({"Place", "GeopoliticalEntity"})
PEOPLE = frozenset({"Person", "Group"})
BODIES = frozenset(
    {"Organisation", "Government", "SecurityForce", "IntergovernmentalOrganisation", "Mission", "ArmedGroup"}
)
ACTORS = PEOPLE | BODIES | {"GeopoliticalEntity"}
WITHIN = frozenset({"in", "at", "inside", "within", "across", "throughout", "on"})
NEAR = frozenset({"near", "close to", "outside", "around", "next to", "off"})
FORMER = frozenset({"former", "ex", "late", "then", "onetime", "outgoing", "ousted", "retired"})
AFTER_COMMA = frozenset({"appos", "nmod", "nmod:unmarked", "flat", "obl:npmod", "nmod:npmod", "list", "dep"})
WORKERS = frozenset(
    {"official", "officer", "employee", "lawmaker", "legislator", "diplomat", "candidate", "nominee", "leader"}
)
SYMMETRIC = frozenset({"spouseOf", "kinOf", "relatedTo"})


@dataclass(frozen=True, slots=True)
class Party:
    """One end of a tie: an entity, and the words that stand for it there."""

    entity: Entity
    span: Span


@dataclass(frozen=True, slots=True)
class Tie:
    """A relation before it is known which claim it rests on."""

    subject: Party
    predicate: str
    object: Party
    polarity: Polarity = "Positive"
    confidence: float = 0.7
    basis: Basis = "Explicit"


class Scene:
    """The parse, and which entity each token stands for."""

    def __init__(self, reading: Reading) -> None:
        self.text = reading.document.text
        self.tokens = reading.tokens
        self.tree = Tree(reading.tokens)
        self.parties: dict[int, Party] = {}
        self.names: dict[int, list[tuple[Party, Mention]]] = {}
        self.ends: dict[int, Party] = {}
        self.inside: dict[int, Party] = {}
        for entity in reading.entities:
            for mention in entity.mentions:
                self._enter(entity, mention)

    def _enter(self, entity: Entity, mention: Mention) -> None:
        if not 0 <= mention.head < len(self.tokens):
            return
        party, known = Party(entity, mention.span), self.parties.get(mention.head)
        if known is None or len(known.span) > len(mention.span):
            self.parties[mention.head] = party
        if mention.kind == "name":
            self.names.setdefault(mention.span.start, []).append((party, mention))
            self.ends.setdefault(mention.span.end, party)
            at = bisect_left(self.tokens, mention.span.start, key=lambda t: t.span.start)
            while at < len(self.tokens) and self.tokens[at].span.end <= mention.span.end:
                self.inside.setdefault(at, party)
                at += 1

    def party(self, token: Token | None) -> Party | None:
        """What the token stands for, as head of a mention or inside a name."""
        return None if token is None else self.parties.get(token.index) or self.inside.get(token.index)

    def names_to(self, end: int) -> Party | None:
        """The name that ends at that character."""
        return self.ends.get(end)

    def names_at(self, start: int) -> list[tuple[Party, Mention]]:
        """The names that begin at that character."""
        return self.names.get(start, [])


def relations(reading: Reading) -> Reading:
    """Add the relations of the document in text order, and an entity of type Post for each post that someone holds."""
    scene = Scene(reading)
    posts = Posts(len(reading.entities), {})
    ties = [*_by_noun(scene), *_by_verb(scene), *_by_participle(scene), *_by_place(scene), *_by_list(scene)]
    ties += [*_by_body(scene), *_of_posts(scene, posts), *_by_event(reading, scene)]
    claims = _claim_index(reading.claims)
    made = [_relation(tie, claims) for tie in ties if _fits(tie)]
    return replace(reading, entities=(*reading.entities, *posts.entities()), relations=_unique(made))


def _unique(made: list[Relation]) -> tuple[Relation, ...]:
    """Each relation once, where it is said first and most surely."""
    best: dict[tuple[str, str, str, str], Relation] = {}
    for relation in sorted(made, key=lambda r: (r.evidence, -r.confidence)):
        ends = sorted((relation.subject, relation.object)) if relation.predicate in SYMMETRIC else ()
        subject, other = ends or (relation.subject, relation.object)
        best.setdefault((subject, relation.predicate, other, relation.polarity), relation)
    return tuple(best.values())


def _relation(tie: Tie, claims: list[tuple[Span, str]]) -> Relation:
    evidence = tie.subject.span.hull(tie.object.span)
    claim = _claim_of(evidence, claims)
    return Relation(
        tie.subject.entity.id,
        tie.predicate,
        tie.object.entity.id,
        evidence,
        claim=claim,
        basis=tie.basis,
        polarity=tie.polarity,
        confidence=tie.confidence,
    )


def _claim_index(claims: tuple[Claim, ...]) -> list[tuple[Span, str]]:
    """The spans of what was said, the later and shorter last, with their claims."""
    return sorted(((span, c.id) for c in claims for span in c.content), key=lambda s: (s[0].start, -s[0].end))


def _claim_of(evidence: Span, claims: list[tuple[Span, str]]) -> str | None:
    """The innermost claim that holds the words."""
    at = bisect_right(claims, evidence.start, key=lambda s: s[0].start)
    near = claims[max(0, at - 6) : at]
    return next((id for span, id in reversed(near) if span.contains(evidence)), None)


def _fits(tie: Tie) -> bool:
    """Whether both ends are of kinds that the predicate can tie."""
    subject, other = tie.subject.entity, tie.object.entity
    if subject.id == other.id or tie.subject.span == tie.object.span:
        return False
    kinds = KINDS.get(tie.predicate)
    return kinds is None or (subject.type in kinds[0] and other.type in kinds[1])


ANY = PLACES | ACTORS | {"Instrument", "ItemType", "Post"}
KINDS = {
    "memberOf": (ACTORS, ACTORS),
    "partOf": (BODIES | PLACES | {"Group", "ItemType"}, BODIES | PLACES | {"Group", "ItemType"}),
    "locatedIn": (ANY - {"Post", "Instrument"}, PLACES),
    "capitalOf": (PLACES, PLACES),
    "ledBy": (BODIES | {"Group", "GeopoliticalEntity"}, ACTORS),
    "contributorTo": (ACTORS, BODIES),
    "affiliatedWith": (ACTORS, ACTORS),
    "owns": (ACTORS, BODIES | {"ItemType", "Place"}),
    "spouseOf": (PEOPLE, PEOPLE),
    "kinOf": (PEOPLE, PEOPLE),
    "governs": ({"Instrument", "Government"}, ACTORS | {"Instrument"}),
}


@dataclass(frozen=True, slots=True)
class Word:
    """A line of ``relation_words.tsv``."""

    predicate: str
    back: bool
    prepositions: frozenset[str]


@cache
def _words(pos: str) -> dict[str, Word]:
    rows = [r for r in lexicon.rows("relation_words.tsv") if r["pos"] == pos]
    return {
        r["word"]: Word(r["predicate"], r["order"] == "back", frozenset((r.get("prepositions") or "").split()))
        for r in reversed(rows)
    }


def _tie(a: Party, word: Word, b: Party, polarity: Polarity = "Positive", confidence: float = 0.7) -> Tie:
    subject, other = (b, a) if word.back else (a, b)
    return Tie(subject, word.predicate, other, polarity, confidence)


def _by_noun(scene: Scene) -> Iterator[Tie]:
    """ "a member of the council", "Oskania's capital", "ISIL fighters", "Ravn's wife": a noun and what it is of."""
    for token in scene.tokens:
        word = _words("noun").get(token.lemma.lower()) if token.pos in {"NOUN", "PROPN"} else None
        if word is None:
            continue
        bearer = _bearer(token, scene)
        if bearer is None or _is_past(token, scene):
            continue
        if word.predicate == "ledBy" and token.tag == "NNS":
            continue
        for other, direct in _complements(token, word.prepositions, scene):
            if _is_pronoun(other, scene) and word.predicate not in {"spouseOf", "kinOf", "memberOf"}:
                continue
            yield _tie(bearer, word, other, _polarity(token, scene), 0.75 if direct else 0.65)


def _is_pronoun(party: Party, scene: Scene) -> bool:
    return party.span.of(scene.text).lower() in {"my", "our", "your", "his", "her", "its", "their", "whose"}


def _bearer(noun: Token, scene: Scene) -> Party | None:
    """Whom a relational noun describes: its clause's subject, the name beside it, or the entity it stands for."""
    tree, head = scene.tree, scene.tree.head(noun)
    if tree.child(noun, "cop"):
        return scene.party(tree.subject(noun)) or scene.party(noun)
    if noun.dep in {"appos", "compound", "flat", "nmod:desc", "amod"} and head is not None and scene.party(head):
        return scene.party(head)
    beside = next((c for c in tree.children(noun, "appos", "flat", "nmod:desc") if scene.party(c)), None)
    return scene.party(beside) or _across_comma(noun, scene) or scene.party(noun)


def _across_comma(noun: Token, scene: Scene) -> Party | None:
    """The name on the other side of a comma from a noun phrase, whatever the parse makes of it."""
    first = last = noun.index
    while first > 0 and scene.tokens[first - 1].pos in {"DET", "ADJ", "NOUN"} and scene.tokens[first - 1].tag != "POS":
        first -= 1
    before, comma = first - 2, first - 1
    if before >= 0 and scene.tokens[comma].text == "," and scene.tokens[before].sentence == noun.sentence:
        party = scene.names_to(scene.tokens[before].span.end)
        if party is not None:
            return party
    below = {t.index for t in scene.tree.subtree(noun)}
    while last + 1 in below and scene.tokens[last + 1].text != ",":
        last += 1
    behind = scene.tokens[last + 1 : last + 3]
    if len(behind) == 2 and behind[0].text == "," and behind[1].sentence == noun.sentence:
        return next((p for p, _ in scene.names_at(behind[1].span.start)), None)
    return None


def _complements(noun: Token, prepositions: frozenset[str], scene: Scene) -> Iterator[tuple[Party, bool]]:
    """The entities that a relational noun is of, and whether a preposition or possessive says so."""
    for preposition, other in scene.tree.obliques(noun):
        if other.dep.startswith("nmod") and preposition in prepositions:
            for each in (other, *scene.tree.conjuncts(other)):
                party = scene.party(each)
                if party is not None:
                    yield party, True
    for child in scene.tree.children(noun, "nmod:poss", "compound", "amod", "nmod", "nmod:unmarked", "flat"):
        party = scene.party(child)
        if party is None or child.index > noun.index or scene.tree.preposition(child):
            continue
        bearer = scene.party(noun)
        if child.pos != "ADJ" or (bearer is not None and bearer.entity.named):
            yield party, child.dep == "nmod:poss"


def _polarity(token: Token, scene: Scene) -> Polarity:
    return "Negative" if scene.tree.is_negated(token) else "Positive"


def _is_past(noun: Token, scene: Scene) -> bool:
    """Whether the text says that the tie is over ("former member", "was a member")."""
    copula = scene.tree.child(noun, "cop")
    if copula is not None and copula.tag == "VBD":
        return True
    before = scene.tokens[max(0, noun.index - 3) : noun.index]
    return any(t.text.lower() in FORMER and t.sentence == noun.sentence for t in before)


def _by_verb(scene: Scene) -> Iterator[Tie]:
    """ "Ravn heads the council", "Oskania contributes to the mission": only what is said to be so."""
    for token in scene.tokens:
        word = _words("verb").get(token.lemma.lower()) if token.pos == "VERB" else None
        if word is None or not _is_stated(token, scene):
            continue
        subject = scene.party(scene.tree.subject(token)) or _relative_head(token, scene)
        if subject is None or scene.tree.is_passive(token):
            continue
        others = scene.tree.objects(token)
        if word.prepositions:
            others = [o for preposition, o in scene.tree.obliques(token) if preposition in word.prepositions]
        for other in [m for o in others for m in (o, *scene.tree.conjuncts(o))]:
            party = scene.party(other)
            if party is not None:
                yield _tie(subject, word, party, _polarity(token, scene), 0.65)


def _relative_head(verb: Token, scene: Scene) -> Party | None:
    """The noun that a relative or participial clause hangs on."""
    return scene.party(scene.tree.head(verb)) if verb.dep in {"acl", "acl:relcl"} else None


def _is_stated(verb: Token, scene: Scene) -> bool:
    """Neither modal, nor infinitive, nor a condition."""
    if scene.tree.modal(verb) or scene.tree.marker(verb) in {"to", "if", "unless", "whether"}:
        return False
    return verb.tag != "VB"


def _by_participle(scene: Scene) -> Iterator[Tie]:
    """ "the mission led by Oskania", "Oskania-led mission", "based in Vell"."""
    for token in scene.tokens:
        word = _words("participle").get(token.lemma.lower())
        if word is None or token.tag not in {"VBN", "VBD", "JJ"}:
            continue
        yield from _hyphened(token, word, scene)
        bearer = _relative_head(token, scene) or scene.party(scene.tree.subject(token))
        passive = scene.tree.is_passive(token) or token.dep in {"acl", "acl:relcl", "amod"}
        if bearer is None or not passive or not _is_stated(token, scene):
            continue
        for preposition, other in scene.tree.obliques(token):
            party = scene.party(other)
            if party is not None and preposition in word.prepositions:
                yield _tie(bearer, word, party, _polarity(token, scene), 0.75)


def _hyphened(participle: Token, word: Word, scene: Scene) -> Iterator[Tie]:
    """ "Oskania-led", "Vell-based": the name before the hyphen, and the noun behind."""
    at = participle.index
    if at < 2 or scene.tokens[at - 1].text not in {"-", "‐", "–"}:
        return
    bearer, other = scene.party(scene.tree.head(participle)), _party_at(at - 2, scene)
    if bearer is not None and other is not None:
        yield _tie(bearer, word, other, confidence=0.85)


def _party_at(index: int, scene: Scene) -> Party | None:
    token = scene.tokens[index]
    return scene.party(token) or scene.party(scene.tree.head(token))


def _by_place(scene: Scene) -> Iterator[Tie]:
    """ "fighters in Vell", "a depot near Vell", "Vell, Oskania", "Oskania's Vell province"."""
    for token in scene.tokens:
        head = scene.tree.head(token)
        bearer = scene.party(head)
        if head is None or bearer is None:
            continue
        for each in (token, *scene.tree.conjuncts(token)):
            place = scene.party(each)
            predicate = _place_of(token, head, bearer, scene) if place and place.entity.type in PLACES else None
            if place is not None and predicate:
                yield Tie(bearer, predicate, place, confidence=0.7 if predicate == "locatedIn" else 0.6)


def _place_of(token: Token, head: Token, bearer: Party, scene: Scene) -> str | None:
    """How a noun phrase is tied to a place that hangs on it."""
    preposition, nominal = scene.tree.preposition(token), token.dep.startswith("nmod")
    if nominal and preposition in NEAR:
        return "relatedTo"
    if nominal and preposition in WITHIN:
        return "locatedIn"
    if nominal and preposition in {"of", "from"} and bearer.entity.type in PEOPLE:
        return None if head.lemma.lower() in _offices() or head.lemma.lower() in _words("noun") else "locatedIn"
    if bearer.entity.type not in PLACES:
        return None
    before = scene.tokens[token.index - 1].text if token.index else ""
    if token.index > head.index and before == "," and token.dep in AFTER_COMMA:
        return "locatedIn"
    return "locatedIn" if token.dep == "nmod:poss" or (preposition == "of" and token.dep == "nmod") else None


def _by_body(scene: Scene) -> Iterator[Tie]:
    """ "officers from the Harbour Guard", "Vell within the League", "Guard vehicles": people and things of a body."""
    for token in scene.tokens:
        body, head = scene.party(token), scene.tree.head(token)
        bearer = scene.party(head)
        if head is None or body is None or bearer is None or body.entity.type not in BODIES:
            continue
        preposition = scene.tree.preposition(token)
        if token.dep.startswith("nmod") and preposition == "within":
            yield Tie(bearer, "memberOf", body, confidence=0.6)
        elif (
            token.dep.startswith("nmod")
            and preposition in {"from", "with", "for", "of"}
            and bearer.entity.type in PEOPLE
        ):
            if head.lemma.lower() not in _words("noun"):
                yield Tie(bearer, "affiliatedWith", body, confidence=0.6)
        elif token.dep in {"compound", "nmod:poss"} and bearer.entity.type in {"ItemType", "Place"}:
            yield Tie(body, "owns", bearer, confidence=0.55)


def _by_event(reading: Reading, scene: Scene) -> Iterator[Tie]:
    """Where a thing was that something was done to: inferred from the place of the event."""
    known = {entity.id: entity for entity in reading.entities}
    for event in reading.events:
        if event.modality != "Actual" or event.polarity != "Positive":
            continue
        ends = [(r.role, Party(known[r.entity], r.span)) for r in event.roles if r.entity in known]
        places = [p for role, p in ends if role == "place" and p.entity.type in PLACES]
        things = [p for role, p in ends if role in {"theme", "recipient"} and p.entity.type in {"ItemType", "Place"}]
        yield from (Tie(t, "locatedIn", p, confidence=0.5, basis="Inferred") for t in things for p in places)


def _by_list(scene: Scene) -> Iterator[Tie]:
    """ "partners including Oskania and Vell", "countries such as Oskania": the members of a group."""
    for token in scene.tokens:
        head = scene.tree.head(token)
        if head is None or not token.dep.startswith("nmod"):
            continue
        if scene.tree.preposition(token) not in {"including", "such as", "like", "among"}:
            continue
        group = scene.party(head)
        if group is None or group.entity.type not in ACTORS or scene.tree.preposition(token) == "among":
            continue
        for each in (token, *scene.tree.conjuncts(token)):
            party = scene.party(each)
            if party is not None:
                yield Tie(party, "memberOf", group, confidence=0.7)


@dataclass(frozen=True, slots=True)
class Posts:
    """The posts of a document, one for each name and body; their ids follow those of the entities."""

    before: int
    known: dict[tuple[str, str], Entity]

    def post(self, name: str, body: str) -> Entity:
        key = (name.lower(), body)
        if key not in self.known:
            number = self.before + len(self.known) + 1
            self.known[key] = Entity(f"e{number}", name, "Post", (), named=False, confidence=0.7)
        return self.known[key]

    def entities(self) -> tuple[Entity, ...]:
        return tuple(self.known.values())


@cache
def _offices() -> frozenset[str]:
    """Words for who holds a post, in lower case: titles of office and the office nouns."""
    titles = lexicon.rows("titles.tsv")
    ranks = {r["title"].lower() for r in titles if r["kind"] == "rank"}
    nouns = {r["noun"].lower() for r in lexicon.rows("persons.tsv") if r.get("office")}
    return frozenset({r["title"].lower() for r in titles if r["kind"] == "office"} | nouns - ranks - WORKERS)


def _of_posts(scene: Scene, posts: Posts) -> Iterator[Tie]:
    """Who holds which post, from titles before names, appositions and copulas; and in what body the post is."""
    for token in scene.tokens:
        if token.pos not in {"NOUN", "PROPN", "ADJ"} or token.name.endswith(("-LOC", "-GPE")):
            continue
        first = _office_begins(token, scene)
        if first is None or (first == token.index and token.pos == "ADJ"):
            continue
        holder = _holder(token, scene)
        if holder is None or holder.entity.type != "Person" or not holder.entity.named:
            continue
        yield from _held(token, first, holder, scene, posts)


def _office_begins(token: Token, scene: Scene) -> int | None:
    """Where the words of an office that end in this token begin ("deputy prime minister"); None if it is none."""
    following = scene.tokens[token.index + 1] if token.index + 1 < len(scene.tokens) else None
    for length in (4, 3, 2, 1):
        first = token.index - length + 1
        if first < 0 or scene.tokens[first].sentence != token.sentence:
            continue
        words = " ".join(t.text.lower() for t in scene.tokens[first : token.index + 1]).replace(" - ", "-")
        longer = f"{words} {following.text.lower()}" if following else words
        if words in _offices() and longer not in _offices():
            return first
    return None


def _holder(noun: Token, scene: Scene) -> Party | None:
    """The named person of a title: the name right behind it, or whom the noun describes."""
    behind = scene.tokens[noun.index + 1 : noun.index + 2]
    for party, mention in scene.names_at(behind[0].span.start) if behind else ():
        if party.entity.type == "Person" and mention.span.start >= noun.span.end:
            return party
    return _bearer(noun, scene)


def _held(noun: Token, first: int, holder: Party, scene: Scene, posts: Posts) -> Iterator[Tie]:
    words = Span(scene.tokens[first].span.start, noun.span.end)
    body = next((p for p, _ in _bodies(noun, first, scene) if p.entity.id != holder.entity.id), None)
    name = re.sub(r"\s+", " ", words.of(scene.text))
    label = f"{name} of {body.entity.name}" if body else name
    post = Party(posts.post(label, body.entity.id if body else ""), words)
    predicate = "formerlyHeldPost" if _is_over(noun, first, scene) else "holdsPost"
    yield Tie(holder, predicate, post, _polarity(noun, scene), 0.85)
    if body is not None:
        yield Tie(post, "postIn", body, confidence=0.75)


def _bodies(noun: Token, first: int, scene: Scene) -> Iterator[tuple[Party, bool]]:
    """The bodies or states that an office belongs to: "of Y", "Y's", or Y or its demonym right before the title."""
    found = list(_complements(noun, frozenset({"of", "for", "at", "in", "to"}), scene))
    yield from ((p, d) for p, d in found if p.entity.type in BODIES | {"GeopoliticalEntity"})
    before = first - 1
    if before >= 0 and scene.tokens[before].tag == "POS":
        before -= 1
    if before >= 0 and scene.tokens[before].sentence == noun.sentence:
        party = scene.party(scene.tokens[before])
        if party is not None and party.entity.type in BODIES | {"GeopoliticalEntity"}:
            yield party, True


def _is_over(noun: Token, first: int, scene: Scene) -> bool:
    """ "former president", "ex-minister", "was president": the post is no longer held."""
    before = scene.tokens[max(0, first - 3) : first]
    if any(t.text.lower().strip("-") in FORMER and t.sentence == noun.sentence for t in before):
        return True
    copula = scene.tree.child(noun, "cop")
    return copula is not None and copula.tag == "VBD"
