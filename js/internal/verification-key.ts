import { webcrypto } from 'node:crypto';
import { toError } from '../failure';
import { native } from '../native';

/**
 * Chooses the one key of an issuer that verifies a JWS with this header and imports it as an extractable public key
 * with the usage `verify`. `ext`, `key_ops`, `use` and private members of the JWK play no part in the import.
 *
 * @param keys the `keys` of a JWK Set (RFC 7517 section 5).
 * @param header a JOSE header; `alg` and `kid` choose the key (RFC 7515 section 4.1).
 * @throws MonoCloudTokenError when `alg` is not supported, or when not exactly one key is applicable.
 */
export async function getPublicSigKeyFromIssuerJwks(
  keys: readonly object[],
  header: object,
): Promise<webcrypto.CryptoKey> {
  const choice = native.chooseKey(JSON.stringify(keys ?? []), JSON.stringify(header ?? {}));
  if (typeof choice !== 'number') {
    throw toError(choice);
  }
  const jwk = keys[choice] as webcrypto.JsonWebKey;
  const { alg } = header as { alg: string };
  return webcrypto.subtle.importKey('jwk', publicMembers(jwk), importParameters(alg), true, ['verify']);
}

/** RFC 7518 section 6 and RFC 8037 section 2: the members that make up a public key. */
function publicMembers({ kty, crv, n, e, x, y }: webcrypto.JsonWebKey): webcrypto.JsonWebKey {
  return kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y };
}

/** RFC 7518 section 3.1 and RFC 8037 section 3.1: key type, hash and curve follow from `alg`. */
function importParameters(
  alg: string,
): webcrypto.RsaHashedImportParams | webcrypto.EcKeyImportParams | webcrypto.Algorithm {
  const size = alg.slice(-3);
  switch (alg.slice(0, 2)) {
    case 'RS':
      return { name: 'RSASSA-PKCS1-v1_5', hash: `SHA-${size}` };
    case 'PS':
      return { name: 'RSA-PSS', hash: `SHA-${size}` };
    case 'ES':
      return { name: 'ECDSA', namedCurve: size === '512' ? 'P-521' : `P-${size}` };
    default:
      return { name: 'Ed25519' };
  }
}
