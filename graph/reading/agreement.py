"""What agreement asks of a mention, and of what is known of an entity: kind, gender, number, head, role."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.documents import Span
from graph.model import Mention, Token
from graph.reading import gazetteer
from graph.reading.grammar import SUBJECTS, Tree

FIRST_PERSON = frozenset(["i", "me", "my", "mine", "myself"])
FIRST_PLURAL = frozenset(["we", "us", "our", "ours", "ourselves"])
MALE = frozenset(["he", "him", "his", "himself"])
FEMALE = frozenset(["she", "her", "hers", "herself"])
NEUTER = frozenset(["it", "its", "itself"])
PLURAL = frozenset(["they", "them", "their", "theirs", "themselves"])
RELATIVE = frozenset(["who", "whom", "whose", "which", "that"])
REFLEXIVE = frozenset(["himself", "herself", "itself", "themselves", "myself", "ourselves"])
FAMILIES = (FIRST_PERSON, FIRST_PLURAL, MALE, FEMALE, NEUTER, PLURAL, RELATIVE)
DEFINITE = frozenset(["the", "this", "that", "these", "those", "both", "my", "our", "his", "her", "its", "their"])
AKIN = frozenset([("body", "group"), ("group", "person"), ("body", "place")])


@dataclass(frozen=True, slots=True)
class Seen:
    """A mention with what agreement asks of it. ``whole`` is a coordination, ``quotation`` its number or -1."""

    mention: Mention
    words: str
    plain: str
    head: Token
    subject: bool
    gender: str
    plural: bool
    modifiers: frozenset[str]
    definite: bool
    whole: bool
    proper: bool
    quotation: int

    @property
    def kin(self) -> str:
        """The broad kind within which mentions may be one: person, group, body, place, thing; "" for a pronoun."""
        if self.mention.kind == "pronoun":
            return "person" if self.plain in MALE | FEMALE | FIRST_PERSON else ""
        return kin(self.mention.type)

    @property
    def sentence(self) -> int:
        return self.head.sentence

    @property
    def lemma(self) -> str:
        return self.head.lemma.lower()

    @property
    def family(self) -> frozenset[str]:
        """The forms of the same pronoun."""
        return next((forms for forms in FAMILIES if self.plain in forms), frozenset())

    @property
    def named(self) -> bool:
        """Goes by its words as a name does: a name, a product's designation, a treaty, a demonym for its place."""
        if self.whole or self.mention.kind == "pronoun":
            return False
        if self.mention.kind == "name":
            return True
        return self.proper


@dataclass(slots=True)
class Cluster:
    """What is known so far of one entity, from the mentions that were found to stand for it."""

    members: list[int]
    kin: str
    type: str
    gender: str
    plural: bool
    named: bool
    lemmas: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    last: int = -1
    prominence: float = 0.0

    @classmethod
    def of(cls, i: int, s: Seen) -> Cluster:
        lemmas = {s.lemma} if s.mention.kind == "nominal" else set()
        return cls([i], s.kin, s.mention.type, s.gender, s.plural, s.named, lemmas, set(s.modifiers))

    def take(self, other: Cluster) -> None:
        """Know also all that was known of another, which turned out to be the same."""
        lead = other if (other.named, other.kin != "") > (self.named, self.kin != "") else self
        self.kin, self.type, self.plural = lead.kin or self.kin, lead.type, lead.plural
        self.gender = self.gender or other.gender
        self.named |= other.named
        self.members += other.members
        self.lemmas |= other.lemmas
        self.modifiers |= other.modifiers
        self.last = max(self.last, other.last)
        self.prominence += other.prominence

    def raised(self, s: Seen) -> None:
        """Have been mentioned once more; fame fades with every sentence in between."""
        faded = 0.7 ** max(0, s.sentence - self.last) if self.last >= 0 else 1.0
        self.prominence = self.prominence * faded + (2.0 if s.subject else 1.0)
        self.last = s.sentence


def agree(one: Cluster, two: Cluster) -> bool:
    """No conflict of gender, and none of kind, between what is known of two."""
    if one.gender and two.gender and one.gender != two.gender:
        return False
    pair = (one.kin, two.kin)
    return "" in pair or one.kin == two.kin or pair in AKIN or pair[::-1] in AKIN


def fits(s: Seen, cluster: Cluster) -> bool:
    """Whether a third-person pronoun's form allows it to stand for the entity."""
    if s.plain in MALE or s.plain in FEMALE:
        gender = "m" if s.plain in MALE else "f"
        return cluster.kin == "person" and cluster.gender in {gender, ""} and not cluster.plural
    if s.plain in NEUTER:
        return cluster.kin not in {"person", "group"} and not cluster.plural and not cluster.gender
    return cluster.plural or cluster.kin in {"group", "body", ""}


def kin(type_: str) -> str:
    if type_ in gazetteer.PLACES:
        return "place"
    if type_ in gazetteer.BODIES:
        return "body"
    return {"Person": "person", "Group": "group"}.get(type_, "thing" if type_ in gazetteer.THINGS else "")


def look_at(mention: Mention, text: str, tree: Tree, quotations: Sequence[Span]) -> Seen:
    """What agreement asks of one mention."""
    head = tree.tokens[mention.head]
    words = mention.span.of(text)
    plain = gazetteer.plain(words)
    whole = any(mention.span.contains(t.span) for t in tree.conjuncts(head)) and mention.kind == "nominal"
    return Seen(
        mention=mention,
        words=words,
        plain=plain,
        head=head,
        subject=head.dep in SUBJECTS,
        gender=_gender(mention, head, plain, text),
        plural=whole or _is_plural(mention, head, plain),
        modifiers=_modifiers(tree, head, mention.span),
        definite=plain.split(" ")[0] in DEFINITE or tree.possessor(head) is not None,
        whole=whole,
        proper=not whole and _is_proper(tree.tokens, head, mention),
        quotation=quotation_at(quotations, mention.span),
    )


def quotation_at(quotations: Sequence[Span], span: Span) -> int:
    """The number of the quotation in which a span lies, or -1."""
    at = bisect_right(quotations, span.start, key=lambda q: q.start) - 1
    return at if at >= 0 and quotations[at].contains(span) else -1


def _is_proper(tokens: Sequence[Token], head: Token, mention: Mention) -> bool:
    """Whether every word of the mention belongs to a name, articles left out."""
    first = last = head.index
    while first > 0 and tokens[first - 1].span.start >= mention.span.start:
        first -= 1
    while last + 1 < len(tokens) and tokens[last + 1].span.end <= mention.span.end:
        last += 1
    words = [t for t in tokens[first : last + 1] if t.pos != "DET"]
    if not any(t.name for t in words) and mention.type not in {*gazetteer.THINGS, "GeopoliticalEntity"}:
        return False
    return all(t.name or t.pos == "PROPN" or (t.text[0].isupper() and t.pos == "ADJ") for t in words)


def _modifiers(tree: Tree, head: Token, span: Span) -> frozenset[str]:
    """What stands before the head to describe it, compounds within compounds included ("the *UN aid* worker")."""
    kinds = ("amod", "compound", "nummod")
    found, above = [], [head]
    while above:
        below = [t for t in tree.children(above.pop(), *kinds) if span.contains(t.span)]
        found += below
        above += below
    return frozenset(t.lemma.lower() for t in found)


def _is_plural(mention: Mention, head: Token, plain: str) -> bool:
    if mention.kind == "pronoun":
        return plain in PLURAL or plain in FIRST_PLURAL
    if mention.kind == "name":
        return False
    return (
        head.tag in {"NNS", "NNPS"}
        or head.lemma in {"people", "police"}
        or (mention.type == "Group" and head.pos not in {"NOUN", "PROPN"})
    )


def _gender(mention: Mention, head: Token, plain: str, text: str) -> str:
    if plain in MALE or plain in FEMALE:
        return "m" if plain in MALE else "f"
    if mention.type != "Person":
        return ""
    if mention.kind != "name":
        return gazetteer.noun_gender(head.lemma)
    before = text[max(0, mention.span.start - 12) : mention.span.start].split()
    given = gazetteer.given_gender(plain) if " " in plain else ""
    return (gazetteer.title_gender(before[-1]) if before else "") or given
