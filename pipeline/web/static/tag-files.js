// Files read by the server, in batches it takes. Of a .jsonl file each line is an article, so a long one is sent in parts.

import { ask } from "./common.js";

export const MOST = 320; // articles this page takes at once
const READ = { most: 32, size: 12_000_000 }; // articles, and bytes, the server reads at once
const NEWLINE = 10;

/** Things cut into batches the server takes: so many, and of such a size together unless one alone is larger. */
export function batches(things, sizeOf, { most, size }, countOf = () => 1) {
  const found = [];
  let [count, whole] = [0, 0];
  for (const thing of things) {
    count += countOf(thing);
    whole += sizeOf(thing);
    if (!found.length || count > most || whole > size) {
      found.push([]);
      [count, whole] = [countOf(thing), sizeOf(thing)];
    }
    found.at(-1).push(thing);
  }
  return found;
}

/** The articles in files: {articles, problems, left}, where `left` were too many. `step(done, whole, noun)` as it goes on. */
export async function readFiles(files, step) {
  const portions = (await Promise.all(files.slice(0, MOST).map(portionsOf))).flat();
  const whole = portions.reduce((sum, { count }) => sum + count, 0) + Math.max(0, files.length - MOST);
  const found = { articles: [], problems: [], left: Math.max(0, whole - MOST) };
  let done = 0;
  for (const some of batches(portions, ({ file }) => file.size, READ, ({ count }) => count)) {
    if (done >= MOST) break;
    if (portions.length > 1) step(done, Math.min(whole, MOST), "read");
    await readBatch(some, found);
    done += some.reduce((sum, { count }) => sum + count, 0);
  }
  found.articles.length = Math.min(found.articles.length, MOST);
  return found;
}

/** A batch that fails as a whole is a problem of its files; the others are read all the same. */
async function readBatch(some, found) {
  const body = new FormData();
  for (const { file } of some) body.append("files", file, file.name);
  try {
    const answer = await ask("POST", "/api/read", body);
    found.articles.push(...answer.articles);
    found.problems.push(...answer.problems);
  } catch (error) {
    found.problems.push({ name: some.map(({ file }) => file.name).join(", "), detail: error.message });
  }
}

/** A file as it is, or in parts of whole lines, each with the lines before it left blank so that their numbers stay. */
async function portionsOf(file) {
  if (!/\.jsonl$/i.test(file.name)) return [{ file, count: 1 }];
  const bytes = new Uint8Array(await file.arrayBuffer());
  const ends = lineEnds(bytes);
  const twoByte = bytes[0] >= 0xfe; // UTF-16, whose line ends are not to be told by a byte
  if (twoByte || ends.length <= READ.most) return [{ file, count: Math.max(1, Math.min(ends.length, READ.most)) }];
  const found = [];
  for (let line = 0; line < ends.length; line += READ.most) {
    const last = Math.min(line + READ.most, ends.length);
    const part = bytes.subarray(line ? ends[line - 1] : 0, ends[last - 1]);
    found.push({ file: new File(["\n".repeat(line), part], file.name), count: last - line });
  }
  return found;
}

/** Where each line ends, one past its line end. */
function lineEnds(bytes) {
  const ends = [];
  for (let place = bytes.indexOf(NEWLINE); place >= 0; place = bytes.indexOf(NEWLINE, place + 1)) ends.push(place + 1);
  if (bytes.length && bytes.at(-1) !== NEWLINE) ends.push(bytes.length);
  return ends;
}
