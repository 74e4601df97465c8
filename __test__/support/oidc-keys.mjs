import { createPrivateKey, createPublicKey, generateKeyPair, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';

const PEM = {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
};
const generate = promisify(generateKeyPair);

/** What each kind of key signs. Only keys on a NIST curve name their algorithm: the others serve several. */
const ALGORITHMS = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'P-256': ['ES256'],
  'P-384': ['ES384'],
  'P-521': ['ES512'],
  Ed25519: ['EdDSA', 'Ed25519'],
};

/** Every algorithm that the keys of `createSigningKeys` sign with. */
export const SIGNATURE_ALGORITHMS = Object.values(ALGORITHMS).flat();

/** One private JWK for each kind of key. */
export function createSigningKeys() {
  return Promise.all(Object.keys(ALGORITHMS).map(createSigningKey));
}

/** A private JWK with a key id of its own. */
export async function createSigningKey(kind) {
  const { privateKey } = await pairOf(kind);
  const jwk = createPrivateKey(privateKey).export({ format: 'jwk' });
  const algorithm = kind.startsWith('P-') && { alg: ALGORITHMS[kind][0] };
  return { ...jwk, kid: randomUUID(), use: 'sig', ...algorithm };
}

/** The first of these keys that signs with the algorithm. */
export function keyFor(alg, keys) {
  return keys.find(({ kty, crv }) => ALGORITHMS[crv ?? kty].includes(alg));
}

export function publicJwk(jwk) {
  const { kid, use, alg } = jwk;
  return { ...createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'jwk' }), kid, use, alg };
}

function pairOf(kind) {
  if (kind === 'RSA') return generate('rsa', { modulusLength: 2048, ...PEM });
  if (kind === 'Ed25519') return generate('ed25519', PEM);
  return generate('ec', { namedCurve: kind, ...PEM });
}
