"""Draw the briefs that the corpus is written to: `python data/briefs.py --first 1 --last 40`.

Breadth is planned here and nowhere else. Each axis is a deck of cards in the planned shares, shuffled by the seed, so
the whole set meets its shares exactly and any run of numbers is a fair sample of it. The writer of an article gets
its brief and nothing more; the axes are then kept in `data/articles.csv`.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from dataclasses import dataclass

TOPICS = ("terrorism", "extremism", "drugs", "migration", "cybercrime")

REGION = {
    "South Caucasus": 9, "Central Asia": 13, "Belarus": 4, "Moldova": 3, "Russia": 9,
    "Afghanistan and neighbours": 9, "Europe": 15, "Middle East": 9, "South Asia": 6, "East and South-East Asia": 8,
    "Africa": 8, "the Americas": 10,
}  # fmt: skip
VOICE = {"agency translation": 26, "British": 20, "American": 20, "bureaucratic": 18, "lively": 16}
DECADE = {"1990s": 12, "2000s": 23, "2010s": 35, "2020s": 30}
BREAKS = {
    "blank line between paragraphs": 55,
    "single newline between paragraphs": 33,
    "hard-wrapped at about 72 columns, blank line between paragraphs": 12,
}
TITLE = {"headline": 80, "no headline": 20}
DATELINE = {
    "dateline on a line of its own": 25,
    "dateline opening the first paragraph": 35,
    "date or time stamp line, no dateline": 15,
    "none": 25,
}
FURNITURE = {"none": 40, "byline": 20, "agency tag and closing mark": 20, "navigation lines and copyright line": 20}
EXTRA = {
    "nothing special": 45,
    "two or more direct quotes": 25,
    "a list with dashes or numbers": 15,
    "figures in most paragraphs": 15,
}

# Genre: share, topics it may carry, how many of them (weights for 1, 2, 3 and more), paragraphs (from, to).
THREAT_GENRES = {
    "council or summit communique": (11, TOPICS, (0, 2, 8), (6, 10)),
    "agency flash of one to three sentences": (9, TOPICS, (7, 3, 0), (1, 3)),
    "long report": (13, TOPICS, (5, 4, 1), (9, 14)),
    "court or police release": (15, ("terrorism", "extremism", "drugs", "cybercrime", "migration"), (7, 3, 0), (5, 9)),
    "border or customs release": (9, ("drugs", "migration", "terrorism"), (6, 4, 0), (4, 8)),
    "cyber-agency bulletin": (7, ("cybercrime",), (1, 0, 0), (5, 9)),
    "parliamentary debate": (6, TOPICS, (4, 4, 2), (6, 10)),
    "analysis": (9, TOPICS, (3, 5, 2), (7, 11)),
    "interview with questions and answers": (7, TOPICS, (4, 4, 2), (8, 12)),
    "statistics release": (5, ("drugs", "migration", "cybercrime", "extremism", "terrorism"), (5, 3, 2), (5, 8)),
    "explainer": (4, TOPICS, (6, 3, 1), (6, 10)),
    "opinion": (5, TOPICS, (5, 4, 1), (6, 9)),
}
NONE_GENRES = {
    "local news": (13, (5, 9)), "sport": (9, (5, 8)), "culture": (7, (5, 8)), "business": (11, (5, 9)),
    "science": (6, (5, 9)), "weather": (3, (4, 7)), "agency flash of one to three sentences": (9, (1, 3)),
    "long report": (9, (8, 12)), "court or police release": (9, (5, 8)), "council or summit communique": (8, (6, 9)),
    "interview with questions and answers": (4, (7, 10)), "statistics release": (4, (4, 7)), "analysis": (4, (6, 9)),
    "opinion": (2, (5, 8)), "parliamentary debate": (2, (6, 9)),
}  # fmt: skip

# What an article without a topic is about; every theme lies beside a topic or is the everyday news around it.
NONE_THEMES = (
    "medicines, trials of a drug, pharmacies, vaccination", "doping in sport", "alcohol, tobacco or the licensed cannabis trade as business",
    "bird, fish or herd migration", "moving data or software to another system", "tourism, visa-free travel, passport service",
    "software update, product launch, outage by accident", "war between armies: shelling, air strikes, front lines",
    "ordinary murder, robbery, domestic violence", "ordinary kidnapping or a shooting at a school with a private motive",
    "sport told in the language of terror, attack, siege, extremes", "weather and sport called extreme", "party quarrel over 'extremes', 'radical reform' or 'far-right' allies",
    "bank fraud, embezzlement, tax evasion without computers", "money laundering or organised crime in general terms", "an organisation or official named for a threat, and only the name",
    "accident at a mine, works or gas main: blast with killed and injured", "fire, quake, flood with killed and injured", "road, rail or air crash",
    "epidemic or flood in a country known for refugees, nobody crossing a border", "people evacuated or displaced inside one country", "population and labour figures without movement",
    "takeover, results or listing of a technology or security firm", "election, coalition, coup or unrest without banned groups", "religion: holidays, pilgrimage, a new mosque or church",
    "trade, transit, customs tariffs, railways, pipelines", "summit courtesy: visits, congratulations, agreements to develop ties", "culture: film, exhibition, festival, museum",
    "ceasefire, prisoner exchange, extradition, sanctions on named officials", "smuggling of cigarettes, cars, timber, caviar or antiquities", "corruption trial, police reform, traffic police",
    "censorship, disinformation, media law", "music and film piracy, copyright", "farm prices, harvest, water, energy tariffs", "schools, hospitals, housing, city transport",
    "space, medicine, archaeology, biology", "army exercise, arms purchase, conscription between states", "computer games, hackathon, life hacks, growth hacking",
)  # fmt: skip

NEAR_MISSES = (
    "an agency, unit or post named for a threat, and only the name: sport, ceremony, biography, premises, tenders, guests",
    "figures of speech: addicted, virus, refugees from, to smuggle, hacked, terror, radical, siege, in reviews, columns, sport",
    "homonyms: herds and birds migrating, data migration, medicines, ecstasy, free radicals, extreme sports, asylum, grass, speed",
    "lawful business beside a topic: cannabis firms, antivirus makers, visa centres, staffing agencies, pharmacies",
)  # fmt: skip

PLAIN_FACTS = (
    "religions and peoples in plain facts: a census of faiths, religious courts, a Jewish museum, a Muslim cemetery, a flag or emblem and what its colours stand for",
    "telecoms and the internet in plain facts: subscribers, broadband, cables, computers in schools, public services online",
    "access to health care, medicines, schools or credit, and the systems and technologies in them: bills, budgets, grants",
    "digest of bills, decrees or resolutions on many everyday subjects, each in a sentence or two",
    "profile of a country or province: land, economy, government, people, nothing on threats",
    "an army and rebels who are on no list: clashes, front lines, losses, talks",
    "blasts, fires and crashes by accident; old bombs of past wars; demolition; mines cleared",
    "people displaced inside one country by flood or fighting: camps, figures, aid",
    "coup, protest, clashes with police, state violence, political killing laid at the state's door",
    "police news: robbery, murder, kidnapping for ransom by an ordinary gang, arson, a siege in a flat",
)  # fmt: skip

PLAIN_THREATS = (
    ("terrorism", "guerrillas or insurgents of a listed group kill officials, mayors, judges, police: the attack, then victims, damage, funeral, reactions"),
    ("terrorism", "a political kidnapping or hostages held by an armed movement: demands, proof of life, ransom, release or death"),
    ("terrorism", "sabotage with dynamite or bombs: pylons, pipelines, bridges, banks, party offices; what was damaged, who was hurt"),
    ("terrorism", "separatists or paramilitaries: a shooting or a bomb, the claim by telephone, the search, the next day"),
    ("terrorism", "villagers or peasants massacred by an armed movement on a list; survivors, bodies, the army's arrival"),
    ("migration", "refugees and asylum seekers by country of origin, in figures: arrivals, camps, returns, resettlement"),
    ("migration", "people crossing: boats, lorries, forests; border guards, coast guards, smugglers, deportation flights"),
    ("cybercrime", "swindles by telephone, messenger and false pages; call centres and compounds that live on them"),
    ("cybercrime", "break-ins into the networks of firms, hospitals and offices: how, what was taken, who is suspected"),
    ("extremism", "courts and police on hatred: sermons, leaflets, symbols, attacks out of hate, banned movements"),
    ("drugs", "cultivation, transit and use in one country: hectares, laboratories, couriers, addicts, prisons"),
    ("drugs terrorism", "armed movements and the drug trade in the same districts"),
    ("migration cybercrime", "people lured abroad by job offers and held to work in swindles"),
    ("extremism terrorism", "recruits, preachers and cells before the court"),
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """A set of briefs drawn together.

    Attributes:
        count: articles.
        seed: seed of the decks.
        none_share: share of articles without a topic.
        obvious_word: shares of "avoid" (do without the topic's obvious words), "free" and "use" (as papers do).
        topics: weights of one, two, and three or more topics, instead of the genre's own.
        themes: what articles without a topic are about.
        matters: topics and matter of the articles with topics, where the plan sets them.
    """

    count: int
    seed: int
    none_share: float
    obvious_word: dict[str, float]
    topics: tuple[int, int, int] | None = None
    themes: tuple[str, ...] = NONE_THEMES
    matters: tuple[tuple[str, str], ...] = ()


# The second set fills what the first left thin: plain words, and paragraphs with several topics. The third follows the
# open half of the behavioural cases: names alone, figures of speech, homonyms, and topics told without their words. The fourth
# follows what the model missed and raised by mistake on the half of the outside text that recipes are chosen by.
PLANS = (
    Plan(520, 20261124, 0.41, {"avoid": 1, "free": 1}),
    Plan(160, 20261125, 0.12, {"use": 1}, (2, 5, 3)),
    Plan(80, 20261126, 0.62, {"avoid": 1}, (8, 2, 0), NEAR_MISSES),
    Plan(168, 20261127, 0.45, {"free": 1}, None, PLAIN_FACTS, PLAIN_THREATS),
)
COUNT = sum(plan.count for plan in PLANS)

FIELDS = (
    "number",
    "region",
    "genre",
    "voice",
    "decade",
    "topics",
    "theme",
    "obvious_word",
    "paragraphs",
    "breaks",
    "title",
    "dateline",
    "furniture",
    "extra",
)


def deck(shares: dict[str, float], size: int, draw: random.Random) -> list[str]:
    """``size`` cards in the given shares (largest remainders), shuffled."""
    total = sum(shares.values())
    exact = {value: size * share / total for value, share in shares.items()}
    cards = [value for value, amount in exact.items() for _ in range(int(amount))]
    rest = sorted(exact, key=lambda value: int(exact[value]) - exact[value])
    cards += rest[: size - len(cards)]
    draw.shuffle(cards)
    return cards


def pick_topics(
    genre: str, weights: tuple[int, int, int] | None, used: dict[str, int], draw: random.Random
) -> list[str]:
    """Topics for one article: as many as the weights say, the ones used least so far first."""
    _, allowed, own_weights, _ = THREAT_GENRES[genre]
    wanted = draw.choices((1, 2, 3 + draw.randrange(3)), weights or own_weights)[0]
    order = sorted(allowed, key=lambda topic: (used[topic] + 6 * draw.random(), topic))
    chosen = order[: min(wanted, len(allowed))]
    for topic in chosen:
        used[topic] += 1
    return chosen


def briefs() -> list[dict[str, str]]:
    """All briefs in order; the same plans give the same briefs."""
    made: list[dict[str, str]] = []
    for plan in PLANS:
        made += draw_briefs(plan, len(made) + 1)
    return made


def draw_briefs(plan: Plan, first: int) -> list[dict[str, str]]:
    """The briefs of one plan, numbered from ``first``."""
    draw = random.Random(plan.seed)
    count = plan.count
    none = round(count * plan.none_share)
    kinds = ["none"] * none + ["threat"] * (count - none)
    draw.shuffle(kinds)
    genres = {
        "threat": deck({g: row[0] for g, row in THREAT_GENRES.items()}, count - none, draw),
        "none": deck({g: row[0] for g, row in NONE_GENRES.items()}, none, draw),
    }
    themes = deck(dict.fromkeys(plan.themes, 1), none, draw)
    matters = deck(dict.fromkeys(plan.matters, 1), count - none, draw) if plan.matters else []
    axes = {
        name: deck(shares, count, draw)
        for name, shares in (
            ("region", REGION), ("voice", VOICE), ("decade", DECADE), ("breaks", BREAKS), ("title", TITLE),
            ("dateline", DATELINE), ("furniture", FURNITURE), ("extra", EXTRA), ("obvious_word", plan.obvious_word),
        )
    }  # fmt: skip
    used = dict.fromkeys(TOPICS, 0)
    made = []
    for i, kind in enumerate(kinds):
        genre = genres[kind].pop()
        low, high = THREAT_GENRES[genre][3] if kind == "threat" else NONE_GENRES[genre][1]
        row = {"number": f"{first + i:04d}", "genre": genre, "paragraphs": str(draw.randint(low, high))}
        row |= {name: cards[i] for name, cards in axes.items()}
        if kind == "threat":
            topics, theme = matters.pop() if matters else (" ".join(pick_topics(genre, plan.topics, used, draw)), "")
            row |= {"topics": topics, "theme": theme}
        else:
            row |= {"topics": "", "theme": themes.pop(), "obvious_word": ""}
        made.append({name: row[name] for name in FIELDS})
    return made


def main() -> None:
    """Print a run of briefs as CSV."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=int, default=1, help="number of the first brief")
    parser.add_argument("--last", type=int, default=COUNT, help="number of the last brief")
    options = parser.parse_args()
    writer = csv.DictWriter(sys.stdout, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(briefs()[options.first - 1 : options.last])


if __name__ == "__main__":
    main()
