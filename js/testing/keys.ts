import { createHash, createPrivateKey, webcrypto, type KeyObject } from 'node:crypto';
import { isSigningAlgorithm, type SigningAlgorithm } from './signatures';

export interface PublicJwk {
  kty: string;
  kid: string;
  alg: SigningAlgorithm;
  use: 'sig';
  [member: string]: string;
}

export interface SigningKey {
  kid: string;
  alg: SigningAlgorithm;
  privateKey: KeyObject;
  publicJwk: PublicJwk;
}

export interface KeyRing {
  /** The key that signs with this algorithm now; made and published when there is none yet. */
  current(alg: SigningAlgorithm): Promise<SigningKey>;
  /** The public keys, current ones first. */
  jwks(): Promise<{ keys: PublicJwk[] }>;
  /** Replaces every current key. The former ones stay published with `keepOld`. */
  rotate(options?: { keepOld?: boolean }): Promise<void>;
}

/** Keys for these algorithms, generated side by side in the background. */
export function createKeyRing(algorithms: Iterable<SigningAlgorithm>): KeyRing {
  let current = new Map<SigningAlgorithm, Promise<SigningKey>>();
  let former: SigningKey[] = [];

  const obtain = (alg: SigningAlgorithm) => {
    const key = current.get(alg) ?? generateSigningKey(alg);
    current.set(alg, key);
    return key;
  };
  for (const alg of algorithms) obtain(alg).catch(() => undefined);

  return {
    current: obtain,
    async jwks() {
      const keys = [...(await Promise.all(current.values())), ...former];
      return { keys: keys.map((key) => key.publicJwk) };
    },
    async rotate({ keepOld = false } = {}) {
      const replaced = await Promise.all(current.values());
      const fresh = await Promise.all(replaced.map((key) => generateSigningKey(key.alg)));
      const added = [...current].filter(([alg]) => !replaced.some((key) => key.alg === alg));
      current = new Map([...fresh.map((key) => [key.alg, Promise.resolve(key)] as const), ...added]);
      former = keepOld ? [...replaced, ...former] : [];
    },
  };
}

/** A fresh key; its `kid` is its thumbprint (RFC 7638). RSA keys have 2048 bits. */
export async function generateSigningKey(alg: SigningAlgorithm): Promise<SigningKey> {
  if (!isSigningAlgorithm(alg)) throw new TypeError(`Unsupported signing algorithm '${String(alg)}'`);
  const { subtle } = webcrypto;
  const pair = (await subtle.generateKey(generation(alg), true, ['sign', 'verify'])) as webcrypto.CryptoKeyPair;
  const [pkcs8, jwk] = await Promise.all([
    subtle.exportKey('pkcs8', pair.privateKey),
    subtle.exportKey('jwk', pair.publicKey),
  ]);
  const members = keyMembers(jwk);
  const kid = createHash('sha256').update(JSON.stringify(members)).digest('base64url');
  return {
    kid,
    alg,
    privateKey: createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' }),
    publicJwk: { ...members, kid, alg, use: 'sig' },
  };
}

function generation(alg: SigningAlgorithm) {
  if (alg.startsWith('Ed')) return { name: 'Ed25519' };
  if (alg.startsWith('ES')) {
    return { name: 'ECDSA', namedCurve: { ES256: 'P-256', ES384: 'P-384' }[alg as string] ?? 'P-521' };
  }
  return {
    name: alg.startsWith('PS') ? 'RSA-PSS' : 'RSASSA-PKCS1-v1_5',
    hash: `SHA-${alg.slice(-3)}`,
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
  };
}

// RFC 7638 section 3.2: the members that make the key, in lexicographic order.
function keyMembers(jwk: webcrypto.JsonWebKey): { kty: string; [member: string]: string } {
  const { kty = '', crv = '', e = '', n = '', x = '', y = '' } = jwk;
  if (kty === 'RSA') return { e, kty, n };
  return kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x };
}
