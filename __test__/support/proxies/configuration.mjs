import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/commands.mjs';

/**
 * A configuration of docs/proxies as it is documented, with each text of `replacements` replaced wherever it stands.
 * A text that is not there is an error: the page and the test would have gone apart.
 */
export function documented(file, replacements) {
  let text = readFileSync(join(root, 'docs', 'proxies', file), 'utf8').replaceAll('\r\n', '\n');
  for (const [from, to] of Object.entries(replacements)) {
    if (!text.includes(from)) throw new Error(`docs/proxies/${file} does not contain ${JSON.stringify(from)}`);
    text = text.replaceAll(from, String(to));
  }
  return text;
}
