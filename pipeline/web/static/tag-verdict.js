// What the numbers say at the present thresholds: decisions, the verdict in words, and what a threshold costs. Draws nothing.

import { grouped } from "./common.js";

export const YES = "yes";
export const REVIEW = "review";
export const NO = "no";

/** The threshold in use for a verdict: the reader's, or the model's. */
export function cutOf(verdict, thresholds) {
  return thresholds[verdict.topic] ?? verdict.threshold;
}

/** "yes", "review" or "no" at the present thresholds; the reader's own leaves nothing for review, as with the server. */
export function decide(verdict, thresholds) {
  if (verdict.probability >= cutOf(verdict, thresholds)) return YES;
  return verdict.probability >= verdict.review && thresholds[verdict.topic] === undefined ? REVIEW : NO;
}

/** The topics a paragraph has, then those left for review, each strongest first, as [verdict, decision]. */
export function tagsOf(paragraph, thresholds) {
  const judged = paragraph.topics.map((verdict) => [verdict, decide(verdict, thresholds)]);
  return [YES, REVIEW].flatMap((wanted) => judged.filter(([, said]) => said === wanted));
}

/** What an article comes to: reason (why nothing was judged), yes, review, and by topic `top` and `count`. */
export function summary(record, thresholds) {
  const top = {};
  const count = {};
  const found = { [YES]: new Set(), [REVIEW]: new Set() };
  const judged = record.paragraphs.filter((paragraph) => !paragraph.unsupported);
  for (const paragraph of judged) {
    for (const verdict of paragraph.topics) {
      const said = decide(verdict, thresholds);
      if (said !== NO) found[said].add(verdict.topic);
      if (said === YES) count[verdict.topic] = (count[verdict.topic] ?? 0) + 1;
      if (!(top[verdict.topic]?.verdict.probability >= verdict.probability)) top[verdict.topic] = { verdict, paragraph };
    }
  }
  const strongest = (keys) => [...keys].sort((a, b) => top[b].verdict.probability - top[a].verdict.probability);
  const reason = record.unsupported ?? (judged.length ? null : (record.paragraphs[0]?.unsupported ?? "no text but furniture"));
  return {
    reason,
    judged: judged.length,
    yes: strongest(found[YES]),
    review: strongest([...found[REVIEW]].filter((key) => !found[YES].has(key))),
    top,
    count,
  };
}

/** "Drugs and migration; terrorism is left for review" */
export function verdictWords(found, names) {
  if (found.reason) return `Not judged: ${found.reason}`;
  const yes = listed(found.yes.map((key) => small(names[key])));
  const review = listed(found.review.map((key) => small(names[key])));
  const left = review && `${review} ${found.review.length > 1 ? "are" : "is"} left for review`;
  return capital([yes, left].filter(Boolean).join("; ")) || "None of the topics";
}

/** "a", "a and b", "a, b and c" */
export function listed(words) {
  return words.length > 1 ? `${words.slice(0, -1).join(", ")} and ${words.at(-1)}` : (words[0] ?? "");
}

/** How many things: "1 paragraph", "3 paragraphs". */
export function many(count, noun) {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** What the reader's threshold changes against the model's: 1 for a tag more, -1 for a tag less, 0. */
export function change(verdict, thresholds) {
  return Number(verdict.probability >= cutOf(verdict, thresholds)) - Number(verdict.probability >= verdict.threshold);
}

/** "2 paragraphs more, 1 less" for one topic, over all articles given; "" while the threshold is the model's. */
export function changeWords(records, key, thresholds) {
  if (thresholds[key] === undefined) return "";
  const changes = records.flatMap((record) =>
    record.paragraphs.flatMap((p) => p.topics.filter((v) => v.topic === key).map((v) => change(v, thresholds))),
  );
  const more = changes.filter((one) => one > 0).length;
  const less = changes.filter((one) => one < 0).length;
  if (!more && !less) return "Changes nothing here";
  if (!less) return `${many(more, "paragraph")} more`;
  return more ? `${many(more, "paragraph")} more, ${less} less` : `${many(less, "paragraph")} less`;
}

/** What a threshold costs on labelled text; "" where the model keeps no such evidence. */
export function costWords(curve, threshold) {
  const point = curve?.find((one) => one.threshold >= threshold - 1e-9) ?? curve?.at(-1);
  if (!point) return "";
  const of100 = (share) => Math.round(share * 100);
  if (point.recall === null) return "";
  if (point.precision === null) return "On labelled text: finds none";
  return `On labelled text: finds\u00a0${of100(point.recall)}\u00a0of\u00a0100, right\u00a0${of100(point.precision)}\u00a0times\u00a0of\u00a0100`;
}

/**
 * The score a topic needs at a threshold, or null where two paragraphs cannot tell.
 * A probability is the logistic of slope * score + offset, so two of them give slope and offset away.
 */
export function scoreNeeded(records, key, threshold) {
  const known = records
    .flatMap((record) => record.paragraphs.flatMap((p) => p.topics.filter((v) => v.topic === key)))
    .filter((v) => v.probability > 1e-6 && v.probability < 1 - 1e-6)
    .sort((a, b) => a.score - b.score);
  const [low, high] = [known[0], known.at(-1)];
  if (!low || high.score - low.score < 0.05) return null;
  const slope = (logit(high.probability) - logit(low.probability)) / (high.score - low.score);
  return low.score + (logit(threshold) - logit(low.probability)) / slope;
}

function logit(probability) {
  return Math.log(probability / (1 - probability));
}

/** A name in the middle of a sentence: "Drugs" is "drugs", "DDoS" stays. */
export function small(name) {
  return /^\p{Lu}\p{Ll}*(\P{Lu})*$/u.test(name) ? name[0].toLowerCase() + name.slice(1) : name;
}

function capital(sentence) {
  return sentence && sentence[0].toUpperCase() + sentence.slice(1);
}
