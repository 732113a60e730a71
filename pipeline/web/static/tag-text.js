// The article as a text: paragraphs with their topics in the margin and the words that earned them marked.

import { badge, chance, el } from "./common.js";
import { know } from "./tag-card.js";
import { pieces, runs } from "./tag-pieces.js";
import { REVIEW, YES, change, cutOf, tagsOf } from "./tag-verdict.js";

const LONG = 200; // paragraphs from which on those out of view are not laid out

/** Draw an article into its element; `actions.wrong(paragraph)` opens the dialog. Returns a function that brings it up to date. */
export function drawText(root, article, state, actions) {
  const { record } = article;
  const shown = [];
  const parts = pieces(record, article.text).map((piece) => {
    if (piece.furniture !== undefined) return furniture(piece.furniture);
    const made = { ...piece, node: null, signature: null };
    shown.push(made);
    made.node = el("div", {});
    return made.node;
  });
  const headed = record.paragraphs.some(({ kind }) => kind === "headline");
  const heading = headed ? [] : [el("h2", { id: "words-heading", class: "unseen" }, "Text")];
  root.classList.toggle("long", parts.length > LONG);
  root.replaceChildren(...heading, ...parts);
  const refresh = () => shown.forEach((one) => refreshOne(one, record, state, actions));
  refresh();
  return refresh;
}

/** The paragraph's element in the page. */
export function nodeOf(number) {
  return document.getElementById(`paragraph-${number}`);
}

function furniture(text) {
  return el(
    "div",
    { class: "para muted" },
    el("div", { class: "beside" }, el("p", { class: "reason" }, "Not article text")),
    el("p", { class: "said" }, text),
  );
}

/** Which topic's evidence a paragraph shows: the one selected, or else its strongest; "why not" shows its own. */
function topicShown(paragraph, tags, state) {
  if (!state.selected) return tags[0]?.[0].topic ?? null;
  const has = tags.some(([verdict]) => verdict.topic === state.selected);
  return has || state.whyNot[state.selected] === paragraph.id ? state.selected : null;
}

function refreshOne(one, record, state, actions) {
  const { paragraph } = one;
  const tags = tagsOf(paragraph, state.thresholds);
  const topic = topicShown(paragraph, tags, state);
  const changed = paragraph.topics.filter((verdict) => change(verdict, state.thresholds));
  const verdict = paragraph.topics.find((v) => v.topic === topic);
  const signature = JSON.stringify([tags.map(([v, said]) => [v.topic, said]), topic, changed.map((v) => v.topic), !!verdict?.evidence]);
  if (signature === one.signature) return;
  one.signature = signature;
  const has = tags.some(([v]) => v.topic === topic);
  const tone = topic === null ? "" : ` t${state.byKey[topic].tone}`;
  const kinds = ["para", paragraph.kind, has && "tagged-para", topic && !has && "missed", changed.length && "changed", paragraph.unsupported && "muted"];
  const made = el(
    "div",
    { class: `${kinds.filter(Boolean).join(" ")}${tone}`, id: `paragraph-${one.number}` },
    beside(paragraph, record, tags, changed, state),
    said(one, record, verdict, state),
    !paragraph.unsupported && wrongButton(one, actions),
  );
  one.node.replaceWith(made);
  one.node = made;
}

function beside(paragraph, record, tags, changed, state) {
  const reason = paragraph.unsupported && paragraph.unsupported !== record.unsupported && `Not judged: ${paragraph.unsupported}`;
  const gone = changed.filter((verdict) => verdict.probability < cutOf(verdict, state.thresholds) && !tags.some(([v]) => v === verdict));
  return el(
    "div",
    { class: "beside" },
    reason && el("p", { class: "reason" }, reason),
    tags.map(([verdict, decision]) => margin(verdict, decision, changed.includes(verdict) && decision === YES && "more", state)),
    gone.map((verdict) => margin(verdict, "", "less", state)),
  );
}

/** One topic in the margin: its letter, a question mark where it is left for review, and its probability. */
function margin(verdict, decision, changed, state) {
  const topic = state.byKey[verdict.topic];
  const letter = badge(topic);
  if (decision === REVIEW) letter.append("?");
  const words = [topic.name, decision === REVIEW && "left for review", changed === "more" && "by your threshold", changed === "less" && "not by your threshold"];
  return el(
    "p",
    { class: `has t${topic.tone} ${decision === REVIEW ? "review" : ""} ${changed || ""}`, title: words.filter(Boolean).join(", ") },
    changed === "more" && el("span", { class: "sign", "aria-hidden": "true" }, "+"),
    changed === "less" && el("span", { class: "sign", "aria-hidden": "true" }, "\u2212"),
    letter,
    el("span", { class: "unseen" }, `${words.filter(Boolean).join(", ")}, `),
    el("span", { class: "number" }, chance(verdict.probability)),
  );
}

function said(one, record, verdict, state) {
  const { paragraph, lead, tail } = one;
  const headline = paragraph.kind === "headline";
  const first = headline && record.paragraphs.find(({ kind }) => kind === "headline") === paragraph;
  return el(
    headline ? "h2" : "p",
    { class: "said", id: first ? "words-heading" : null },
    lead.trim() && [el("span", { class: "lead" }, lead.trim()), " "],
    verdict?.evidence ? marked(paragraph, verdict, state) : paragraph.text,
    tail.trim() && [" ", el("span", { class: "lead" }, tail.trim())],
  );
}

/** The text with its marks: one stop of the Tab key a paragraph, arrow keys from there. */
function marked(paragraph, verdict, state) {
  const { text } = paragraph;
  const parts = [];
  let from = 0;
  runs(text, verdict.evidence).forEach((run, place) => {
    const mark = el("mark", { class: `m${run.step}`, tabindex: place ? "-1" : "0" }, text.slice(run.start, run.end));
    know(mark, { run, text: text.slice(run.start, run.end), verdict, topic: state.byKey[verdict.topic] });
    parts.push(text.slice(from, run.start), mark);
    from = run.end;
  });
  return [...parts, text.slice(from)];
}

function wrongButton(one, actions) {
  return el(
    "button",
    { class: "wrong plain", type: "button", onclick: () => actions.wrong(one.paragraph) },
    "This is wrong",
    el("span", { class: "unseen" }, `: paragraph ${one.number + 1}`),
  );
}
