// The card that a mark shows when it is pointed at or focused: the words, the topic, what each word weighed.

import { badge, el } from "./common.js";
import { signed } from "./tag-pieces.js";

const MOST = 6; // terms listed
const facts = new WeakMap();
const card = document.getElementById("card");
let shown = null;
let leaving = 0;

/** Remember what a mark stands for: {run, text, verdict, topic}. */
export function know(mark, fact) {
  facts.set(mark, fact);
}

/** Let the marks inside an element show their card, and the arrow keys go from mark to mark of a paragraph. */
export function watch(root) {
  root.addEventListener("pointerover", (event) => markAt(event) && show(markAt(event)));
  root.addEventListener("pointerout", (event) => markAt(event) && hideSoon());
  root.addEventListener("focusin", (event) => markAt(event) && show(markAt(event)));
  root.addEventListener("focusout", (event) => markAt(event) && hide());
  root.addEventListener("keydown", walk);
  card.addEventListener("pointerenter", () => clearTimeout(leaving));
  card.addEventListener("pointerleave", hideSoon);
  document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
  window.addEventListener("resize", hide);
}

/** Take the card away. */
export function hide() {
  clearTimeout(leaving);
  card.hidden = true;
  shown?.removeAttribute("aria-describedby");
  shown = null;
}

function markAt(event) {
  return event.target.closest?.("mark");
}

/** The card stays while the pointer is on its way to it. */
function hideSoon() {
  clearTimeout(leaving);
  leaving = setTimeout(() => {
    const focused = document.activeElement?.closest("mark");
    if (focused && facts.has(focused)) show(focused);
    else hide();
  }, 150);
}

function show(mark) {
  clearTimeout(leaving);
  if (mark === shown) return;
  hide();
  shown = mark;
  const { run, text, verdict, topic } = facts.get(mark);
  const several = run.terms.length > 1;
  card.className = `card t${topic.tone}`;
  const parts = [
    el("p", { class: "card-word" }, text),
    el("p", { class: "card-topic" }, badge(topic), ` ${topic.name} `, el("span", { class: "number" }, share(run.weight, verdict.score))),
  ];
  if (run.terms.length > 1) parts.push(rows(run.terms));
  if (run.terms.length > MOST) parts.push(el("p", { class: "card-more" }, `and ${run.terms.length - MOST} that weigh less`));
  card.replaceChildren(...parts);
  card.hidden = false;
  mark.setAttribute("aria-describedby", "card");
  place(mark);
}

function share(weight, score) {
  return `${signed(weight)} of ${signed(score, 1)} points`;
}

function rows(terms) {
  const made = terms.slice(0, MOST).map(({ text, weight }) => el("li", {}, el("span", {}, text), " ", el("span", { class: "number" }, signed(weight))));
  return el("ul", {}, made);
}

/** Below the mark's first line, or above it where the window ends. */
function place(mark) {
  const line = mark.getClientRects()[0];
  const { width, height } = card.getBoundingClientRect();
  const room = document.documentElement.clientWidth;
  const left = Math.max(8, Math.min(line.left, room - width - 8));
  const under = line.bottom + 6;
  const top = under + height > window.innerHeight && line.top - height - 6 > 0 ? line.top - height - 6 : under;
  card.style.setProperty("left", `${left + window.scrollX}px`);
  card.style.setProperty("top", `${top + window.scrollY}px`);
}

/** Arrow keys, Home and End: the mark gone to is the paragraph's stop from then on. */
function walk(event) {
  const mark = markAt(event);
  if (!mark || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...mark.parentElement.querySelectorAll("mark")];
  const here = all.indexOf(mark);
  const to = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = all[Math.max(0, Math.min(to, all.length - 1))];
  all.forEach((one) => one.setAttribute("tabindex", one === next ? "0" : "-1"));
  next.focus();
}
