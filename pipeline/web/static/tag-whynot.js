// Why a topic missed: its best paragraph, what spoke for and against it there, and how much was lacking.

import { chance, el } from "./common.js";
import { forAndAgainst, signed } from "./tag-pieces.js";
import { cutOf, scoreNeeded, summary } from "./tag-verdict.js";

const SHOWN = 5; // terms for, and as many against

/** The elements that tell why an article does not have a topic. */
export function whyNot(article, topic, state, actions) {
  const { verdict, paragraph } = summary(article.record, state.thresholds).top[topic.key];
  const cut = cutOf(verdict, state.thresholds);
  if (!verdict.evidence) return [el("p", { class: "small" }, "This article is too long to show its evidence; tag a part of it.")];
  const { pro, contra } = forAndAgainst(verdict.evidence);
  const base = verdict.score - verdict.evidence.reduce((sum, { weight }) => sum + weight, 0);
  const rows = [...pro.slice(0, SHOWN), ...contra.slice(0, SHOWN)];
  const shownSum = rows.reduce((sum, { weight }) => sum + weight, base);
  const scale = Math.max(...rows.map(({ weight }) => Math.abs(weight)), 0.1);
  return [
    el("h3", {}, "Nearest to it"),
    el("button", { class: "quote", type: "button", onclick: () => actions.jump(paragraph) }, opening(paragraph.text)),
    el("p", { class: "lack" }, lacking(article.record, topic, verdict, cut)),
    el(
      "ul",
      { class: "bars", "aria-label": `What spoke for and against ${topic.name}` },
      bar("before any word", base, scale, "base"),
      rows.map(({ text, weight }) => bar(text, weight, scale)),
      Math.abs(verdict.score - shownSum) >= 0.005 && bar("all other words", verdict.score - shownSum, scale, "base"),
    ),
    el("p", { class: "sum number" }, "comes to ", el("strong", {}, signed(verdict.score))),
  ];
}

function opening(text) {
  const flat = text.replace(/\s+/g, " ");
  return flat.length > 90 ? `${flat.slice(0, 90).replace(/\s\S*$/, "")} \u2026` : flat;
}

/** "0.12 of the 0.70 needed; 2.4 points of evidence were lacking." */
function lacking(record, topic, verdict, cut) {
  const needed = scoreNeeded([record], topic.key, cut);
  const reached = `${chance(verdict.probability)} of the ${cut.toFixed(2)} needed`;
  if (needed === null || !Number.isFinite(needed)) return `${reached}.`;
  return `${reached}: the words come to ${signed(verdict.score)} where ${signed(needed)} would do, ${(needed - verdict.score).toFixed(2)} too little.`;
}

/** A signed bar: for stands right of the middle, against left of it. */
function bar(text, weight, scale, kind = "") {
  const side = weight < 0 ? "contra" : "pro";
  const drawn = el("span", { class: "bar-line", "aria-hidden": "true" });
  drawn.style.setProperty("--part", Math.min(1, Math.abs(weight) / scale));
  return el(
    "li",
    { class: `${side} ${kind}` },
    el("span", { class: "bar-word" }, text),
    drawn,
    el("span", { class: "number" }, signed(weight)),
  );
}
