"""Tag an article: a verdict on each topic for each of its paragraphs, and by the article rule for the whole.

Furniture gets no verdict. An article that is not English, or a paragraph too short to judge, is marked
``unsupported`` with the reason instead of being called free of topics. Imports nothing that only training needs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pipeline.learning.evidence import Contribution, explain
from pipeline.learning.locate import load_model
from pipeline.learning.model import Model
from pipeline.tagging.judging import ANSWERS, NO, REVIEW, YES, judged, reasons, strongest
from pipeline.text.articles import Article, article_from_text
from pipeline.text.paragraphs import Paragraph


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the model says of one paragraph and one topic.

    Attributes:
        topic: the topic's key.
        score: log-odds before calibration; the evidence adds up to it.
        probability: calibrated.
        threshold: least probability that is a tag.
        review: least probability that is left for a person to review; the threshold where the model leaves nothing.
        decision: "yes", "review" or "no".
    """

    topic: str
    score: float
    probability: float
    threshold: float
    review: float
    decision: str


@dataclass(frozen=True, slots=True)
class TaggedParagraph:
    """One paragraph with its verdicts.

    Attributes:
        paragraph: text and place.
        verdicts: one a topic, in the codebook's order; none for an unsupported paragraph.
        unsupported: why there is no verdict, or ``None``.
        model: the model that judged.
    """

    paragraph: Paragraph
    verdicts: tuple[Verdict, ...]
    unsupported: str | None
    model: Model

    @property
    def probabilities(self) -> dict[str, float]:
        """Probability of every topic, in the codebook's order."""
        return {verdict.topic: verdict.probability for verdict in self.verdicts}

    @property
    def topics(self) -> dict[str, float]:
        """Probability of each topic the paragraph has, strongest first."""
        return strongest((v.topic, v.probability) for v in self.verdicts if v.decision == YES)

    @property
    def review(self) -> dict[str, float]:
        """Probability of each topic left for a person to review, strongest first; empty where the model leaves none."""
        return strongest((v.topic, v.probability) for v in self.verdicts if v.decision == REVIEW)

    @property
    def evidence(self) -> dict[str, tuple[Contribution, ...]]:
        """For each topic the paragraph has, the terms that made its score; see ``why``."""
        return {topic: self.why(topic) for topic in self.topics}

    def why(self, topic: str) -> tuple[Contribution, ...]:
        """What spoke for (weight above 0) and against one topic, whether the paragraph has it or not.

        Offsets count in ``paragraph.text``. The weights and the model's intercept add up to the score.
        """
        return explain(self.model, self.paragraph.text, self.model.codebook.keys.index(topic))

    def to_dict(self, *, every_topic: bool = False, evidence: bool = True) -> dict[str, Any]:
        """Plain JSON values.

        Args:
            every_topic: all topics, not only those it has or that are left for review.
            evidence: with what spoke for and against each; it takes most of the time, and there is none without.
        """
        return {
            "id": self.paragraph.id,
            "article_id": self.paragraph.article_id,
            "start": self.paragraph.start,
            "end": self.paragraph.end,
            "kind": self.paragraph.kind,
            "text": self.paragraph.text,
            "unsupported": self.unsupported,
            "topics": [
                {
                    "topic": verdict.topic,
                    "score": verdict.score,
                    "probability": verdict.probability,
                    "threshold": verdict.threshold,
                    "review": verdict.review,
                    "decision": verdict.decision,
                    **({"evidence": self._evidence(verdict.topic)} if evidence else {}),
                }
                for verdict in sorted(self.verdicts, key=lambda v: -v.probability)
                if every_topic or verdict.decision != NO
            ],
            "model": model_facts(self.model),
        }

    def _evidence(self, topic: str) -> list[dict[str, Any]]:
        return [{"start": c.start, "end": c.end, "text": c.text, "weight": c.weight} for c in self.why(topic)]


@dataclass(frozen=True, slots=True)
class TaggedArticle:
    """An article with the verdicts on its paragraphs.

    Attributes:
        article: text, furniture and all.
        paragraphs: the paragraphs that are not furniture.
        unsupported: why nothing in it could be judged, or ``None``.
        model: the model that judged.
    """

    article: Article
    paragraphs: tuple[TaggedParagraph, ...]
    unsupported: str | None
    model: Model

    @property
    def topics(self) -> dict[str, float]:
        """The article rule: a topic one paragraph has; its probability is the greatest, strongest first."""
        found: dict[str, float] = {}
        for tagged in self.paragraphs:
            for topic, probability in tagged.topics.items():
                found[topic] = max(probability, found.get(topic, 0.0))
        return strongest(found.items())

    @property
    def review(self) -> dict[str, float]:
        """Topics that no paragraph has and one is left for review for, with the greatest probability, strongest first."""
        found: dict[str, float] = {}
        for tagged in self.paragraphs:
            for topic, probability in tagged.review.items():
                found[topic] = max(probability, found.get(topic, 0.0))
        return strongest((topic, probability) for topic, probability in found.items() if topic not in self.topics)

    @property
    def probabilities(self) -> dict[str, float]:
        """The greatest probability of every topic over the paragraphs; empty where nothing could be judged."""
        judged = [p.probabilities for p in self.paragraphs if p.verdicts]
        return {key: max(p[key] for p in judged) for key in self.model.codebook.keys} if judged else {}

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values of the whole article; ``paragraphs[i].to_dict()`` has the paragraphs."""
        chosen = {**dict.fromkeys(self.topics, YES), **dict.fromkeys(self.review, REVIEW)}
        probabilities = {**self.topics, **self.review}
        cuts = zip(self.model.thresholds.tolist(), self.model.review.tolist(), strict=True)
        needed = dict(zip(self.model.codebook.keys, cuts, strict=True))
        return {
            "id": self.article.id,
            "title": self.article.title,
            "date": self.article.date,
            "place": self.article.place,
            "agency": self.article.agency,
            "unsupported": self.unsupported,
            "topics": [
                {
                    "topic": topic,
                    "probability": probabilities[topic],
                    "threshold": needed[topic][0],
                    "review": needed[topic][1],
                    "decision": decision,
                    "paragraphs": [
                        p.paragraph.id for p in self.paragraphs if topic in (p.topics if decision == YES else p.review)
                    ],
                }
                for topic, decision in chosen.items()
            ],
            "model": model_facts(self.model),
        }


def model_facts(model: Model) -> dict[str, str]:
    """Which model judged, as plain JSON values."""
    return {"name": model.name, "version": model.version, "sha256": model.sha256}


def tag_article(article: str | Article, model: Model | None = None) -> TaggedArticle:
    """Tag one article.

    Args:
        article: its text, or an article that was read.
        model: ``None`` for the one ``load_model()`` finds.

    Returns:
        The article with a verdict on every topic for every paragraph that is not furniture.

    Raises:
        ModelError: no model was given and none is found.
    """
    if isinstance(article, str):
        article = article_from_text(article)
    if model is None:
        model = load_model()
    content = article.content
    whole, unsupported = reasons(content)
    S = model.scores([p.text for p, reason in zip(content, unsupported, strict=True) if reason is None])
    P, answers = judged(S, model)
    rows = iter(zip(S.tolist(), P.tolist(), answers.tolist(), strict=True))
    tagged = []
    for paragraph, reason in zip(content, unsupported, strict=True):
        verdicts: tuple[Verdict, ...] = ()
        if reason is None:
            cuts = model.thresholds.tolist(), model.review.tolist()
            columns = zip(model.codebook.keys, *next(rows), *cuts, strict=True)
            verdicts = tuple(Verdict(key, s, p, cut, low, ANSWERS[said]) for key, s, p, said, cut, low in columns)
        tagged.append(TaggedParagraph(paragraph, verdicts, reason, model))
    return TaggedArticle(article, tuple(tagged), whole, model)
