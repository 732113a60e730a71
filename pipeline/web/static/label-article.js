// The article as a text: all of it in order, the paragraph in question in ink and always at the same height.

import { ask, el } from "./common.js";
import { runs } from "./tag-pieces.js";

const HEIGHT = 0.2; // of the pane, at which the paragraph in question begins
const LEAST = 72; // pixels of context above it at least
const pane = document.getElementById("pane");
const known = new Map(); // articles that were asked for
const KEPT = 40;
let drawn = null; // the article in the pane
let parts = new Map(); // "start-end" -> element
let now = null;

/** The place of a task or paragraph inside its article. */
export function placeOf({ start, end }) {
  return `${start}-${end}`;
}

/** An article, asked for once. */
export function articleOf(id) {
  if (!known.has(id)) {
    if (known.size >= KEPT) known.delete(known.keys().next().value);
    const asked = ask("GET", `/api/articles/${encodeURIComponent(id)}`);
    asked.catch(() => known.delete(id));
    known.set(id, asked);
  }
  return known.get(id);
}

/** Let an article be asked for again, since its text may have changed. */
export function forget(id) {
  known.delete(id);
}

/** Show a task's paragraph inside its article; `said(place)` gives what the person said of others by now. */
export function showParagraph(article, task, said) {
  if (drawn !== article) {
    parts = new Map(article.paragraphs.map((paragraph) => [placeOf(paragraph), element(paragraph)]));
    pane.replaceChildren(el("div", { class: "article" }, [...parts.values()]));
    drawn = article;
    now = null;
  }
  if (now) draw(now, paragraphAt(now.dataset.place));
  now = parts.get(placeOf(task));
  for (const [place, node] of parts) saidMark(node, node !== now && said(place));
  now.classList.add("now");
  now.setAttribute("aria-current", "true");
  settle();
}

/** The paragraph of the article in the pane that stands at a place. */
export function paragraphAt(place) {
  return drawn.paragraphs.find((paragraph) => placeOf(paragraph) === place);
}

/** Mark the words behind the topics a model tagged; `topics` are [{tone, name, evidence}]. */
export function markEvidence(topics) {
  if (!now) return;
  const paragraph = paragraphAt(now.dataset.place);
  const strongest = topics.flatMap((topic) => runs(paragraph.text, topic.evidence).map((run) => ({ ...run, topic })));
  strongest.sort((a, b) => b.weight - a.weight);
  const free = strongest.filter((run, i) => !strongest.slice(0, i).some((other) => run.start < other.end && run.end > other.start));
  const pieces = [];
  let from = 0;
  for (const { start, end, step, topic } of free.sort((a, b) => a.start - b.start)) {
    const mark = el("mark", { class: `m${step} t${topic.tone}`, title: `speaks for ${topic.name}` }, paragraph.text.slice(start, end));
    pieces.push(paragraph.text.slice(from, start), mark);
    from = end;
  }
  fill(now, paragraph, [...pieces, paragraph.text.slice(from)]);
}

/** Put the paragraph in question at its height, or as high as it takes to show all of it. */
export function settle() {
  if (!now || pane.hidden) return;
  const room = pane.clientHeight;
  const above = Math.min(Math.max(LEAST, room * HEIGHT), Math.max(16, (room - now.offsetHeight) / 2));
  pane.scrollTop = now.offsetTop - above;
}

function element(paragraph) {
  const made = el("p", { class: `para ${paragraph.kind}`, "data-place": placeOf(paragraph) });
  draw(made, paragraph);
  return made;
}

function draw(node, paragraph) {
  node.classList.remove("now");
  node.removeAttribute("aria-current");
  fill(node, paragraph, [paragraph.text]);
}

function fill(node, paragraph, words) {
  const { lead, tail } = paragraph;
  node.replaceChildren(
    ...[lead && el("span", { class: "lead" }, lead, " "), ...words, tail && el("span", { class: "lead" }, " ", tail)].filter(Boolean),
  );
}

/** What was said of a paragraph while this page was open: letters at its end. */
function saidMark(node, said) {
  node.querySelector(".said")?.remove();
  if (said) node.append(el("span", { class: "said" }, " ", said));
}

window.addEventListener("resize", settle);
