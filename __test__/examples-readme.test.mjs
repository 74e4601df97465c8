import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../scripts/commands.mjs';

const file = join(root, 'README.md');
const read = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
const text = read(file);
const prose = text.replace(/^```[\s\S]*?^```/gm, '');

describe('README.md', () => {
  it('shows the examples as they are', () => {
    const expected = text.replace(
      /<!-- file: (\S+) -->\n\n(?:```js\n[\s\S]*?\n```\n)?/g,
      (_, path) => `<!-- file: ${path} -->\n\n\`\`\`js\n${read(join(root, path))}\`\`\`\n`,
    );
    // With UPDATE_README=1 this test writes them.
    if (process.env.UPDATE_README) writeFileSync(file, expected);
    else assert.equal(text, expected);
  });

  it('has no other JavaScript, which nothing would run', () => {
    const blocks = text.match(/^```(js|ts|javascript|typescript|mjs|cjs)$/gm) ?? [];
    assert.equal(blocks.length, text.match(/<!-- file: /g).length);
  });

  it('links to what exists', () => {
    const targets = [...prose.matchAll(/\]\(([^)]+)\)/g)].map(([, target]) => target);
    const headings = [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => `#${slugOf(heading)}`);
    assert.ok(targets.length > 20);
    for (const target of targets.filter((link) => !link.startsWith('https://'))) {
      assert.ok(target.startsWith('#') ? headings.includes(target) : existsSync(join(root, target)), target);
    }
  });

  it('names the version that is packed', () => {
    const { version } = JSON.parse(read(join(root, 'package.json')));
    const tarballs = [...text.matchAll(/monocloud-backend-node(?:-linux-x64-gnu)?-(\d[\w.-]*)\.tgz/g)];
    assert.deepEqual(
      tarballs.map(([, packed]) => packed),
      [version, version],
    );
  });
});

/** The anchor of a heading. */
function slugOf(heading) {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
