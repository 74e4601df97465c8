import { Agent, fetch } from 'undici';
import { MonoCloudBackendNodeClient } from '@monocloud/backend-node';
import { AUDIENCE } from './oidc-provider.mjs';

const agents = new Set();
const requests = new WeakMap();

/** The options that choose the transport and let it show the identity, if there is one, at the mTLS endpoints. */
const TRANSPORTS = {
  native: (provider, { certificate, key } = {}) => ({ clientCertificate: certificate, clientKey: key }),
  JavaScript(provider, { certificate, key } = {}, urls) {
    const dispatcher = new Agent({ connect: { ca: provider.authority.certificate, cert: certificate, key } });
    agents.add(dispatcher);
    const fetcher = (url, init) => {
      urls.push(url);
      return fetch(url, { ...init, dispatcher });
    };
    return { fetcher };
  },
};

export const TRANSPORT_NAMES = Object.keys(TRANSPORTS);

/** A client of the provider's tenant. */
export function createClient(transport, provider, { identity, ...options } = {}) {
  const urls = [];
  const client = new MonoCloudBackendNodeClient({
    tenantDomain: provider.issuer,
    audience: AUDIENCE,
    ...TRANSPORTS[transport](provider, identity, urls),
    ...options,
  });
  requests.set(client, urls);
  return client;
}

/** The URLs that a client has fetched by JavaScript, in order: none with the native transport. */
export function requestsOf(client) {
  return requests.get(client);
}

/** Ends the connections of the JavaScript transports. */
export async function closeAgents() {
  await Promise.all([...agents].map((agent) => agent.destroy()));
  agents.clear();
}
