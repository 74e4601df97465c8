import { ClaimsTemplate } from './claims-template';
import { native, type NativeChecks, type NativeSettings, type NativeStanding } from './native';
import type { AccessTokenClaims } from './types';

/** What the core has said of a token, and as long as what it holds. */
interface Verdict {
  readonly token: string;
  readonly claims: ClaimsTemplate;
  readonly settings: NativeSettings;
  readonly from: number;
  readonly until: number;
  readonly generation: number;
  /** The checks that the token has passed. */
  readonly passed: NativeChecks[];
  readonly bytes: number;
}

/** The most that one client remembers on this side; the core remembers the others' signatures. */
const MAX_SLOTS = 2048;
const MAX_TOKEN = 8192;
const MAX_PASSED = 16;
/**
 * Of the verdicts whose places are taken by others that stand, only one in so many is remembered: to parse its claims
 * twice and to give up another costs more than it saves when there are more tokens in turn than places.
 */
const RELUCTANCE = 16;
/** What an entry takes besides its texts, about. */
const OVERHEAD = 512;

/**
 * Verdicts of the core on tokens that have come before. A token is found by its own text, whole; the place where to look
 * comes from characters of its signature. Each verdict is given out only for the same checks, by the same settings, while
 * the core has said that it stands.
 */
export class VerdictTable {
  readonly #slots: (Verdict | undefined)[];
  readonly #mask: number;
  readonly #maxBytes: number;
  #bytes = 0;
  #turn = 0;

  constructor(maxEntries: number, maxBytes: number) {
    const size = 2 ** Math.floor(Math.log2(Math.min(Math.max(maxEntries, 1), MAX_SLOTS)));
    this.#slots = Array.from({ length: size });
    this.#mask = size - 1;
    this.#maxBytes = maxBytes;
  }

  /** The claims, as an object that nobody else has. */
  find(token: string, checks: NativeChecks, settings: NativeSettings, now: number): AccessTokenClaims | undefined {
    const verdict = this.#verdictOn(token);
    if (verdict === undefined || !stands(verdict, settings, now) || !verdict.passed.includes(checks)) {
      return undefined;
    }
    return verdict.claims.copy();
  }

  /** The token as it is remembered, if there is a verdict on it, good or outdated: found again at a glance. */
  known(token: string): string | undefined {
    return this.#verdictOn(token)?.token;
  }

  /** The claims of a verdict that is remembered from now on. */
  keep(token: string, checks: NativeChecks, settings: NativeSettings, standing: NativeStanding): AccessTokenClaims {
    const known = this.#verdictOn(token);
    if (known && isSame(known, settings, standing)) {
      if (known.passed.length < MAX_PASSED) {
        known.passed.push(checks);
      }
      return known.claims.copy();
    }
    const bytes = 2 * token.length + standing.claims.length + OVERHEAD;
    const fits = token.length <= MAX_TOKEN && bytes <= this.#maxBytes;
    const place = fits ? this.#placeFor(token, settings, standing.generation) : undefined;
    const claims = place === undefined ? undefined : ClaimsTemplate.of(standing.claims);
    if (place === undefined || claims === undefined) {
      return JSON.parse(standing.claims) as AccessTokenClaims;
    }
    const { from, until, generation } = standing;
    this.#put(place, { token: copyOf(token), claims, settings, from, until, generation, passed: [checks], bytes });
    return claims.copy();
  }

  #verdictOn(token: string): Verdict | undefined {
    const index = indexOf(token);
    const verdict = this.#slots[index & this.#mask];
    if (verdict !== undefined && verdict.token === token) {
      return verdict;
    }
    const other = this.#slots[(index ^ 1) & this.#mask];
    return other !== undefined && other.token === token ? other : undefined;
  }

  #placeFor(token: string, settings: NativeSettings, generation: number): number | undefined {
    const index = indexOf(token);
    const first = index & this.#mask;
    const second = (index ^ 1) & this.#mask;
    for (const place of [first, second]) {
      const verdict = this.#slots[place];
      const isFree = verdict === undefined || verdict.settings !== settings || verdict.generation !== generation;
      if (isFree || verdict.token === token) {
        return place;
      }
    }
    this.#turn = (this.#turn + 1) % (2 * RELUCTANCE);
    return this.#turn === 0 ? first : this.#turn === RELUCTANCE ? second : undefined;
  }

  #put(place: number, verdict: Verdict): void {
    this.#bytes += verdict.bytes - (this.#slots[place]?.bytes ?? 0);
    this.#slots[place] = verdict;
    if (this.#bytes > this.#maxBytes) {
      this.#slots.fill(undefined);
      this.#slots[place] = verdict;
      this.#bytes = verdict.bytes;
    }
  }
}

function stands(verdict: Verdict, settings: NativeSettings, now: number): boolean {
  return (
    verdict.settings === settings &&
    verdict.from <= now &&
    now < verdict.until &&
    verdict.generation === native.documentGeneration()
  );
}

function isSame(verdict: Verdict, settings: NativeSettings, standing: NativeStanding): boolean {
  return (
    verdict.settings === settings &&
    verdict.generation === standing.generation &&
    verdict.from === standing.from &&
    verdict.until === standing.until
  );
}

/** As long as it says: V8 keeps the whole text that a token was cut out of. Nothing but ASCII has passed. */
function copyOf(token: string): string {
  return Buffer.from(token, 'latin1').toString('latin1');
}

/** Of the last characters but one, which are part of the signature; the last one says little. */
function indexOf(token: string): number {
  const end = token.length;
  return (
    token.charCodeAt(end - 2) ^
    (token.charCodeAt(end - 3) << 3) ^
    (token.charCodeAt(end - 4) << 6) ^
    (token.charCodeAt(end - 5) << 9)
  );
}
