// Downloads: what the server writes of the articles at hand, at the present thresholds.

import { ask, el } from "./common.js";
import { batches } from "./tag-files.js";

const WRITTEN = { most: 32, size: 200_000 }; // articles, and their characters, the server writes with evidence at once
const TYPES = { jsonl: "application/jsonl", csv: "text/csv", html: "text/html" };

/** Have the articles written and hand the file to the browser; more than the server takes at once come in parts. */
export async function download(articles, format, thresholds) {
  const parts = [];
  for (const some of batches(articles, ({ text }) => text.length, WRITTEN)) {
    const body = { articles: some.map(({ text, id }) => ({ text, id })), format };
    if (Object.keys(thresholds).length) body.thresholds = thresholds;
    parts.push(await ask("POST", "/api/export", body));
  }
  const name = articles.length === 1 ? fileName(articles[0].id) : "articles";
  if (format === "html") parts.forEach((part, i) => save(part, parts.length > 1 ? `${name}-${i + 1}.html` : `${name}.html`));
  else save(new Blob(format === "csv" ? await oneTable(parts) : parts, { type: TYPES[format] }), `${name}.${format}`);
}

/** Tables one after another under one header; a header has no line break inside. */
async function oneTable(parts) {
  const texts = await Promise.all(parts.map((part) => part.text()));
  return texts.map((text, i) => (i ? text.slice(text.indexOf("\n") + 1) : text));
}

function fileName(id) {
  return id.replace(/[^\p{L}\p{N}._-]+/gu, "-").slice(0, 80) || "article";
}

function save(blob, name) {
  const address = URL.createObjectURL(blob);
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
