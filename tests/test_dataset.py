"""The join: what becomes a row, what is refused by name, and what the fingerprint covers."""

import os

import numpy as np
import pytest

from pipeline.annotation.annotations import append_annotations, label_file
from pipeline.annotation.corpus import project_corpus
from pipeline.annotation.dataset import load_dataset, some_articles
from pipeline.errors import InputError, LabelError
from pipeline.files import append_jsonl
from tests.corpora import small

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
    return make_project(tmp_path / "own", articles=ARTICLES, labels=LABELS)


def edit(project, article_id, old, new):
    path = project.articles / f"{article_id}.txt"
    text = path.read_text()
    path.write_text(text.replace(old, new))
    assert path.read_text() != text


def refusal(project, **options):
    with pytest.raises(LabelError) as caught:
        load_dataset(project, **options)
    return str(caught.value)


def test_rows_are_the_judged_paragraphs_in_order_of_article_and_place(project):
    dataset = load_dataset(project)
    assert dataset.articles == ("aktau", "osh")
    assert [p.text[:6] for p in dataset.paragraphs] == ["Nine p", "Heroin", "Custom", "The re"]
    assert dataset.texts == [p.text for p in dataset.paragraphs]
    assert dataset.groups.tolist() == [0, 1, 1, 1]
    assert dataset.Y.tolist() == [[False, True], [True, False], [True, False], [False, False]]
    assert dataset.known.all()
    assert dataset.weight.tolist() == [1, 1, 1, 1]
    assert dataset.where == ("labels/gold.jsonl:4", "labels/gold.jsonl:1", "labels/gold.jsonl:2", "labels/gold.jsonl:3")


def test_a_row_has_the_shapes_and_types_that_learning_expects(project):
    dataset = load_dataset(project)
    assert (dataset.Y.shape, dataset.known.shape, dataset.groups.shape, dataset.weight.shape) == (
        (4, 2),
        (4, 2),
        (4,),
        (4,),
    )
    assert (dataset.Y.dtype, dataset.known.dtype, dataset.groups.dtype, dataset.weight.dtype) == (
        bool,
        bool,
        np.int64,
        float,
    )


def test_a_project_without_labels_has_no_rows_but_all_columns(make_project, tmp_path):
    dataset = load_dataset(make_project(tmp_path, articles=ARTICLES))
    assert dataset.Y.shape == dataset.known.shape == (0, 2)
    assert dataset.texts == []


def test_the_offsets_of_a_row_slice_its_article(project):
    articles = project_corpus(project)
    for paragraph in load_dataset(project).paragraphs:
        assert articles[paragraph.article_id].text[paragraph.start : paragraph.end] == paragraph.text


def test_a_missing_judgement_is_unknown_and_a_paragraph_without_any_is_no_row(project, make_project, tmp_path, judge):
    osh = project_corpus(project)["osh"].content
    wider = make_project(tmp_path / "own", topics=("drugs", "migration", "arms"))
    append_annotations(label_file(wider, "gold"), [judge(osh[0], ["arms"], ["arms"])])
    dataset = load_dataset(wider)
    assert dataset.known.tolist() == [[True, True, False], [True, True, True], [True, True, False], [True, True, False]]
    assert dataset.Y[1].tolist() == [True, False, True]
    assert not dataset.Y[~dataset.known].any()


def test_where_annotators_disagree_nothing_is_learnt(make_project, tmp_path):
    labels = {"ivan": {"osh": ["drugs", "drugs", ""]}, "maria": {"osh": ["drugs migration", "drugs", None]}}
    dataset = load_dataset(make_project(tmp_path, articles=ARTICLES, labels=labels))
    assert dataset.known.tolist() == [[True, False], [True, True], [True, True]]
    assert dataset.Y.tolist() == [[True, False], [True, False], [False, False]]


def test_changed_text_is_refused_with_the_line_that_judged_it(project):
    edit(project, "osh", "38 kilograms of heroin", "39 kilograms of heroin")
    assert refusal(project).startswith(
        "labels/gold.jsonl:2: article osh, characters 49-145: the text has changed since it was"
    )
    assert refusal(project).endswith("judge it again or restore the text")


def test_text_that_moved_is_refused(project):
    edit(project, "osh", "Heroin found", "Much heroin found")
    assert "labels/gold.jsonl:1: article osh, characters 0-47: are no paragraph of the article as it is now" in refusal(
        project
    )


def test_offsets_outside_the_text_are_refused(project):
    (project.articles / "osh.txt").write_text("Heroin was found.\n")
    assert "labels/gold.jsonl:1: article osh, characters 0-47: lie outside the text, which has 1" in refusal(project)


def test_an_unknown_article_is_refused(project):
    (project.articles / "aktau.txt").unlink()
    assert refusal(project).startswith(
        "labels/gold.jsonl:4: article 'aktau' is unknown; put its text back into data/articles"
    )


def test_an_article_id_that_leads_out_of_the_project_is_unknown(project, judge):
    (project.root / "secret.txt").write_text(OSH)
    outside = project_corpus(project)["osh"].content[0]
    line = judge(outside, [], ["drugs"]).to_dict() | {"article": "../../secret"}
    append_jsonl(project.labels / "gold.jsonl", [line])
    assert "labels/gold.jsonl:5: article '../../secret' is unknown" in refusal(project)


def test_a_judgement_of_furniture_is_refused(make_project, tmp_path, judge):
    project = make_project(tmp_path, articles={"osh": OSH + "\nFollow us on social networks\n"})
    furniture = project_corpus(project)["osh"].paragraphs[-1]
    append_annotations(label_file(project, "gold"), [judge(furniture, [], ["drugs"])])
    assert "labels/gold.jsonl:1: article osh, characters 233-261: are furniture ('Follow us" in refusal(project)


def test_a_withdrawn_judgement_of_a_changed_text_is_forgiven(project, judge):
    old = project_corpus(project)["osh"].content[1]
    edit(project, "osh", "38 kilograms", "39 kilograms")
    new = project_corpus(project)["osh"].content[1]
    append_annotations(
        label_file(project, "gold"), [judge(old, None, []), judge(new, ["drugs"], ["drugs", "migration"])]
    )
    assert "39 kilograms" in load_dataset(project).texts[2]


def test_judging_all_topics_again_mends_a_changed_text(project, judge):
    edit(project, "osh", "38 kilograms", "39 kilograms")
    new = project_corpus(project)["osh"].content[1]
    append_annotations(label_file(project, "gold"), [judge(new, [], ["drugs", "migration"])])
    assert load_dataset(project).where[2] == "labels/gold.jsonl:5"


def test_a_broken_label_file_is_refused_as_it_lies_in_the_project(project):
    with (project.labels / "gold.jsonl").open("a") as stream:
        stream.write('{"article": "osh", ')
    assert refusal(project).startswith("labels/gold.jsonl:5: the last line is cut off")


def test_the_fingerprint_is_the_same_for_the_same_data(project, make_project, tmp_path):
    other = make_project(tmp_path / "again", articles=ARTICLES, labels=LABELS)
    assert load_dataset(project).fingerprint == load_dataset(other).fingerprint


def test_who_judged_and_when_does_not_change_the_fingerprint(project, make_project, tmp_path):
    other = make_project(tmp_path / "again", articles=ARTICLES, labels={"maria": LABELS["gold"]})
    assert load_dataset(project).fingerprint == load_dataset(other).fingerprint


@pytest.mark.parametrize(
    "change",
    [
        {"articles": {**ARTICLES, "osh": OSH.replace("38", "39")}},
        {"labels": {"gold": {**LABELS["gold"], "osh": ["drugs", "", ""]}}},
        {"labels": {"gold": {**LABELS["gold"], "osh": ["drugs", "drugs", None]}}},
        {"topics": ("drugs", "migration", "arms")},
        {"topics": ("migration", "drugs")},
    ],
)
def test_everything_that_decides_learning_changes_the_fingerprint(project, make_project, tmp_path, change):
    other = make_project(tmp_path / "again", **{"articles": ARTICLES, "labels": LABELS, **change})
    assert load_dataset(project).fingerprint != load_dataset(other).fingerprint


def test_shipped_rows_are_added_and_ones_own_are_weighted(make_project, tmp_path):
    own = make_project(
        tmp_path / "own", {"osh": OSH}, {"gold": {"osh": ["drugs", "arms", ""]}}, topics=("arms", "drugs")
    )
    shipped = make_project(tmp_path / "shipped", {"aktau": AKTAU}, {"gold": {"aktau": ["drugs migration", ""]}})
    dataset = load_dataset(own, shipped=shipped, own_weight=3.0)
    assert dataset.codebook.keys == ("arms", "drugs")
    assert dataset.articles == ("aktau", "osh")
    assert dataset.weight.tolist() == [1, 1, 3, 3, 3]
    assert dataset.known.tolist() == [[False, True], [False, True], [True, True], [True, True], [True, True]]
    assert dataset.Y.tolist() == [[False, True], [False, False], [False, True], [True, False], [False, False]]
    assert dataset.where[0] == "shipped labels/gold.jsonl:1"
    assert dataset.fingerprint != load_dataset(own, shipped=shipped, own_weight=2.0).fingerprint


def test_shipped_paragraphs_judged_for_none_of_ones_own_topics_are_no_rows(make_project, tmp_path):
    own = make_project(tmp_path / "own", {"osh": OSH}, {"gold": {"osh": ["arms", "", ""]}}, topics=("arms",))
    shipped = make_project(tmp_path / "shipped", {"aktau": AKTAU}, {"gold": {"aktau": ["migration", ""]}})
    assert load_dataset(own, shipped=shipped).articles == ("osh",)


def test_without_shipped_rows_ones_own_weigh_one(project):
    assert load_dataset(project, own_weight=5.0).weight.tolist() == [1, 1, 1, 1]


def test_an_article_id_in_both_is_refused_by_name(project, make_project, tmp_path):
    shipped = make_project(tmp_path / "shipped", {"osh": OSH}, {"gold": {"osh": ["drugs", None, None]}})
    assert refusal(project, shipped=shipped).startswith(
        "article 'osh': is in the project and among the shipped articles"
    )


def test_a_mistake_in_the_shipped_project_is_told_apart(project, make_project, tmp_path):
    shipped = make_project(tmp_path / "shipped", {"aktau2": AKTAU}, {"gold": {"aktau2": ["migration", ""]}})
    edit(shipped, "aktau2", "Nine", "Four")
    assert refusal(project, shipped=shipped).startswith(
        "shipped project: labels/gold.jsonl:1: article aktau2, characters"
    )


def test_the_shipped_project_itself_adds_nothing_to_itself(project):
    again = load_dataset(project, shipped=project, own_weight=4.0)
    assert again.fingerprint == load_dataset(project).fingerprint


def test_some_articles_are_whole_and_fewer_lie_inside_more():
    dataset = small()
    few, more = some_articles(dataset, 10, seed=1), some_articles(dataset, 25, seed=1)
    assert 10 <= len(few.paragraphs) < len(more.paragraphs) < len(dataset.paragraphs)
    assert set(few.articles) < set(more.articles)
    for article in few.articles:
        assert [p for p in few.paragraphs if p.article_id == article] == [
            p for p in dataset.paragraphs if p.article_id == article
        ]
    assert some_articles(dataset, 0, seed=1) is dataset
    assert few.fingerprint != more.fingerprint


def test_hidden_files_are_no_articles_and_a_name_that_is_no_text_is_refused(make_project, tmp_path):
    project = make_project(tmp_path, {"osh": "Two men were held.\n"})
    (project.articles / "._osh.txt").write_bytes(b"\x00")
    assert list(project_corpus(project)) == ["osh"]

    (project.articles / "osh.txt").rename(project.articles / os.fsdecode(b"osh\xff.txt"))
    with pytest.raises(InputError, match="not UTF-8; rename it"):
        project_corpus(project)
