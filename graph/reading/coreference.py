"""Coreference: which mentions of a document stand for one entity.

Careful before greedy, in passes from the surest to the least sure, as in the sieve of Lee et al. (2013): names by their
words, their parts, their acronyms and their country; what grammar binds (appositions, titles, copulas); then, in text
order, definite descriptions by head noun and class, and pronouns by gender, number, speaker and salience (after Lappin
and Leass 1994). What stands between is never looked at more than a window of sentences back, so cost grows with length.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from graph.documents import Span
from graph.model import Entity, Reading, Token
from graph.reading import gazetteer, lexicon, salience
from graph.reading.agreement import (
    FEMALE,
    FIRST_PERSON,
    FIRST_PLURAL,
    MALE,
    PLURAL,
    REFLEXIVE,
    RELATIVE,
    Cluster,
    Seen,
    agree,
    fits,
    look_at,
    quotation_at,
)
from graph.reading.aliases import NameIndex
from graph.reading.grammar import Tree
from graph.reading.quotations import quotations
from graph.reading.salience import Candidate

NOMINAL_WINDOW = 12
NAMED_WITHIN = 2
MOST_RECENT = 300
OTHERNESS = frozenset(["other", "another", "different", "new", "second", "third", "next", "more", "additional"])


def coreference(reading: Reading) -> Reading:
    """Fill ``reading.entities``, numbered in text order of their first mention."""
    resolved = Resolution(reading)
    resolved.run()
    return replace(reading, entities=tuple(resolved.entities()))


class Resolution:
    """The resolution of one document: a union-find over its mentions, with what is known of each cluster."""

    def __init__(self, reading: Reading) -> None:
        self.text = reading.document.text
        self.tokens = reading.tokens
        self.tree = Tree(reading.tokens)
        self.quotations = quotations(self.text, reading.document.body())
        self.seen = [look_at(m, self.text, self.tree, self.quotations) for m in reading.mentions]
        named = {s.head.index for s in self.seen if s.mention.kind == "name"}
        self.seen = [replace(s, proper=s.proper and s.head.index not in named) for s in self.seen]
        self.clusters = [Cluster.of(i, s) for i, s in enumerate(self.seen)]
        self._parent = list(range(len(self.seen)))
        self._by_head: dict[int, list[int]] = defaultdict(list)
        for i, s in enumerate(self.seen):
            self._by_head[s.head.index].append(i)
        self.speakers = _speakers(self)

    def run(self) -> None:
        self._names()
        self._bound()
        self._named_later()
        self._in_order()

    def find(self, i: int) -> int:
        """The root of a mention's cluster."""
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def cluster(self, i: int) -> Cluster:
        return self.clusters[self.find(i)]

    def join(self, i: int, j: int) -> None:
        """Make one of the clusters of two mentions."""
        a, b = sorted((self.find(i), self.find(j)))
        if a != b:
            self._parent[b] = a
            self.clusters[a].take(self.clusters[b])

    def agrees(self, i: int, j: int) -> bool:
        return agree(self.cluster(i), self.cluster(j))

    def at(self, token: Token | None, *, whole: bool = False) -> list[int]:
        """The mentions whose head the token is, coordinations (``whole``) first or left out."""
        found = [] if token is None else self._by_head.get(token.index, [])
        return sorted((i for i in found if whole or not self.seen[i].whole), key=lambda i: not self.seen[i].whole)

    # names

    def _names(self) -> None:
        """Join names by their words, by country, by acronym, and by their parts, in text order."""
        index = NameIndex()
        for i, s in enumerate(self.seen):
            if s.named:
                found = index.look_up(s, lambda j, i=i: self.agrees(i, j))  # type: ignore[misc]
                if found is not None:
                    self.join(found, i)
                index.add(i, s)

    # what grammar binds

    def _bound(self) -> None:
        for i, s in enumerate(self.seen):
            for j in self._bound_to(s):
                if i != j and (s.plain in RELATIVE or self.agrees(i, j)):
                    self.join(i, j)

    def _bound_to(self, s: Seen) -> Iterator[int]:
        """Mentions that grammar makes one with this: title or descriptor, apposition, copula, relative pronoun."""
        if s.mention.kind == "pronoun":
            if s.plain in RELATIVE:
                yield from self._antecedent(s)
        elif not s.whole:
            yield from self.at(s.head)
            yield from self._described(s)
            yield from self._called(s)
            yield from self._apposed(s)
            yield from self._equated(s)

    def _described(self, s: Seen) -> Iterator[int]:
        """The name that follows right after its descriptor ("Prime Minister" – "Mary Odhiambo")."""
        if s.mention.kind != "nominal":
            return
        for above in self.tree.ancestors(s.head):
            for j in self.at(above):
                other = self.seen[j].mention
                between = self.text[s.mention.span.end : max(other.span.start, s.mention.span.end)]
                if other.kind == "name" and other.span.start >= s.mention.span.end and between.strip() in {"", ","}:
                    yield j
            if above.dep not in {"compound", "flat", "nmod:desc"}:
                return

    def _called(self, s: Seen) -> Iterator[int]:
        """The name inside a phrase that only adds what its bearer is ("the Acme company")."""
        if s.mention.kind == "nominal" and s.definite and not s.plural:
            for token in self.tree.children(s.head, "compound"):
                same = (j for j in self.at(token) if self.seen[j].mention.type == s.mention.type)
                yield from (j for j in same if gazetteer.is_hypernym(s.lemma, s.mention.type))

    def _apposed(self, s: Seen) -> Iterator[int]:
        if s.head.dep == "appos" or (s.head.dep == "flat" and s.mention.kind == "name"):
            yield from self.at(self.tree.head(s.head))

    def _equated(self, s: Seen) -> Iterator[int]:
        """The subject of a copula, if the predicate describes it and is not denied ("X is the chairman")."""
        if self.tree.child(s.head, "cop") is None or self.tree.is_negated(s.head) or self.tree.modal(s.head):
            return
        subject = self.tree.child(s.head, "nsubj")
        if subject is not None and (s.definite or s.kin == "person"):
            yield from self.at(subject)

    def _antecedent(self, s: Seen) -> Iterator[int]:
        """The noun that a relative clause hangs on."""
        for at in (s.head, *self.tree.ancestors(s.head)):
            if at.dep == "acl:relcl":
                yield from self.at(self.tree.head(at))[:1]
                return

    def _named_later(self) -> None:
        """Join a speaker who is first described ("an aid worker said …") with the name that the next words stand under.

        Newspapers often name a source only at the second thing said: the name is new, and nothing else describes it.
        """
        said = [(verb.sentence, i) for _, here in sorted(_sayings(self).items()) for verb, i in here]
        for (first, i), (second, j) in pairwise(said):
            if second - first <= NAMED_WITHIN and self._is_stranger(i) and self._is_new_name(j) and self.agrees(i, j):
                self.join(i, j)

    def _is_stranger(self, i: int) -> bool:
        s = self.seen[i]
        opens = self.text[s.mention.span.start : s.mention.span.end].lower().startswith(("a ", "an ", "one "))
        return s.mention.kind == "nominal" and s.kin == "person" and opens and not self.cluster(i).named

    def _is_new_name(self, j: int) -> bool:
        s, cluster = self.seen[j], self.cluster(j)
        alone = all(self.seen[m].mention.kind != "nominal" for m in cluster.members)
        return s.mention.kind == "name" and s.kin == "person" and min(cluster.members) == j and alone

    # in text order

    def _in_order(self) -> None:
        recent: deque[int] = deque()
        for i, s in enumerate(self.seen):
            found = self._earlier(i, s, recent)
            if found is not None:
                self.join(found, i)
            recent.append(i)
            while recent and (self.seen[recent[0]].sentence < s.sentence - NOMINAL_WINDOW or len(recent) > MOST_RECENT):
                recent.popleft()
            self.cluster(i).raised(s)

    def _earlier(self, i: int, s: Seen, recent: deque[int]) -> int | None:
        """The earlier mention that a pronoun or an unnamed description takes up, or None."""
        if s.mention.kind == "pronoun":
            if s.plain in FIRST_PERSON or s.plain in FIRST_PLURAL:
                return self._first_person(s, recent)
            return None if s.plain in RELATIVE else self._third_person(i, s, recent)
        return None if s.named or s.whole or self.cluster(i).named else self._description(i, s, recent)

    def _third_person(self, i: int, s: Seen, recent: deque[int]) -> int | None:
        best = max(
            ((salience.weight(s, c, self.tree), -c.rank, c.number) for c in self.candidates(i, s, recent)), default=None
        )
        return best[2] if best is not None and best[0] > salience.threshold(s) else None

    def candidates(self, i: int, s: Seen, recent: Sequence[int]) -> list[Candidate]:
        """The entities spoken of shortly before that a third-person pronoun may stand for, most recent first."""
        found: dict[int, Candidate] = {}
        barred = self._barred(s)
        for j in reversed(recent):
            other, root = self.seen[j], self.find(j)
            if s.sentence - other.sentence > (0 if s.plain in REFLEXIVE else salience.WINDOW):
                break
            if root not in found and root not in barred and self._may_be(i, s, other, root):
                found[root] = Candidate(j, other, self.clusters[root], len(found))
        return list(found.values())

    def _may_be(self, i: int, s: Seen, other: Seen, root: int) -> bool:
        if other.mention.span.contains(s.mention.span) or other.plain in FIRST_PERSON or other.plain in FIRST_PLURAL:
            return False
        if other.plain in RELATIVE and other.mention.kind == "pronoun" and other.sentence != s.sentence:
            return False
        if salience.form(s) == "it" and other.sentence != s.sentence and self._is_one_of_several(other):
            return False
        return fits(s, self.clusters[root]) and agree(self.cluster(i), self.clusters[root])

    def _is_one_of_several(self, s: Seen) -> bool:
        """A member of a coordination, which no later sentence takes up alone ("Sula and Norland abstained. It …")."""
        return not s.whole and (s.head.dep == "conj" or bool(self.tree.conjuncts(s.head)))

    def _barred(self, s: Seen) -> set[int]:
        """Clusters of the other arguments of the pronoun's own verb: for those the language has reflexives."""
        if s.plain in REFLEXIVE or s.head.dep == "nmod:poss":
            return set()
        above = self.tree.head(s.head)
        siblings = [] if above is None else self.tree.children(above)
        around = [] if above is None or s.head.dep not in {"nmod", "conj"} else [above]
        return {self.find(j) for t in (*siblings, *around) if t.index != s.head.index for j in self.at(t, whole=True)}

    def _first_person(self, s: Seen, recent: deque[int]) -> int | None:
        """The speaker of the quotation; for "we" the body that the speaker speaks for, where the text names one."""
        speaker = self.speakers.get(s.quotation) if s.quotation >= 0 else None
        if speaker is not None and (s.plain in FIRST_PERSON or self.cluster(speaker).kin != "person"):
            return speaker
        body = None if speaker is None else self._spoken_for(speaker)
        return body if body is not None else self._same_voice(s, recent)

    def _same_voice(self, s: Seen, recent: deque[int]) -> int | None:
        """The last "we" or "I" of the same speaker."""
        voice = self.speakers.get(s.quotation, -1 if s.quotation < 0 else s.quotation)
        for j in reversed(recent):
            other = self.seen[j]
            theirs = self.speakers.get(other.quotation, -1 if other.quotation < 0 else other.quotation)
            if other.family == s.family and theirs == voice:
                return j
        return None

    def _spoken_for(self, speaker: int) -> int | None:
        """The body inside the words that describe the speaker ("Acme chairman", "the head of Acme")."""
        for m in self.cluster(speaker).members:
            s = self.seen[m]
            if s.mention.kind == "nominal":
                for j in range(m + 1, min(len(self.seen), m + 6)):
                    other = self.seen[j]
                    if s.mention.span.contains(other.mention.span) and other.named and other.kin in {"body", "place"}:
                        return j
        return None

    def _description(self, i: int, s: Seen, recent: deque[int]) -> int | None:
        """The earlier mention that a description takes up (the same words, or for a definite one what fits)."""
        if not s.definite or s.modifiers & OTHERNESS:
            return next((j for j in reversed(recent) if self._repeats(s, self.seen[j])), None)
        return next((j for j in reversed(recent) if self._takes_up(i, s, j)), None)

    def _repeats(self, s: Seen, other: Seen) -> bool:
        """Word for word the same with its modifiers ("14 plants" in the headline and below), or the same bare kind."""
        if other.mention.kind != "nominal" or s.lemma != other.lemma or other.whole:
            return False
        kinds = s.mention.type == other.mention.type == "ItemType" and s.head.dep == other.head.dep == "compound"
        bare = s.plural and s.mention.type in {"ArmedGroup", "SecurityForce"}
        return kinds or ((bare or bool(s.modifiers)) and s.modifiers == other.modifiers and s.plain == other.plain)

    def _takes_up(self, i: int, s: Seen, j: int) -> bool:
        other, cluster = self.seen[j], self.cluster(j)
        if other.mention.kind == "pronoun" or other.mention.span.overlaps(s.mention.span):
            return False
        if s.plural != cluster.plural or not self.agrees(i, j) or self.find(j) in self._barred(s):
            return False
        if any(gazetteer.same_noun(s.lemma, lemma) for lemma in cluster.lemmas):
            return not cluster.modifiers or s.modifiers <= cluster.modifiers
        return other.named and self._is_a(s, cluster, other)

    def _is_a(self, s: Seen, cluster: Cluster, other: Seen) -> bool:
        """Whether a description ("the company", "the country") names the class of a named entity just spoken of."""
        if s.sentence - other.sentence > salience.WINDOW:
            return False
        if gazetteer.is_hypernym(s.lemma, "country") and (code := _country(other)):
            return all(gazetteer.is_of_region(code, word) for word in s.modifiers)
        if not s.modifiers <= cluster.modifiers:
            return False
        return gazetteer.is_hypernym(s.lemma, cluster.type) or s.mention.type == cluster.type == "ItemType"

    # the outcome

    def entities(self) -> Iterator[Entity]:
        groups: dict[int, list[int]] = defaultdict(list)
        for i in range(len(self.seen)):
            groups[self.find(i)].append(i)
        worth = [root for root in sorted(groups) if _is_worth([self.seen[i] for i in groups[root]])]
        for number, root in enumerate(worth, start=1):
            yield _entity(f"e{number}", [self.seen[i] for i in groups[root]], self.clusters[root])


def _speakers(resolution: Resolution) -> dict[int, int]:
    """For each quotation the mention of who speaks it: the subject of a verb of saying beside it.

    Looked for in the sentence in which the quotation ends, then where it begins; a quotation without one goes on with
    the speaker of the one before it in its paragraph, else it has that of the sentence just after or before.
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
        before, gap = found.get(number - 1), ""
        if before is not None:
            gap = resolution.text[resolution.quotations[number - 1].end : quotation.start]
        speaker = _nearest(sayings, [end, begin], quotation)
        if speaker is None and before is not None and len(gap) < 200 and "\n" not in gap:
            speaker = before
        if speaker is None:
            speaker = _nearest(sayings, [end + 1, begin - 1], quotation)
        if speaker is None and before is not None:
            speaker = before if len(gap) < 200 and gap.count("\n") < 3 else None
        if speaker is not None:
            found[number] = speaker
    return found


def _sayings(resolution: Resolution) -> dict[int, list[tuple[Token, int]]]:
    """By sentence, the verbs of saying outside all quotations, each with the mention of its subject."""
    verbs = {row["lemma"] for row in lexicon.rows("cues.tsv") if row["pos"] == "verb" and row["kind"] == "say"}
    found: dict[int, list[tuple[Token, int]]] = defaultdict(list)
    for token in resolution.tokens:
        if token.lemma.lower() in verbs and token.pos == "VERB" and quotation_at(resolution.quotations, token.span) < 0:
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
    people = MALE | FEMALE | PLURAL | FIRST_PLURAL | FIRST_PERSON
    return any(s.mention.kind != "pronoun" or s.plain in people for s in members)


def _entity(id_: str, members: Sequence[Seen], cluster: Cluster) -> Entity:
    names = [s for s in members if s.named]
    best = max(names or members, key=lambda s: (s.mention.kind == "name", s.mention.kind == "nominal", len(s.words)))
    name = _canonical(best)
    aliases = tuple(dict.fromkeys(s.words for s in names if s.words != name))
    type_ = cluster.type if cluster.type != "Entity" else "Group"
    confidence = 0.9 if names else 0.7
    return Entity(id_, name, type_, tuple(s.mention for s in members), bool(names), aliases, confidence=confidence)


def _country(s: Seen) -> str:
    """The code of the country that a name or a demonym stands for, or ""."""
    return gazetteer.country((gazetteer.demonym(s.words) if s.mention.kind == "nominal" else None) or s.words)


def _canonical(s: Seen) -> str:
    place = gazetteer.demonym(s.words) if s.mention.type == "GeopoliticalEntity" else None
    return place or " ".join(s.words.split())
