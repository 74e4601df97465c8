import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { answer, ask, start } from './children.mjs';
import { generateKey } from './keys.mjs';
import { claimsOf, fillerFor, issue, writeTokens } from './tokens.mjs';

const AUDIENCE = 'https://api.example.com';

/** A tenant with its keys and all the tokens that these rows will use, made before any clock starts. */
export async function createContext({ mode, size }, rows) {
  const counts = countsOf(rows, size);
  const folder = mkdtempSync(join(tmpdir(), 'backend-node-benchmark-'));
  const child = start('tenant.mjs');
  const close = () => {
    child.disconnect();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const { issuer } = await answer(child);
    const tenant = { issuer, audience: AUDIENCE };
    const keys = await Promise.all(Object.keys(counts).map(async (alg) => [alg, await generateKey(alg)]));
    const context = {
      ...tenant,
      mode,
      size,
      jwks: { keys: keys.map(([, key]) => key.jwk) },
      pems: Object.fromEntries(keys.map(([alg, key]) => [alg, key.pem])),
      samples: {},
      tokens: {},
    };
    for (const [alg, key] of keys) {
      context.samples[alg] = await samplesOf(tenant, key, alg);
      context.tokens[alg] = await writeTokens(join(folder, `${alg}.tokens`), counts[alg], tenant, key, alg);
    }
    await ask(child, { jwks: context.jwks, introspected: claimsOf(tenant, 0, { note: 'x'.repeat(60) }) });
    return { context, close };
  } catch (error) {
    close();
    throw error;
  }
}

/** By algorithm, as many as the row that needs most of them. */
function countsOf(rows, size) {
  const counts = {};
  for (const [alg, count] of rows.flatMap(({ tokens }) => Object.entries(tokens?.(size) ?? {}))) {
    counts[alg] = Math.max(counts[alg] ?? 0, count);
  }
  return counts;
}

/** A token to accept and what every contender has to refuse. */
async function samplesOf(tenant, key, alg) {
  const note = fillerFor(tenant, key, alg);
  const past = Math.floor(Date.now() / 1000) - 7_200;
  const make = (more) => issue(key, alg, claimsOf(tenant, 999_999_999, { note, ...more }));
  const valid = await make({});
  return {
    valid,
    expired: await make({ iat: past - 60, nbf: past - 60, exp: past }),
    'for another audience': await make({ aud: 'https://other.example.com' }),
    'of another issuer': await make({ iss: 'https://other.example.com' }),
    tampered: tampered(valid),
  };
}

/** Another subject under the same signature. */
function tampered(token) {
  const [header, payload, signature] = token.split('.');
  const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'auth|administrator' };
  return [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
}
