"""Listed terms counted in labelled paragraphs: silent ones, and ones that mislead."""

from dataclasses import replace

import numpy as np

from pipeline.annotation.lexicon import Lexicon
from pipeline.learning.term_use import TermUse, check_terms, term_uses
from tests.corpora import LEXICON, small


def test_each_term_is_counted_for_itself_over_the_paragraphs_judged_for_its_topic():
    dataset = small()
    uses = {use.term: use for use in term_uses(dataset, LEXICON) if use.topic == "drugs"}
    j = dataset.codebook.keys.index("drugs")
    holds = np.array(["cocaine" in text.lower() for text in dataset.texts])
    assert uses["cocaine"].positives == (holds & dataset.Y[:, j]).sum() > 0
    assert uses["sold cocaine"].positives + uses["sold cocaine"].negatives > 0
    unjudged = replace(dataset, known=np.zeros_like(dataset.known))
    assert {use.positives + use.negatives for use in term_uses(unjudged, LEXICON)} == {0}


def test_uses_come_in_the_order_of_the_codebook_and_the_list():
    uses = term_uses(small(), Lexicon({"floods": ("dam",), "drugs": ("opium", "heroin")}))
    assert [(use.topic, use.term) for use in uses] == [("drugs", "opium"), ("drugs", "heroin"), ("floods", "dam")]


def test_a_term_misleads_where_it_is_oftener_without_its_topic_and_not_by_chance():
    assert TermUse("t", "mule", 3, 4).is_misleading
    assert not TermUse("t", "mule", 4, 4).is_misleading
    assert not TermUse("t", "mule", 0, 2).is_misleading


def test_the_lint_names_the_line_of_a_short_beginning_and_of_a_misleading_term(make_project, tmp_path):
    texts = ["A mule train crossed the pass."] * 3 + ["Heroin was found on a mule."]
    project = make_project(
        tmp_path,
        articles={"a": "\n\n".join(texts)},
        labels={"gold": {"a": ["", "", "", "drugs"]}},
        lexicon='[drugs]\nslang = [\n"mule",\n"her*",\n"heroin",\n]\nweak = ["pass"]\n',
    )
    uses, found = check_terms(project)
    assert [use.term for use in uses] == ["mule", "her*", "heroin"]
    assert [finding.where for finding in found] == ["labels/lexicon.toml:3", "labels/lexicon.toml:4"]
    assert "occurs in 3 paragraphs without the topic and 1 with it" in found[0].message
    assert "opens any word" in found[1].message
