import { createHash } from 'node:crypto';

const MAXIMUM = 10_000;

/** Keeps introspection results in this process. The key is a hash, so that the cache holds no token. */
export class MapCache {
  #entries = new Map();

  async get(token) {
    const entry = this.#entries.get(keyOf(token));
    return entry && entry.expiresAt > Date.now() / 1000 ? entry.claims : undefined;
  }

  /** `expiresAt` is in seconds since the epoch. */
  async set(token, claims, expiresAt) {
    if (this.#entries.size >= MAXIMUM) this.#entries.delete(this.#entries.keys().next().value);
    this.#entries.set(keyOf(token), { claims, expiresAt });
  }

  async delete(token) {
    this.#entries.delete(keyOf(token));
  }
}

function keyOf(token) {
  return createHash('sha256').update(token).digest('base64url');
}
