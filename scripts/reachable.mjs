import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The compiled files that the given ones lead to, themselves included: modules by `require`, types by `from`. */
export function reachable(entries) {
  const found = new Set();
  const waiting = [...entries];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file) || !existsSync(file)) continue;
    found.add(file);
    waiting.push(...references(file));
  }
  return found;
}

const specifier = /\b(?:require\(|import\(|from |import )\s*['"](\.{1,2}\/[^'"]+)['"]/g;

function references(file) {
  const isTypes = /\.d\.[cm]?ts$/.test(file);
  const text = readFileSync(file, 'utf8');
  return Array.from(text.matchAll(specifier), ([, path]) => {
    const target = join(dirname(file), path);
    if (!isTypes) return /\.m?js$/.test(target) ? target : `${target}.js`;
    return `${target.replace(/\.js$/, '')}.d.ts`;
  });
}
