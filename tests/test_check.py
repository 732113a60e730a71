"""The lint: every kind of mistake, each with its place and cure, all at once; and the summary."""

import random
import time
from dataclasses import replace

import pytest

from pipeline.annotation.annotations import append_annotations, label_file
from pipeline.annotation.check import CheckOptions, Summary, check_project
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.near_duplicates import near_duplicates
from pipeline.errors import RecipeError

LENIENT = CheckOptions(min_positives=0, min_articles=0)
OSH = """Heroin found in a truck of onions at the border

Customs officers at the Torugart crossing found 38 kilograms of heroin in a truck bound for Osh.

The regional theatre opens its new season on Friday, and tickets are sold from noon.
"""
AKTAU = """Nine people were found behind a false wall in a lorry at the ferry terminal of Aktau on Sunday.

The ferry left for Baku with a delay of two hours, the port's dispatcher told our correspondent.
"""
ARTICLES = {"osh": OSH, "aktau": AKTAU}
LABELS = {"gold": {"osh": ["drugs", "drugs", ""], "aktau": ["migration", None]}}


@pytest.fixture
def project(make_project, tmp_path):
    return make_project(tmp_path, articles=ARTICLES, labels=LABELS)


@pytest.fixture
def paragraphs(project):
    return project_corpus(project)["osh"].content


def add(project, *lines, annotator="gold"):
    append_annotations(label_file(project, annotator), lines)


def found(project, options=LENIENT):
    return [str(finding) for finding in check_project(project, options)[0]]


def test_a_project_in_order_has_no_findings(project):
    assert found(project) == []


def test_the_summary_counts_what_is_settled(project, paragraphs, judge):
    add(
        project,
        judge(paragraphs[2], None, []),
        judge(paragraphs[2], [], ["drugs", "migration"], note="near miss: theatre"),
    )
    add(project, judge(paragraphs[1], None, []), judge(paragraphs[1], ["drugs", "migration"], ["drugs", "migration"]))
    add(project, judge(project_corpus(project)["aktau"].content[1], [], ["drugs"], annotator="ivan"), annotator="ivan")
    findings, summary = check_project(project, LENIENT)
    assert findings == []
    assert summary == Summary(
        paragraphs=5,
        articles=2,
        positives={"drugs": 2, "migration": 2},
        judged={"drugs": 5, "migration": 4},
        none=2,
        hard=1,
        multi=1,
    )


def test_an_unknown_topic_is_found_and_the_known_ones_are_named(project, paragraphs, judge):
    add(project, judge(paragraphs[0], ["drogs"], ["drogs"]))
    assert found(project) == ["labels/gold.jsonl:5: known: unknown topic 'drogs'; known are: drugs, migration"]


def test_an_unknown_article_is_found(project):
    (project.articles / "aktau.txt").unlink()
    assert found(project) == [
        "labels/gold.jsonl:4: article 'aktau' is unknown; put its text back into data/articles, or correct the id"
    ]


def test_offsets_outside_the_text_are_found_on_every_line(project):
    (project.articles / "osh.txt").write_text("Heroin was found in onions.\n")
    assert [line.split(";")[0] for line in found(project)] == [
        f"labels/gold.jsonl:{number}: article osh, characters {span}: lie outside the text, which has 28 characters"
        for number, span in ((1, "0-47"), (2, "49-145"), (3, "147-231"))
    ]


def test_changed_text_is_found_with_what_stands_there_now(project):
    path = project.articles / "osh.txt"
    path.write_text(path.read_text().replace("38 kilo", "39 kilo"))
    assert found(project) == [
        (
            "labels/gold.jsonl:2: article osh, characters 49-145: the text has changed since it was labelled "
            "(now 'Customs officers at the Torugart cros...'); judge it again or restore the text"
        )
    ]


def test_a_judgement_of_furniture_is_found(make_project, tmp_path, judge):
    project = make_project(tmp_path, articles={"osh": OSH + "\nFollow us on social networks\n"})
    add(project, judge(project_corpus(project)["osh"].paragraphs[-1], [], ["drugs"]))
    (finding,) = found(project)
    assert finding.endswith("are furniture ('Follow us on social networks'), which carries no label; delete this line")


def test_a_withdrawn_line_is_not_held_against_its_text(project, paragraphs, judge):
    path = project.articles / "osh.txt"
    path.write_text(path.read_text().replace("38 kilo", "39 kilo"))
    add(project, judge(paragraphs[1], None, []))
    assert found(project) == []


def test_a_duplicate_judgement_in_gold_is_found(project, paragraphs, judge):
    add(project, judge(paragraphs[0], ["drugs"], ["drugs"]))
    assert found(project) == [
        (
            "labels/gold.jsonl:5: judges again, as labels/gold.jsonl:1: drugs of article osh, characters 0-47; "
            "delete one of the two lines"
        )
    ]


def test_a_conflicting_judgement_in_gold_is_found_apart_from_what_agrees(project, paragraphs, judge):
    add(project, judge(paragraphs[0], ["migration"], ["drugs", "migration"]), judge(paragraphs[1], [], ["migration"]))
    messages = [line.split(";")[0] for line in found(project)]
    assert messages == [
        "labels/gold.jsonl:5: contradicts labels/gold.jsonl:1: drugs, migration of article osh, characters 0-47",
        "labels/gold.jsonl:6: judges again, as labels/gold.jsonl:2: migration of article osh, characters 49-145",
    ]


def test_an_annotator_may_change_their_mind_and_disagree_with_others(project, paragraphs, judge):
    for annotator in ("ivan", "maria"):
        lines = [judge(paragraphs[0], topics, ["drugs"], annotator=annotator) for topics in ([], ["drugs"])]
        add(project, *lines, annotator=annotator)
    add(project, judge(paragraphs[0], [], ["drugs"], annotator="ivan"), annotator="ivan")
    assert found(project) == []


def test_another_topic_of_the_same_paragraph_is_no_duplicate(make_project, tmp_path, judge):
    project = make_project(tmp_path, ARTICLES, LABELS)
    make_project(tmp_path, topics=("drugs", "migration", "arms"))
    add(project, judge(project_corpus(project)["osh"].content[0], [], ["arms"]))
    assert found(project) == []


def test_a_label_of_a_newer_codebook_is_found(project, paragraphs, judge):
    add(project, judge(paragraphs[0], None, []), judge(paragraphs[0], [], ["drugs"], codebook=2))
    assert found(project) == [
        (
            "labels/gold.jsonl:6: codebook: was judged under version 2, labels/codebook.toml has version 1; "
            "fetch the newer codebook, or judge the paragraph again"
        )
    ]


NEAR = "The border service of the republic detained {} people in the Panj district during the night of {} to Sunday.\n"


def test_near_duplicates_with_different_topics_are_found(make_project, tmp_path):
    articles = {"a": NEAR.format("nine", "Saturday"), "b": NEAR.format("nine", "Friday")}
    project = make_project(tmp_path, articles, {"gold": {"a": ["migration"], "b": [""]}})
    (finding,) = found(project)
    assert finding.startswith(
        "labels/gold.jsonl:2: article b, characters 0-114: is nearly the text of article a, characters 0-116"
    )
    assert "(labels/gold.jsonl:1; 81% of the 5-grams) but differs in migration; judge both alike" in finding


def test_near_duplicates_judged_alike_or_for_other_topics_are_no_finding(make_project, tmp_path, judge):
    articles = {
        "a": NEAR.format("nine", "Saturday"),
        "b": NEAR.format("nine", "Friday"),
        "c": NEAR.format("nine", "Sunday"),
    }
    project = make_project(tmp_path, articles)
    for name, topics in (("a", ["migration"]), ("b", ["migration"]), ("c", ["drugs"])):
        add(project, judge(project_corpus(project)[name].content[0], topics, topics))
    assert found(project) == []


def test_of_one_text_judged_alike_only_the_first_is_reported(make_project, tmp_path):
    articles = {name: NEAR.format("nine", "Saturday") for name in "abcdef"}
    labels = {"gold": {name: ["" if name == "f" else "migration"] for name in articles}}
    project = make_project(tmp_path, articles, labels)
    (finding,) = found(project)
    assert finding.startswith("labels/gold.jsonl:6: article f")


WORDS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen"


def test_the_share_is_taken_of_the_smaller_text():
    (pair,) = near_duplicates([WORDS, "ONE, two three four five six seven eight nine; ten"], 0.5)
    assert (pair.first, pair.second, pair.share) == (0, 1, 1.0)


def test_half_of_the_five_grams_is_enough_and_less_is_not():
    words = WORDS.split()
    half = " ".join([*words[:9], *(f"x{i}" for i in range(5))])  # 5 of its 10 five-grams
    less = " ".join([*words[:8], *(f"y{i}" for i in range(6))])  # 4 of 10
    assert [(p.first, p.second, p.share) for p in near_duplicates([WORDS, half, less], 0.5)] == [(0, 1, 0.5)]


def test_texts_of_fewer_than_ten_words_are_not_compared():
    assert near_duplicates(["one two three four five six seven eight nine"] * 2, 0.5) == []
    assert len(near_duplicates(["one two three four five six seven eight nine ten"] * 2, 0.5)) == 1


def test_the_index_finds_the_pairs_that_comparing_all_with_all_finds():
    draw = random.Random(1)  # noqa: S311  # texts, not secrets
    texts = [" ".join(draw.choices("ab", k=draw.randint(8, 14))) for _ in range(60)]
    grams = [
        {tuple(t.split()[i : i + 5]) for i in range(len(t.split()) - 4)} if len(t.split()) > 9 else set() for t in texts
    ]
    expected = {
        (i, j)
        for i in range(60)
        for j in range(i + 1, 60)
        if grams[i] and grams[j] and 2 * len(grams[i] & grams[j]) >= min(len(grams[i]), len(grams[j]))
    }
    assert {(p.first, p.second) for p in near_duplicates(texts, 0.5)} == expected
    assert 0 < len(expected) < 60 * 59 / 2


def test_five_thousand_paragraphs_with_a_stock_phrase_are_compared_in_seconds():
    draw = random.Random(2)  # noqa: S311  # texts, not secrets
    stock = "an investigation is under way and the suspects remain in custody pending a decision of the court"
    vocabulary = [f"word{i}" for i in range(5000)]
    texts = [f"{' '.join(draw.choices(vocabulary, k=60))} {stock}" for _ in range(5000)]
    started = time.process_time()
    assert near_duplicates([*texts, texts[7]], 0.5)[0].first == 7
    assert time.process_time() - started < 10


def test_a_topic_with_too_few_positives_is_found_at_its_line_in_the_codebook(project):
    messages = found(project, CheckOptions())
    assert messages == [
        (
            "labels/codebook.toml:3: topic 'drugs' has too few positives: paragraphs 2 of at least 5, articles 1 of at least 2; "
            "label more of it"
        ),
        (
            "labels/codebook.toml:14: topic 'migration' has too few positives: paragraphs 1 of at least 5, articles 1 of at "
            "least 2; label more of it"
        ),
    ]


def test_positives_in_one_article_only_are_too_few(make_project, tmp_path):
    text = "\n\n".join(f"Customs officers found heroin in truck number {i} of the long convoy." for i in range(6))
    project = make_project(tmp_path, {"a": text}, {"gold": {"a": ["drugs"] * 6}}, topics=("drugs",))
    (finding,) = found(project, CheckOptions(near_duplicate=1.0))
    assert "paragraphs 6 of at least 5, articles 1 of at least 2" in finding


def test_lexicon_duplicates_within_and_across_topics_are_found(make_project, tmp_path):
    lexicon = '[drugs]\na = ["mule", "khat"]\nb = [\n"Khat"]\n[migration]\na = ["mule"]\n'
    assert found(make_project(tmp_path, lexicon=lexicon)) == [
        "labels/lexicon.toml:4: 'Khat' of drugs.b is listed before (drugs.a, line 2); delete one of them",
        "labels/lexicon.toml:6: 'mule' of migration.a is listed before (drugs.a, line 2); keep it with the topic it points to",
    ]


def test_a_broken_line_is_a_finding_and_the_lines_and_files_around_it_are_still_checked(project, paragraphs, judge):
    gold = label_file(project, "gold")
    gold.write_text('{"article": 3}\n' + gold.read_text() + '{"article": "osh", "st')
    add(project, replace(judge(paragraphs[2], [], ["drugs"], annotator="maria"), article="bishkek"), annotator="maria")
    findings, summary = check_project(project)
    assert [str(finding).split(";")[0] for finding in findings] == [
        "labels/gold.jsonl:1: article: is 3",
        "labels/gold.jsonl:6: the last line is cut off, as after a crash while appending",
        "labels/maria.jsonl:1: article 'bishkek' is unknown",
    ]
    assert summary.paragraphs == 4


def test_too_few_positives_are_not_told_of_while_a_label_file_is_broken(project):
    label_file(project, "gold").write_text("no JSON\n")
    (finding,) = found(project, CheckOptions())
    assert finding == "labels/gold.jsonl:1: is not JSON; mend or delete the line (lines after it were not checked)"


def test_a_broken_codebook_is_a_finding_and_the_labels_are_still_checked(project):
    project.codebook.write_text("version = 1\n")
    (project.articles / "aktau.txt").unlink()
    findings, summary = check_project(project)
    assert [finding.where for finding in findings] == ["labels/codebook.toml", "labels/gold.jsonl:4"]
    assert summary.paragraphs == 3


def test_a_broken_lexicon_is_a_finding(make_project, tmp_path):
    (finding,) = found(make_project(tmp_path, lexicon='[heroin]\na = ["x"]\n'))
    assert finding == "labels/lexicon.toml: unknown key 'heroin'; known are: drugs, migration"


def test_an_article_that_cannot_be_read_is_one_finding(project):
    (project.articles / "aktau.txt").write_bytes(b"\x00\x01\x02\x00" * 100)
    findings, summary = check_project(project, LENIENT)
    assert [finding.where for finding in findings] == ["data/articles/aktau.txt"]
    assert summary.articles == 1


def test_findings_stand_in_order_of_file_and_line(project, paragraphs, judge):
    add(project, *(judge(paragraphs[0], ["drugs"], ["drugs"]) for _ in range(8)))
    lines = [finding.where for finding in check_project(project, LENIENT)[0]]
    assert lines == [f"labels/gold.jsonl:{number}" for number in range(5, 13)]


@pytest.mark.parametrize("share", [0, -1, 1.5])
def test_a_share_that_is_none_is_refused(share):
    with pytest.raises(RecipeError, match="near_duplicate"):
        CheckOptions(near_duplicate=share)
