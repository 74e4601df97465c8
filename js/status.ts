/** What a client has done since it was made. */
export interface ClientStats {
  /** Public validations by outcome; `refused` and `failed` by reason code. */
  validations: { accepted: number; refused: Record<string, number>; failed: Record<string, number> };
  /** HTTP requests to the tenant; `failed` are those of any kind without a usable answer. */
  fetches: { discovery: number; jwks: number; introspection: number; failed: number };
  /** How often a request was saved because another one for the same was under way. */
  singleFlightJoins: number;
  /** How often a document past its expiry served, because no newer one was to be had. */
  staleUses: number;
  /** Refreshes in the background. */
  refreshes: number;
  /** Of the introspection cache; `entries` of a cache in memory, whoever has put them there. */
  cache: { hits: number; misses: number; negativeHits: number; errors: number; entries?: number };
  /** What is held; clients that share a tenant and a transport share it. */
  documents: { metadata: DocumentStats; jwks: DocumentStats & { keys: number } };
}

export interface DocumentStats {
  /** Seconds since it was fetched. */
  ageSeconds?: number;
  fresh: boolean;
}

/** How a client stands. */
export interface ClientHealth {
  /**
   * `ok`; `degraded`: tokens can be judged, though the last attempt to renew keys or metadata failed; `down`: they can't be
   * judged by what is held. A client that introspects all tokens needs metadata, any other keys.
   */
  status: 'ok' | 'degraded' | 'down';
  metadata: DocumentHealth;
  jwks: DocumentHealth;
}

export interface DocumentHealth {
  /**
   * `stale`: past its expiry, and it serves if no newer one can be had; `missing`: there is none, or it serves no longer;
   * `overridden`: an overridden method brings it.
   */
  state: 'fresh' | 'stale' | 'missing' | 'overridden';
  /** Seconds since it was fetched. */
  ageSeconds?: number;
  /** Usable keys, of a key set. */
  keys?: number;
  /** Why the last attempt to fetch it failed: a reason code. */
  reason?: string;
  /** Seconds until the next attempt. */
  retryAfter?: number;
}
