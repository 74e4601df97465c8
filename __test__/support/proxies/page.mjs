import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { root } from '../../../scripts/commands.mjs';

/**
 * What a page of docs/proxies says of the SDK: the options of each `clientCertificateResolver({ … })`, and
 * `requireVerified` of the `clientCertAuth({ … })` behind it, which has the same options otherwise.
 */
export function documentedOptions(page) {
  const text = readFileSync(join(root, 'docs', 'proxies', page), 'utf8');
  const auths = literals(text, 'clientCertAuth');
  return literals(text, 'clientCertificateResolver').map((options) => {
    const auth = auths.find(({ source }) => source === options.source);
    if (auth === undefined) return options;
    const { requireVerified, allowSubjectCNs, ...others } = auth;
    assert.deepEqual([others, allowSubjectCNs], [options, ['svc-a']], page);
    return requireVerified === undefined ? options : { ...options, requireVerified };
  });
}

function literals(text, name) {
  return [...text.matchAll(new RegExp(`${name}\\((\\{[^}]*\\})\\)`, 'g'))].map(([, literal]) =>
    // Through JSON, so that the objects are of this realm.
    JSON.parse(JSON.stringify(runInNewContext(`(${literal})`))),
  );
}
