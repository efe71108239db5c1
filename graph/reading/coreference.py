"""Coreference: which mentions of a document stand for one entity.

Careful before greedy, in passes from the surest to the least sure, as in the sieve of Lee et al. (2013): names by their
words, their parts, their acronyms and their country; what grammar binds (appositions, titles, copulas); then, in text
order, definite descriptions by head noun and class, and pronouns by gender, number, speaker and salience (after Lappin
and Leass 1994). What stands between is never looked at more than a window of sentences back, so cost grows with length.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from graph.documents import Span
from graph.model import Entity, Mention, Reading, Token
from graph.reading import gazetteer, lexicon
from graph.reading.grammar import SUBJECTS, Tree
from graph.reading.quotations import quotations

PRONOUN_WINDOW = 3
NOMINAL_WINDOW = 12
FIRST_PERSON = frozenset(["i", "me", "my", "mine", "myself"])
FIRST_PLURAL = frozenset(["we", "us", "our", "ours", "ourselves"])
MALE = frozenset(["he", "him", "his", "himself"])
FEMALE = frozenset(["she", "her", "hers", "herself"])
NEUTER = frozenset(["it", "its", "itself"])
PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
RELATIVE = frozenset(["who", "whom", "whose", "which", "that"])
REFLEXIVE = frozenset(["himself", "herself", "itself", "themselves", "myself", "ourselves"])
DEFINITE = frozenset(["the", "this", "that", "these", "those", "both"])
POSSESSIVE = frozenset(["my", "our", "his", "her", "its", "their"])
OTHERNESS = frozenset(["other", "another", "different", "new", "second", "third", "next", "more", "additional"])
GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv"])


def kin(type_: str) -> str:
    """The broad kind within which two mentions may be one: person, group, body, place, thing."""
    if type_ in gazetteer.PLACES:
        return "place"
    if type_ in gazetteer.BODIES:
        return "body"
    return {"Person": "person", "Group": "group"}.get(type_, "thing" if type_ in gazetteer.THINGS else "")


@dataclass(frozen=True, slots=True)
class Seen:
    """A mention with what agreement asks of it."""

    mention: Mention
    words: str
    plain: str
    head: Token
    sentence: int
    subject: bool
    gender: str
    plural: bool
    lemma: str
    modifiers: frozenset[str]
    definite: bool
    quotation: int

    @property
    def kin(self) -> str:
        return kin(self.mention.type)


@dataclass(slots=True)
class Cluster:
    """What is known so far of one entity."""

    members: list[int] = field(default_factory=list)
    gender: str = ""
    plural: bool = False
    kin: str = ""
    type: str = ""
    named: bool = False
    lemmas: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    last: int = -1
    prominence: float = 0.0


def coreference(reading: Reading) -> Reading:
    """Fill ``reading.entities``, numbered in text order of their first mention."""
    resolved = _Resolution(reading)
    resolved.run()
    return replace(reading, entities=tuple(resolved.entities()))


class _Resolution:
    """The state of one document's resolution: a union-find over its mentions, with what is known of each cluster."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.tokens = reading.tokens
        self.tree = Tree(reading.tokens)
        self.quotations = quotations(reading.document.text, reading.document.body())
        self.seen = [_looked_at(self, m) for m in reading.mentions]
        self.parent = list(range(len(self.seen)))
        self.clusters = [_single(i, s) for i, s in enumerate(self.seen)]
        self.by_head: dict[int, list[int]] = defaultdict(list)
        for i, s in enumerate(self.seen):
            self.by_head[s.head.index].append(i)
        self.speakers = _speakers(self)

    def run(self) -> None:
        self._names()
        self._bound()
        self._in_order()

    # union-find

    def find(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = self.parent[i]
        return i

    def cluster(self, i: int) -> Cluster:
        return self.clusters[self.find(i)]

    def join(self, i: int, j: int) -> None:
        """Make one of the clusters of two mentions; the earlier one's root stays."""
        a, b = sorted((self.find(i), self.find(j)))
        if a == b:
            return
        self.parent[b] = a
        one, two = self.clusters[a], self.clusters[b]
        if two.named and not one.named:
            one.kin, one.type = two.kin, two.type
        one.kin = one.kin or two.kin
        one.type = one.type if one.type not in {"", "Entity"} else two.type
        one.members += two.members
        one.gender = one.gender or two.gender
        one.plural = one.plural if one.named or not two.named else two.plural
        one.named |= two.named
        one.lemmas |= two.lemmas
        one.modifiers |= two.modifiers
        one.last = max(one.last, two.last)

    def agrees(self, i: int, j: int) -> bool:
        """No conflict of gender or of person against thing between the clusters of two mentions."""
        one, two = self.cluster(i), self.cluster(j)
        return not (one.gender and two.gender and one.gender != two.gender) and (
            not one.kin or not two.kin or _akin(one.kin, two.kin)
        )

    # names

    def _names(self) -> None:
        """Join names by their words, by country, by acronym, and by their parts, in text order."""
        index = _NameIndex()
        for i, s in enumerate(self.seen):
            if s.mention.kind != "name" and not _is_name_like(s):
                continue
            found = index.look_up(i, s, self)
            if found is not None:
                self.join(found, i)
            index.add(i, s)

    # what grammar binds

    def _bound(self) -> None:
        for i, s in enumerate(self.seen):
            for j in self._bound_to(i, s):
                if i != j and self.agrees(i, j):
                    self.join(i, j)

    def _bound_to(self, i: int, s: Seen) -> Iterator[int]:
        """Mentions that grammar makes one with this: title or descriptor, apposition, copula, relative pronoun."""
        if s.mention.kind == "nominal":
            yield from self._described(s)
            yield from self._apposed(s)
            yield from self._equated(s)
        elif s.mention.kind == "name":
            yield from self._apposed(s)
        elif s.plain in RELATIVE:
            yield from self._antecedent(s)

    def _described(self, s: Seen) -> Iterator[int]:
        """The name that follows right after its descriptor ("Prime Minister" – "Mary Odhiambo")."""
        for above in [self.tree.head(s.head)]:
            if above is None or s.head.dep not in {"nmod:desc", "compound", "flat", "appos", "amod"}:
                return
            for j in self.by_head.get(above.index, []):
                other = self.seen[j]
                gap = self.reading.document.text[s.mention.span.end : other.mention.span.start]
                if other.mention.kind == "name" and other.mention.span.start >= s.mention.span.end and not gap.strip():
                    yield j

    def _apposed(self, s: Seen) -> Iterator[int]:
        if s.head.dep == "appos":
            above = self.tree.head(s.head)
            yield from self.at(above)

    def at(self, token: Token | None) -> list[int]:
        return [] if token is None else [j for j in self.by_head.get(token.index, []) if self.seen[j].plain]

    def _equated(self, s: Seen) -> Iterator[int]:
        """The subject of a copula, if the predicate describes it and is not denied ("X is the chairman")."""
        if self.tree.child(s.head, "cop") is None or self.tree.is_negated(s.head) or self.tree.modal(s.head):
            return
        subject = self.tree.child(s.head, "nsubj")
        if subject is not None and (s.definite or s.kin == "person"):
            yield from self.at(subject)

    def _antecedent(self, s: Seen) -> Iterator[int]:
        """The noun that a relative clause hangs on."""
        at: Token | None = s.head
        for _ in range(6):
            if at is None:
                return
            if at.dep == "acl:relcl":
                yield from self.at(self.tree.head(at))
                return
            at = self.tree.head(at)

    # in text order

    def _in_order(self) -> None:
        recent: list[int] = []
        for i, s in enumerate(self.seen):
            if s.mention.kind == "pronoun":
                found = self._pronoun(i, s, recent)
            elif s.mention.kind == "nominal" and self._is_free(i):
                found = self._description(i, s, recent)
            else:
                found = None
            if found is not None:
                self.join(found, i)
            recent.append(i)
            if len(recent) > 400:
                recent = [j for j in recent if self.seen[j].sentence >= s.sentence - NOMINAL_WINDOW]
            self._raise(i, s)

    def _is_free(self, i: int) -> bool:
        """No name stands in the mention's cluster yet."""
        return not self.cluster(i).named

    def _raise(self, i: int, s: Seen) -> None:
        cluster = self.cluster(i)
        decay = 0.6 ** max(0, s.sentence - cluster.last) if cluster.last >= 0 else 1.0
        cluster.prominence = cluster.prominence * decay + (2.0 if s.subject else 1.0)
        cluster.last = s.sentence

    def _pronoun(self, i: int, s: Seen, recent: list[int]) -> int | None:
        word = s.plain
        if word in RELATIVE:
            return None
        if word in FIRST_PERSON or word in FIRST_PLURAL:
            return self._first_person(i, s, recent)
        best, score = None, 0.0
        window = 0 if word in REFLEXIVE else PRONOUN_WINDOW
        for j in reversed(recent):
            other = self.seen[j]
            distance = s.sentence - other.sentence
            if distance > window:
                break
            if self._may_be(s, j, other):
                value = self._salience(s, other, j, distance)
                if best is None or value > score:
                    best, score = j, value
        return best

    def _may_be(self, s: Seen, j: int, other: Seen) -> bool:
        """Whether a third-person pronoun may stand for what an earlier mention stands for."""
        word, cluster = s.plain, self.cluster(j)
        if other.mention.span.overlaps(s.mention.span) and other.mention.span.contains(s.mention.span):
            return False
        if other.plain in FIRST_PERSON or other.plain in FIRST_PLURAL:
            return False
        if self._clashes(s, other):
            return False
        if word in MALE:
            return (
                cluster.kin in {"person", ""}
                and cluster.gender in {"m", ""}
                and not cluster.plural
                and not _is_it(other)
            )
        if word in FEMALE:
            return (
                cluster.kin in {"person", ""}
                and cluster.gender in {"f", ""}
                and not cluster.plural
                and not _is_it(other)
            )
        if word in NEUTER:
            return cluster.kin in {"body", "place", "thing", ""} and not cluster.plural and not cluster.gender
        return self._may_be_they(cluster, other)

    def _may_be_they(self, cluster: Cluster, other: Seen) -> bool:
        return cluster.plural or cluster.kin in {"group", "body"}

    def _clashes(self, s: Seen, other: Seen) -> bool:
        """Two arguments of one verb are not one, unless the later is reflexive or a possessor."""
        if s.plain in REFLEXIVE or s.head.dep == "nmod:poss":
            return False
        return s.head.head == other.head.head and s.head.head != s.head.index and other.head.dep != "nmod:poss"

    def _salience(self, s: Seen, other: Seen, j: int, distance: int) -> float:
        cluster = self.cluster(j)
        value = 3.0 - 1.2 * distance
        value += 1.5 if other.subject else 0.0
        value += 0.5 if other.subject and s.subject else 0.0
        value += 0.8 if other.mention.kind == "name" or cluster.named else 0.0
        value += 0.7 if other.mention.kind == "pronoun" and other.plain == s.plain else 0.0
        value += min(cluster.prominence, 4.0) * 0.3
        value -= 1.0 if other.head.dep in {"nmod", "compound", "nmod:poss"} else 0.0
        value -= 0.8 if (other.quotation >= 0) != (s.quotation >= 0) else 0.0
        value += 0.8 if s.plain in PLURAL and cluster.plural else 0.0
        value -= 1.0 if cluster.kin == "place" and s.plain in NEUTER else 0.0
        return value

    def _first_person(self, i: int, s: Seen, recent: list[int]) -> int | None:
        """The speaker of the quotation; for "we" the body that the speaker speaks for, where the text names one."""
        speaker = self.speakers.get(s.quotation)
        if s.quotation < 0 or speaker is None:
            return next(
                (
                    j
                    for j in reversed(recent)
                    if self.seen[j].plain in (FIRST_PERSON if s.plain in FIRST_PERSON else FIRST_PLURAL)
                    and self.seen[j].quotation == s.quotation
                    and s.sentence - self.seen[j].sentence <= NOMINAL_WINDOW
                ),
                None,
            )
        if s.plain in FIRST_PERSON or self.cluster(speaker).kin != "person":
            return speaker
        return self._spoken_for(speaker, s)

    def _spoken_for(self, speaker: int, s: Seen) -> int | None:
        """The body inside the words that describe the speaker ("Acme chairman", "head of Acme")."""
        where = [
            self.seen[m].mention.span for m in self.cluster(speaker).members if self.seen[m].mention.kind != "pronoun"
        ]
        near = [j for m in self.cluster(speaker).members for j in range(max(0, m - 4), min(len(self.seen), m + 5))]
        for j in dict.fromkeys(near):
            other = self.seen[j]
            inside = any(span.contains(other.mention.span) and span != other.mention.span for span in where)
            if inside and other.mention.kind == "name" and other.kin in {"body", "place"}:
                return j
        same = (j for j in range(len(self.seen)) if False)
        return next(same, None)

    def _description(self, i: int, s: Seen, recent: list[int]) -> int | None:
        """The earlier mention that a definite description takes up, or None."""
        if not s.definite or s.modifiers & OTHERNESS:
            return None
        for j in reversed(recent):
            other = self.seen[j]
            if s.sentence - other.sentence > NOMINAL_WINDOW:
                break
            if self._takes_up(i, s, j, other):
                return j
        return None

    def _takes_up(self, i: int, s: Seen, j: int, other: Seen) -> bool:
        cluster = self.cluster(j)
        if other.mention.kind == "pronoun" or other.mention.span.overlaps(s.mention.span):
            return False
        if s.plural != cluster.plural or not self.agrees(i, j) or self._clashes(s, other):
            return False
        if s.lemma in cluster.lemmas:
            return not (s.modifiers - cluster.modifiers) or not cluster.modifiers
        return bool(
            not s.modifiers and cluster.named and other.mention.kind == "name" and self._is_a(s, cluster, other)
        )

    def _is_a(self, s: Seen, cluster: Cluster, other: Seen) -> bool:
        """Whether a bare description ("the company", "the country") names the class of a named entity."""
        if s.sentence - other.sentence > PRONOUN_WINDOW:
            return False
        return (
            (s.lemma, cluster.type) in HYPERNYMS
            or (s.lemma, "country") in HYPERNYMS
            and bool(gazetteer.country(other.words))
        )

    # the outcome

    def entities(self) -> Iterator[Entity]:
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.seen)):
            groups[self.find(i)].append(i)
        number = 0
        for root in sorted(groups):
            members = [self.seen[i] for i in groups[root]]
            if _is_worth(members):
                number += 1
                yield _entity(f"e{number}", members, self.clusters[root])


HYPERNYMS = frozenset(
    (noun, type_)
    for type_, nouns in {
        "Organisation": "company firm corporation group organisation organization agency union bank airline manufacturer "
        "carmaker automaker planemaker maker giant party club team newspaper university court institute association "
        "business conglomerate body watchdog charity retailer operator carrier broadcaster commission committee council",
        "Government": "government administration ministry parliament legislature cabinet department senate",
        "SecurityForce": "force army police navy military corps",
        "IntergovernmentalOrganisation": "organisation organization bloc body agency union alliance",
        "Mission": "mission force operation",
        "ArmedGroup": "group militia gang organisation organization movement",
        "GeopoliticalEntity": "city town state province",
        "country": "country nation state republic kingdom",
        "Place": "area region airport island river lake sea district",
    }.items()
    for noun in nouns.split(" ")
)


def _akin(one: str, two: str) -> bool:
    pairs = {
        ("body", "group"),
        ("group", "body"),
        ("group", "person"),
        ("person", "group"),
        ("body", "place"),
        ("place", "body"),
    }
    return one == two or (one, two) in pairs


def _is_it(s: Seen) -> bool:
    return s.plain in NEUTER


def _is_name_like(s: Seen) -> bool:
    """A nominal that goes by its words as a name does: a product's designation, a treaty, a demonym for its place."""
    return s.mention.kind == "nominal" and (
        s.head.pos == "PROPN" or s.head.name != "" or (s.mention.type == "GeopoliticalEntity" and s.words[:1].isupper())
    )


def _looked_at(resolution: _Resolution, mention: Mention) -> Seen:
    tokens, tree = resolution.tokens, resolution.tree
    head = tokens[mention.head]
    words = mention.span.of(resolution.reading.document.text)
    plain = gazetteer.plain(words)
    children = tree.children(head)
    modifiers = frozenset(
        t.lemma.lower()
        for t in children
        if t.dep in {"amod", "compound", "nummod", "nmod:poss"}
        and t.span.start >= mention.span.start
        and t.span.end <= mention.span.end
    )
    return Seen(
        mention,
        words,
        plain,
        head,
        head.sentence,
        head.dep in SUBJECTS,
        _gender(resolution, mention, head, plain),
        _is_plural(mention, head, plain),
        head.lemma.lower(),
        modifiers,
        _is_definite(tree, head, plain),
        _quotation(resolution.quotations, mention.span),
    )


def _quotation(quotations: Sequence[Span], span: Span) -> int:
    at = bisect_right(quotations, span.start, key=lambda q: q.start) - 1
    return at if at >= 0 and quotations[at].contains(span) else -1


def _is_definite(tree: Tree, head: Token, plain: str) -> bool:
    if plain.split(" ")[0] in DEFINITE or plain.split(" ")[0] in POSSESSIVE:
        return True
    return tree.possessor(head) is not None


def _is_plural(mention: Mention, head: Token, plain: str) -> bool:
    if mention.kind == "pronoun":
        return plain in PLURAL or plain in FIRST_PLURAL
    if mention.kind == "name":
        return False
    return head.tag in {"NNS", "NNPS"} or mention.type == "Group" and head.pos not in {"NOUN", "PROPN"}


def _gender(resolution: _Resolution, mention: Mention, head: Token, plain: str) -> str:
    if plain in MALE:
        return "m"
    if plain in FEMALE:
        return "f"
    if mention.type != "Person":
        return ""
    if mention.kind == "name":
        return _title_gender(resolution, mention) or gazetteer.given_gender(plain)
    return gazetteer.noun_gender(head.lemma)


def _title_gender(resolution: _Resolution, mention: Mention) -> str:
    before = resolution.reading.document.text[max(0, mention.span.start - 12) : mention.span.start].split()
    return gazetteer.title_gender(before[-1]) if before else ""


def _single(i: int, s: Seen) -> Cluster:
    named = s.mention.kind == "name" or _is_name_like(s)
    type_ = s.mention.type
    kin_ = s.kin if s.mention.kind != "pronoun" else ("person" if s.plain in MALE | FEMALE | FIRST_PERSON else "")
    lemmas = {s.lemma} if s.mention.kind == "nominal" else set()
    return Cluster([i], s.gender, s.plural, kin_, type_, named, lemmas, set(s.modifiers))


class _NameIndex:
    """Names seen so far, by the keys under which a later name may take them up."""

    def __init__(self) -> None:
        self.exact: dict[tuple[str, str], int] = {}
        self.surname: dict[str, int] = {}
        self.given: dict[str, int] = {}
        self.acronym: dict[str, int] = {}
        self.first: dict[str, int] = {}

    def look_up(self, i: int, s: Seen, resolution: _Resolution) -> int | None:
        for found in self._candidates(s):
            if found is not None and resolution.agrees(found, i):
                return found
        return None

    def _candidates(self, s: Seen) -> Iterator[int | None]:
        key = _key(s)
        yield self.exact.get((s.kin, key))
        if s.kin == "place":
            yield self.exact.get(("body", key)) if not gazetteer.country(s.words) else None
        if s.kin == "person":
            words = _person_words(s.plain)
            if len(words) == 1:
                yield self.surname.get(words[0])
                yield self.given.get(words[0])
            return
        if s.kin == "body":
            if s.words.isupper() or "." in s.words:
                yield self.acronym.get(s.plain)
                full = gazetteer.short_names().get(s.plain)
                yield self.exact.get((s.kin, full)) if full else None
            if " " in s.plain:
                yield self.exact.get((s.kin, gazetteer.initials(s.plain)))
            yield self.first.get(key)

    def add(self, i: int, s: Seen) -> None:
        self.exact[s.kin, _key(s)] = i
        if s.kin == "person":
            words = _person_words(s.plain)
            if len(words) > 1:
                self.surname[words[-1]] = i
                self.given[words[0]] = i
        if s.kin == "body":
            self.acronym[gazetteer.initials(s.plain)] = i
            words = s.plain.split(" ")
            for length in range(1, len(words)):
                part = " ".join(words[:length])
                if not gazetteer.place_class(part) and gazetteer.demonym(part) is None and len(part) > 3:
                    self.first[part] = i


def _key(s: Seen) -> str:
    """The form by which two writings of one name are one: countries by code, companies without their suffix."""
    place = gazetteer.demonym(s.words) if s.mention.type == "GeopoliticalEntity" else None
    if s.kin == "place":
        name = place or s.words
        return gazetteer.country(name) or gazetteer.plain(name).removeprefix("the ")
    words = s.plain.removeprefix("the ").split(" ")
    while s.kin == "body" and len(words) > 1 and words[-1].strip(",") in gazetteer.COMPANY_SUFFIXES:
        words.pop()
    return " ".join(words).strip(" ,").removesuffix("'s")


def _person_words(plain: str) -> list[str]:
    words = plain.replace(",", "").split(" ")
    while len(words) > 1 and words[-1] in GENERATIONS:
        words.pop()
    return words


def _speakers(resolution: _Resolution) -> dict[int, int]:
    """For each quotation the mention of who speaks it: the subject of a verb of saying beside it.

    Looked for in the sentence in which the quotation ends, then where it begins, then just after and before; a quotation
    without one, in the same or the next paragraph as one with, goes on with its speaker.
    """
    found: dict[int, int] = {}
    sayings = _sayings(resolution)
    starts = [t.span.start for t in resolution.tokens]
    for number, quotation in enumerate(resolution.quotations):
        first = min(bisect_left(starts, quotation.start), len(starts) - 1)
        last = max(bisect_left(starts, quotation.end) - 1, first)
        if first >= len(starts) or first < 0:
            continue
        begin, end = resolution.tokens[first].sentence, resolution.tokens[last].sentence
        speaker = _nearest(sayings, [end, begin, end + 1, begin - 1], quotation)
        if speaker is None and found.get(number - 1) is not None:
            gap = resolution.reading.document.text[resolution.quotations[number - 1].end : quotation.start]
            speaker = found[number - 1] if len(gap) < 200 and gap.count("\n") < 3 else None
        if speaker is not None:
            found[number] = speaker
    return found


def _sayings(resolution: _Resolution) -> dict[int, list[tuple[Token, int]]]:
    """By sentence, the verbs of saying outside all quotations, each with the mention of its subject."""
    verbs = {row["lemma"] for row in lexicon.rows("cues.tsv") if row["pos"] == "verb" and row["kind"] == "say"}
    found: dict[int, list[tuple[Token, int]]] = defaultdict(list)
    for token in resolution.tokens:
        if token.lemma.lower() in verbs and token.pos == "VERB" and _quotation(resolution.quotations, token.span) < 0:
            subject = resolution.tree.subject(token)
            mention = None if subject is None else next(iter(resolution.at(subject)), None)
            if mention is not None:
                found[token.sentence].append((token, mention))
    return found


def _nearest(sayings: dict[int, list[tuple[Token, int]]], sentences: Sequence[int], quotation: Span) -> int | None:
    for sentence in sentences:
        here = sayings.get(sentence, [])
        if here:
            return min(
                here, key=lambda x: min(abs(x[0].span.start - quotation.end), abs(x[0].span.end - quotation.start))
            )[1]
    return None


def _is_worth(members: Sequence[Seen]) -> bool:
    """A pronoun that stands for nothing known is no entity, unless it stands for people."""
    return any(
        s.mention.kind != "pronoun" or s.plain in MALE | FEMALE | PLURAL | FIRST_PLURAL | FIRST_PERSON for s in members
    )


def _entity(id_: str, members: Sequence[Seen], cluster: Cluster) -> Entity:
    names = [s for s in members if s.mention.kind == "name" or _is_name_like(s)]
    best = max(names or members, key=lambda s: (s.mention.kind == "name", s.mention.kind == "nominal", len(s.words)))
    name = _canonical(best)
    aliases = tuple(dict.fromkeys(s.words for s in names if s.words != name))
    type_ = cluster.type if cluster.type not in {"", "Entity"} else "Group" if cluster.plural else "Organisation"
    return Entity(
        id_, name, type_, tuple(s.mention for s in members), bool(names), aliases, confidence=0.9 if names else 0.7
    )


def _canonical(s: Seen) -> str:
    place = gazetteer.demonym(s.words) if s.mention.type == "GeopoliticalEntity" else None
    return place or " ".join(s.words.split())
