// From what a reader gives to tagged articles: one text with its evidence, or many in batches the server takes.

import { ask } from "./common.js";
import { MOST, batches, readFiles } from "./tag-files.js";

const EVIDENCE_MOST = 100_000; // characters of a text whose evidence is shown; it is a hundred times as large
const TAGGED = { most: 32, size: 4_000_000 }; // articles, and their characters, the server tags at once

/** Tag one text with its evidence; `id` names it in what is downloaded. */
export async function tagOne(text, id) {
  const evidence = text.length <= EVIDENCE_MOST;
  const answer = await ask("POST", "/api/tag", { articles: [{ text, id }], why: evidence, all_scores: true });
  return { text, id, record: answer.articles[0], evidence };
}

/** An article of the project, tagged. */
export async function tagStored(id) {
  const stored = await ask("GET", `/api/articles/${encodeURIComponent(id)}`);
  return { ...(await tagOne(stored.text, id)), stored: id };
}

/** Ask for the evidence of an article that came without; its verdicts stay the same objects, whose numbers a newer model may change. */
export async function addEvidence(article) {
  if (article.evidence || article.text.length > EVIDENCE_MOST) return;
  const { record } = await tagOne(article.text, article.id);
  record.paragraphs.forEach((paragraph, i) => {
    const verdicts = Object.fromEntries(paragraph.topics.map((verdict) => [verdict.topic, verdict]));
    for (const verdict of article.record.paragraphs[i].topics) Object.assign(verdict, verdicts[verdict.topic]);
  });
  article.evidence = true;
}

/**
 * Files read and tagged: {articles, remarks}. `step(done, whole, noun)` as it goes on; `signal.stopped` ends it between
 * batches. What cannot be read, is left out or fails later is a remark; with no article at all it is an error.
 */
export async function tagFiles(files, step, signal) {
  const { articles: some, problems, left } = await readFiles(files, step);
  const remarks = problems.map(({ name, detail }) => (detail.includes(name) ? detail : `${name}: ${detail}`));
  if (left) remarks.push(`${MOST} articles are the most at once, ${left} more were left out; the command threat-topics tag has no such limit.`);
  if (!some.length) throw new Error(remarks.join(" ") || "no article was found in these files; give .txt, .html or .jsonl");
  if (some.length === 1) return { articles: [await tagOne(some[0].text, some[0].id)], remarks };
  const found = [];
  try {
    await tagMany(some, found, step, signal);
    if (found.length < some.length) remarks.push(`Stopped: ${found.length} of ${some.length} articles were tagged.`);
  } catch (error) {
    if (!found.length) throw error;
    remarks.push(`${found.length} of ${some.length} articles were tagged, then: ${error.message}`);
  }
  if (!found.length) throw new Error("stopped before anything was tagged");
  return { articles: found, remarks };
}

/** Tag many texts without evidence, which is asked for once an article is opened. */
async function tagMany(given, found, step, signal) {
  for (const some of batches(given, ({ text }) => text.length, TAGGED)) {
    if (signal.stopped) return;
    step(found.length, given.length, "articles tagged");
    const articles = some.map(({ text, id }) => ({ text, id }));
    const answer = await ask("POST", "/api/tag", { articles, all_scores: true });
    answer.articles.forEach((record, i) => found.push({ text: some[i].text, id: some[i].id, record, evidence: false }));
  }
}
