"""Text of any size for the bench: paragraphs put together from fragments of the project's own.

A paragraph takes runs of 4 to 17 words from judged paragraphs of one topic or two (no topic counts as one), to about 60
words, of which 6 % are replaced by invented names and numbers: the vocabulary goes on growing, as it does in a real
archive. It has the topics of the paragraphs its fragments come from. It reads well enough for a word counter and for
nobody else: what is measured on it is speed and agreement, never how good a model is.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.annotation.dataset import Dataset

SHORTEST, LONGEST = 4, 17  # words of a fragment
LENGTHS = (45, 75)  # words after which a paragraph is long enough
INVENTED = 0.06
NUMBERS = 1 / 3  # of what is invented
NEW_NAMES = 0.05  # of the names; the others have been used before
SKEW = 3  # of the names used before, how much oftener the early ones come back
TWO_TOPICS = 0.5
ONSETS = (
    "b",
    "br",
    "ch",
    "d",
    "dr",
    "f",
    "g",
    "gh",
    "h",
    "j",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "sh",
    "t",
    "v",
    "z",
)
NUCLEI = ("a", "e", "i", "o", "u", "ai", "ou")
SYLLABLES = tuple(onset + nucleus for onset in ONSETS for nucleus in NUCLEI)


@dataclass(frozen=True, slots=True)
class Source:
    """What paragraphs are put together from.

    Attributes:
        pools: numbers of the topics -> words of each judged paragraph that has just these; () for none.
        keys: the topics.
    """

    pools: Mapping[tuple[int, ...], tuple[tuple[str, ...], ...]]
    keys: tuple[str, ...]

    def within(self, topics: frozenset[int]) -> list[tuple[tuple[int, ...], tuple[tuple[str, ...], ...]]]:
        """The pools to draw from for some topics (number k stands for none): those that have no other topic."""
        wanted = {(): len(self.keys) in topics}
        return [pool for pool in self.pools.items() if wanted.get(pool[0], topics.issuperset(pool[0]))]


def source_of(dataset: Dataset) -> Source:
    """The judged paragraphs of a project by their topics; too short ones give nothing to take a fragment from."""
    pools: dict[tuple[int, ...], list[tuple[str, ...]]] = {}
    for paragraph, row in zip(dataset.paragraphs, dataset.Y, strict=True):
        words = tuple(paragraph.text.split())
        if len(words) >= SHORTEST:
            pools.setdefault(tuple(np.flatnonzero(row).tolist()), []).append(words)
    return Source({topics: tuple(pools[topics]) for topics in sorted(pools)}, dataset.codebook.keys)


def paragraphs(source: Source, number: int, seed: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    """So many paragraphs, one after the other, each with the numbers of its topics.

    The first paragraphs of a longer run are those of a shorter one with the same seed.
    """
    draw = random.Random(seed)  # noqa: S311  # a seeded draw, no secret
    names, kinds, known = 0, range(len(source.keys) + 1), dict[frozenset[int], list[Any]]()
    for _ in range(number):
        chosen = frozenset(draw.sample(kinds, 2 if draw.random() < TWO_TOPICS else 1))
        if chosen not in known:
            known[chosen] = source.within(chosen)
        pools = known[chosen]
        wanted, words, topics = draw.randint(*LENGTHS), list[str](), set[int]()
        while len(words) < wanted:
            judged, pool = draw.choice(pools)
            taken = draw.choice(pool)
            length = min(draw.randint(SHORTEST, LONGEST), len(taken))
            first = draw.randrange(len(taken) - length + 1)
            words += taken[first : first + length]
            topics.update(judged)
        for place in range(len(words)):
            if draw.random() < INVENTED:
                if draw.random() < NUMBERS:
                    words[place] = str(draw.randrange(10 ** draw.randint(2, 6)))
                elif draw.random() < NEW_NAMES or not names:
                    words[place] = invented_name(names)
                    names += 1
                else:  # early ones come back more often, as names do
                    words[place] = invented_name(int(names * draw.random() ** SKEW))
        yield " ".join(words), tuple(sorted(topics))


def invented_name(number: int) -> str:
    """A name of two syllables or more, another one for every number.

    >>> invented_name(0), invented_name(1), invented_name(154 * 154)
    ('Baba', 'Beba', 'Bababe')
    """
    syllables = []
    while number or len(syllables) < 2:
        number, place = divmod(number, len(SYLLABLES))
        syllables.append(SYLLABLES[place])
    return "".join(syllables).capitalize()


def lists(source: Source, number: int, seed: int) -> tuple[list[str], NDArray[np.bool_]]:
    """So many paragraphs as a list, and their topics, bool of shape (number, k)."""
    texts: list[str] = []
    Y = np.zeros((number, len(source.keys)), dtype=bool)
    for i, (text, topics) in enumerate(paragraphs(source, number, seed)):
        texts.append(text)
        Y[i, list(topics)] = True
    return texts, Y


def articles(source: Source, number: int, seed: int, length: int = 8) -> Iterator[tuple[str, str]]:
    """Articles of ``length`` paragraphs that hold ``number`` paragraphs together: (id, text)."""
    sizes = [length] * (number // length) + ([number % length] if number % length else [])
    stream = paragraphs(source, number, seed)
    for i, end in enumerate(accumulate(sizes)):
        yield f"{end:08d}", "\n\n".join(next(stream)[0] for _ in range(sizes[i]))


def random_texts(words: Sequence[str], number: int, seed: int) -> Iterator[str]:
    """Texts that look for trouble: characters of all planes, odd ones next to words the model knows, endless words.

    Half a surrogate pair is left out, as it is no character and no file can hold it.

    Args:
        words: of the corpus, put between the odd ones so that there is something to score.
        number: of texts.
        seed: of the draw.
    """
    draw = random.Random(seed)  # noqa: S311
    odd = (
        "\u0130\u0131\u03a3\u03c3\u03c2\u1e9e\u00df\ufb01\u01c5\u00b5\u212a\u023a\u2126\x00\x1f\x7f\u00a0\u2003\u200b\u200d"
        "\ufeff\u0300\u0301\u0307\u20dd\ufe0f_-'\u2019\u0660\u0967\u00b2\u2167\u4e2d\u0e01\U0001f600\U00010400\U000e0101"
    )
    planes = (
        (0, 0x7F),
        (0x80, 0x24F),
        (0x250, 0x36F),
        (0x370, 0x1FFF),
        (0x2000, 0xD7FF),
        (0xE000, 0xFFFF),
        (0x10000, 0x10FFFF),
    )

    def piece() -> str:
        kind = draw.random()
        word = draw.choice(words)
        if kind < 0.5:
            return draw.choice((word, word.upper(), word.title(), word + draw.choice(odd), draw.choice(odd) + word))
        if kind < 0.75:
            return "".join(draw.choice(odd) for _ in range(draw.randint(1, 5)))
        if kind < 0.99:
            first, last = draw.choice(planes)
            return "".join(chr(draw.randint(first, last)) for _ in range(draw.randint(1, 8)))
        if kind < 0.997:
            return (word + " ") * draw.randint(2, 400)
        return draw.choice((word, "a", "\u0130", "\u00e9", "\U00010400")) * draw.randint(100, 10_000)

    for _ in range(number):
        between = draw.choice((" ", " ", "", "\u00a0", "-", "\n", "\x00", "\u0301"))
        yield between.join(piece() for _ in range(draw.randint(0, 24)))
