"""A small invented corpus for tests, and what is made from it: one dataset, one evaluation, one model.

Not a test file. Three topics whose words separate them; every judgement is known unless a test says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from hypothesis import strategies as st

from pipeline.annotation.codebook import Codebook, Topic
from pipeline.annotation.dataset import Dataset
from pipeline.annotation.lexicon import Lexicon
from pipeline.files import canonical_json, sha256_text
from pipeline.learning.estimator import EstimatorOptions
from pipeline.learning.features import FeatureOptions
from pipeline.learning.recipe import EvaluationOptions, Recipe
from pipeline.learning.training import evaluate, fit
from pipeline.text.paragraphs import Paragraph

KEYS = ("drugs", "cyber", "floods")

# Article, topics (d, c, f), text.
CORPUS = (
    ("a01", "d", "Customs officers found heroin in a truck at the crossing."),
    ("a01", "d", "The heroin, 38 kilograms of it, was hidden under onions."),
    ("a01", "", "The driver, aged 41, was remanded for two months."),
    ("a02", "c", "Hackers broke into the servers of the savings bank."),
    ("a02", "c", "The malware encrypted files and asked for a ransom."),
    ("a02", "", "The bank opened its branches an hour later than usual."),
    ("a03", "f", "The river rose two metres and flooded the lower town."),
    ("a03", "f", "Rescuers in boats took families off the flooded roofs."),
    ("a03", "", "The mayor thanked the volunteers for their work."),
    ("a04", "d", "A court jailed the dealer for selling cocaine and heroin."),
    ("a04", "", "The judge read the verdict on Friday morning."),
    ("a05", "c", "Police arrested the hackers behind the phishing letters."),
    ("a05", "dc", "The hackers also sold cocaine on a market of the dark web."),
    ("a05", "", "All three men deny the charges."),
    ("a06", "f", "Heavy rain flooded cellars, and the river is still rising."),
    ("a06", "", "Trains to the capital run with delays of an hour."),
    ("a07", "d", "Border guards seized opium and heroin near the river."),
    ("a07", "", "The guards received a medal from the minister."),
    ("a08", "", "The theatre opens its new season on Friday."),
    ("a08", "", "A drug for asthma was approved by the agency."),
    ("a08", "", "Fans flooded the square after the victory."),
    ("a09", "c", "An IS channel was used by hackers to spread malware."),
    ("a09", "", "The ministry of the EU state gave no comment."),
    ("a10", "df", "The flooded warehouse held cocaine worth two million."),
    ("a10", "f", "Water stood a metre high after the dam broke."),
    ("a10", "", "The owner of the warehouse could not be reached."),
    ("a11", "d", "Cocaine was found in a shipment of bananas at the port."),
    ("a11", "d", "Addicts were offered treatment instead of prison for heroin."),
    ("a12", "c", "A phishing campaign stole passwords from the servers of two ministries."),
    ("a12", "", "The ministry of culture announced a prize for poets."),
    ("a13", "f", "The flood cut the road, and the dam is being watched."),
    ("a13", "cf", "Hackers had switched off the flood warning servers of the dam."),
    ("a13", "", "Schools in the valley stay closed on Monday."),
    ("a14", "d", "Two dealers were caught with opium in the UK."),
    ("a14", "", "The football club signed a new goalkeeper."),
    ("a15", "c", "Ransom software stopped the hospital; malware was on its servers."),
    ("a15", "", "Doctors went back to paper and pencil."),
    ("a15", "dc", "Stolen passwords and heroin were sold by the same dealer online."),
    ("a16", "f", "After the flood the river left mud in every street."),
    ("a16", "d", "Smugglers used the flooded road to move cocaine, police said."),
    ("a16", "", "The harvest festival takes place as planned."),
    ("a16", "", "A growth hacking course begins in May."),
)

LEXICON = Lexicon(
    {
        "drugs": ("heroin", "cocaine", "opium", "dealer*", "sold cocaine"),
        "cyber": ("hacker*", "malware", "phishing", "dark web"),
        "floods": ("flood*", "river rose", "dam"),
    },
    {"drugs": ("sold", "dealer"), "cyber": ("server*", "password*"), "floods": ("river", "sold")},
)

NASTY = (
    "",
    " ",
    "İstanbul İİ KİŞ İs",
    "ΑΣ ΟΔΟΣ'Α Σ ΣΣ",
    "ẞ straße ﬁne ǅ ǆ",
    "IS, EU and UK: e-mail, C-4, 2kg",
    "été 数据 нарко́тик \U00010428\U00010400 a\u0301b \x00 heroin\x85cocaine\u2028hackers",
    "heroin " * 50 + "hackers",
)

# Anything, and texts of known words among anything.
_WORDS = st.sampled_from(
    [
        "heroin",
        "Hackers",
        "flooded",
        "the",
        "river",
        "IS",
        "EU",
        "dam",
        "İ",
        "ΑΣ",
        "cocaine.",
        "servers\u2028",
        "\n",
        "",
    ]
)
ANY_TEXT = st.one_of(st.text(), st.lists(st.one_of(_WORDS, st.text(max_size=5)), max_size=30).map(" ".join))

# The options of scikit-learn's TfidfVectorizer that the analyser must agree with.
ORACLE = {"token_pattern": r"(?u)\b\w\w+\b", "lowercase": True}


def quiet(done: int, whole: int) -> None:
    """Progress that nobody watches."""
    del done, whole


def codebook(keys: tuple[str, ...] = KEYS) -> Codebook:
    """A codebook of these topics."""
    return Codebook(
        1,
        tuple(
            Topic(key, key.title(), f"About {key}.", ("yes",), ("no",), ("like",), ("unlike",), str(number), "#112233")
            for number, key in enumerate(keys)
        ),
    )


def make_dataset(
    texts: list[str], articles: list[str], Y: np.ndarray, known: np.ndarray | None = None, keys: tuple[str, ...] = KEYS
) -> Dataset:
    """A dataset from rows; rows of an article need not be neighbours."""
    known = np.ones_like(Y) if known is None else known
    ids = tuple(sorted(set(articles)))
    ends = dict.fromkeys(ids, 0)
    paragraphs = []
    for article, text in zip(articles, texts, strict=True):
        start = ends[article]
        ends[article] = start + len(text) + 1
        paragraphs.append(Paragraph(article, start, start + len(text), text, "text"))
    return Dataset(
        codebook=codebook(keys),
        articles=ids,
        paragraphs=tuple(paragraphs),
        Y=Y,
        known=known,
        groups=np.array([ids.index(article) for article in articles], dtype=np.int64),
        weight=np.ones(len(texts)),
        fingerprint=sha256_text(canonical_json([texts, Y.tolist(), known.tolist()])),
        where=tuple(f"labels/gold.jsonl:{i + 1}" for i in range(len(texts))),
    )


@cache
def small() -> Dataset:
    """The invented corpus."""
    articles, topics, texts = zip(*CORPUS, strict=True)
    Y = np.array([[key[0] in row for key in KEYS] for row in topics])
    return make_dataset(list(texts), list(articles), Y)


def with_known(dataset: Dataset, known: np.ndarray) -> Dataset:
    """The same paragraphs, judged for less."""
    return replace(dataset, Y=dataset.Y & known, known=known)


@cache
def gappy() -> Dataset:
    """The corpus with a third of its judgements missing, differently for each topic."""
    dataset = small()
    known = np.random.default_rng(3).random(dataset.Y.shape) < 0.67
    return with_known(dataset, known)


def invented(paragraphs: int, *, seed: int = 0, keys: tuple[str, ...] = KEYS, vocabulary: int = 4000) -> Dataset:
    """A larger corpus of made-up words, whose topics show in words of their own; about six paragraphs an article."""
    generator = np.random.default_rng(seed)
    own = [[f"{key}{i}" for i in range(20)] for key in keys]
    share = 1 / np.arange(1, vocabulary + 1)
    texts, articles, Y = [], [], []
    while len(texts) < paragraphs:
        about = generator.random(len(keys)) < 0.3
        article = f"art{len(set(articles)):04d}"
        for _ in range(generator.integers(3, 10)):
            y = about & (generator.random(len(keys)) < 0.6)
            drawn = generator.choice(vocabulary, generator.integers(10, 60), p=share / share.sum())
            words = [f"w{i}" for i in drawn]
            for j in np.flatnonzero(y):
                words += list(generator.choice(own[j], 2))
            texts.append(" ".join(generator.permutation(words)))
            articles.append(article)
            Y.append(y)
    return make_dataset(texts, articles, np.array(Y), keys=keys)


QUICK = Recipe(
    name="quick",
    features=FeatureOptions(min_df=1),
    estimator=EstimatorOptions(C=10.0),
    evaluation=EvaluationOptions(folds=3, inner_folds=2, rounds=100),
)


@cache
def evaluated():
    """The corpus cross-validated by the quick recipe."""
    return evaluate(small(), LEXICON, QUICK, quiet, jobs=1)


@cache
def trained():
    """The model of that evaluation."""
    return fit(evaluated(), LEXICON, "1.2.3")
