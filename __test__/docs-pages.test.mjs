import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../scripts/commands.mjs';
import { documentedOptions } from './support/proxies/page.mjs';

const docs = join(root, 'docs');
const read = (path) => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');
const withoutCode = (text) => text.replace(/^```[\s\S]*?^```/gm, '');
const pages = readdirSync(docs, { recursive: true })
  .filter((name) => name.endsWith('.md'))
  .map((name) => join(docs, name));

const LANGUAGES = [
  [/^nginx/, 'nginx'],
  [/^Caddyfile/, 'caddyfile'],
  [/\.conf$/, 'apache'],
  [/\.cfg$/, 'haproxy'],
  [/\.yaml$/, 'yaml'],
];

for (const page of pages) {
  describe(relative(root, page), () => {
    const text = read(page);

    it('shows the files as they are', () => {
      const expected = text.replace(/<!-- file: (\S+) -->\n\n(?:```\w+\n[\s\S]*?\n```\n)?/g, (_, name) => {
        const [, language] = LANGUAGES.find(([pattern]) => pattern.test(name));
        return `<!-- file: ${name} -->\n\n\`\`\`${language}\n${read(join(dirname(page), name))}\`\`\`\n`;
      });
      // With UPDATE_DOCS=1 this test writes them.
      if (process.env.UPDATE_DOCS) writeFileSync(page, expected);
      else assert.equal(text, expected);
    });

    it('links to what exists', () => {
      for (const [, link] of withoutCode(text).matchAll(/\]\(([^)]+)\)/g)) {
        const [path, anchor] = link.split('#');
        const target = path === '' ? page : join(dirname(page), path);
        assert.ok(existsSync(target), link);
        if (anchor !== undefined) assert.ok(anchorsOf(read(target)).includes(anchor), link);
      }
    });

    it('names tests that exist', () => {
      for (const [name] of text.matchAll(/__test__\/[\w./-]+\.mjs/g)) assert.ok(existsSync(join(root, name)), name);
    });
  });
}

describe('the index of the proxies', () => {
  const folder = join(docs, 'proxies');
  const index = read(join(folder, 'README.md'));
  const names = readdirSync(folder).filter((name) => name.endsWith('.md') && name !== 'README.md');

  it('lists every page, and every source that a page uses', () => {
    const rows = index.split('\n').filter((line) => line.startsWith('|'));
    const listed = rows.flatMap((row) => /\]\(([\w-]+\.md)\)/.exec(row)?.[1] ?? []);
    assert.deepEqual(listed.sort(), names.sort());
    const sources = rows.slice(2).flatMap((row) => /\| `([\w-]+)` \| `[\w-]+` \|$/.exec(row)?.[1] ?? []);
    const used = names.flatMap((name) => documentedOptions(name).map(({ source }) => source));
    assert.deepEqual([...sources].sort(), [...used].sort());
  });

  it('has no page without the peers that are trusted', () => {
    for (const name of names) {
      for (const { trustedProxies } of documentedOptions(name)) assert.ok(trustedProxies?.length > 0, name);
    }
  });

  it('shows the line of a page', () => {
    const [{ requireVerified: _, ...nginx }] = documentedOptions('nginx.md');
    assert.deepEqual(documentedOptions('README.md'), [nginx]);
  });
});

describe('the page on migrating', () => {
  const text = read(join(docs, 'migrating-client-certificates.md'));

  it('names entries that there are', async () => {
    const entries = new Set([...text.matchAll(/@monocloud\/backend-node\/[\w/-]+/g)].map(([entry]) => entry));
    assert.ok(entries.size > 8);
    for (const entry of entries) await import(entry);
  });

  it('names functions that there are', async () => {
    const [, names] = /^\| (`clientCertAuth`, .+) of DaloyJS \|/m.exec(text);
    const mtls = await import('@monocloud/backend-node/mtls');
    for (const [, name] of names.matchAll(/`(\w+)`/g)) assert.equal(typeof mtls[name], 'function', name);
  });
});

describe('the threat table', () => {
  it('names tests by their titles', () => {
    const rows = read(join(docs, 'client-certificate-threats.md'))
      .split('\n')
      .filter((line) => line.startsWith('|'))
      .slice(2);
    assert.ok(rows.length > 20);
    for (const row of rows) {
      const references = [...row.matchAll(/`([\w/-]+(?:\.test\.mjs|\.mjs|\.rs))`: ([^;|]+)/g)];
      assert.ok(references.length > 0, row);
      for (const [, file, titles] of references) {
        const text = read(file.endsWith('.rs') ? join(root, file) : join(root, '__test__', file));
        const quoted = [...titles.matchAll(/"([^"]+)"/g)];
        assert.ok(quoted.length > 0, row);
        for (const [, title] of quoted) assert.ok(text.includes(title), `${file}: ${title}`);
      }
    }
  });
});

function anchorsOf(text) {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}
