import { memoryOf } from './client-memory';
import { adoptCoreFields } from './core-fields';
import { replacedFetch } from './global-fetch';
import type { NativeCore, NativeSettings, NativeTransport } from './native';
import { CORE, TRANSPORT, transportOf } from './native-transport';
import { OVERRIDE, overridesOf } from './overrides';
import type { IIntrospectionCache } from './types';

/** The members that operations read, through their protection. */
export interface ClientMembers {
  readonly [CORE]: NativeCore;
  [TRANSPORT]?: NativeTransport;
  clockSkew?: number;
  clockTolerance?: number;
  jwksCacheDuration: number;
  metadataCacheDuration: number;
  fetcher?: typeof fetch;
  responseTimeout?: number;
  metadataResolver?: () => unknown;
  jwksResolver?: () => unknown;
  cache?: IIntrospectionCache;
}

/** What a client's members say now. As long as they say the same it is the same object. */
export function settingsOf(client: object): NativeSettings {
  adoptCoreFields(client);
  const members = client as ClientMembers;
  const { metadataResolver, jwksResolver, cache } = members;
  const overrides = overridesOf(client);
  const supplied = (metadataResolver ? 1 : 0) | (jwksResolver ? 2 : 0) | (cache ? 4 : 0);
  const native = isNative(members, overrides);
  const clockSkew = Number(members.clockSkew ?? 0);
  const clockTolerance = Number(members.clockTolerance ?? 0);
  const metadataCacheDuration = Number(members.metadataCacheDuration);
  const jwksCacheDuration = Number(members.jwksCacheDuration);
  const responseTimeout = Number(members.responseTimeout ?? 0);
  const memory = memoryOf(members[CORE]);
  const last = memory.settings;
  if (
    last !== undefined &&
    last.overrides === overrides &&
    last.supplied === supplied &&
    last.native === native &&
    last.clockSkew === clockSkew &&
    last.clockTolerance === clockTolerance &&
    last.metadataCacheDuration === metadataCacheDuration &&
    last.jwksCacheDuration === jwksCacheDuration &&
    last.responseTimeout === responseTimeout
  ) {
    return last;
  }
  memory.settings = {
    overrides,
    supplied,
    native,
    clockSkew,
    clockTolerance,
    metadataCacheDuration,
    jwksCacheDuration,
    responseTimeout,
  };
  return memory.settings;
}

/** Whether nothing but the native transport brings this client's documents, so that it shares them with its like. */
function isNative(client: ClientMembers, overrides: number): boolean {
  const own = (overrides & (OVERRIDE.getMetadata | OVERRIDE.getJwks)) === 0;
  if (client.fetcher || client.metadataResolver || client.jwksResolver || !own || replacedFetch()) {
    return false;
  }
  if (!client[TRANSPORT]) {
    transportOf(client);
  }
  return true;
}
