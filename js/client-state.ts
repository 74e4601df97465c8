import { adoptCoreFields } from './core-fields';
import { replacedFetch } from './global-fetch';
import type { NativeCore, NativeSettings, NativeTransport } from './native';
import { type CORE, TRANSPORT, transportOf } from './native-transport';
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

/** What a client's members say now. */
export function settingsOf(client: object): NativeSettings {
  adoptCoreFields(client);
  const members = client as ClientMembers;
  const { metadataResolver, jwksResolver, cache } = members;
  const overrides = overridesOf(client);
  return {
    overrides,
    supplied: (metadataResolver ? 1 : 0) | (jwksResolver ? 2 : 0) | (cache ? 4 : 0),
    native: isNative(members, overrides),
    clockSkew: Number(members.clockSkew ?? 0),
    clockTolerance: Number(members.clockTolerance ?? 0),
    metadataCacheDuration: Number(members.metadataCacheDuration),
    jwksCacheDuration: Number(members.jwksCacheDuration),
    responseTimeout: Number(members.responseTimeout ?? 0),
  };
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
