import type { ClientCertAuthOptions } from '../certificate/auth-options';
import { CertificateGate, type Presentation } from '../certificate/gate';
import { getClientCertificate } from './stored-certificate';

/** What DaloyJS hands to its hooks, as far as it is looked at. */
export interface ClientCertAuthContext {
  readonly request: Request;
  readonly state: Record<string, unknown>;
}

/** Hooks of a DaloyJS application or route. */
export interface ClientCertAuthHooks {
  /** Answers a request that may not pass; undefined lets it pass. */
  preBody(context: ClientCertAuthContext): Promise<Response | undefined>;
}

/** By this mark DaloyJS knows hooks that authenticate. */
const MARK = Symbol.for('daloyjs.auth.hook');

/**
 * Admits clients of a DaloyJS application by their TLS certificates: the one that `setClientCertificate` keeps with the
 * request, else the one in a proxy's header. It is put into `context.state.clientCertificate`.
 *
 * A Fetch request tells nothing of its peer: with `trustedProxies` its headers never count.
 *
 * @throws TypeError or Error for the first option that is wrong, at once. The hook throws what `resolve` and `verify` do.
 */
export function clientCertAuth<C extends ClientCertAuthContext = ClientCertAuthContext>(
  options?: ClientCertAuthOptions<C>,
): ClientCertAuthHooks {
  const gate = new CertificateGate(options);
  const hooks = {
    async preBody(context: C): Promise<Response | undefined> {
      const admission = await gate.admit(context, () => presentationOf(gate, context.request));
      if ('certificate' in admission) {
        context.state[gate.stateKey] = admission.certificate;
        return undefined;
      }
      if ('error' in admission) {
        throw admission.error;
      }
      const { status, headers, body } = admission.problem;
      return new Response(body, { status, headers });
    },
  };
  return Object.assign(hooks, { [MARK]: true }) as unknown as ClientCertAuthHooks;
}

function presentationOf(gate: CertificateGate<never>, request: Request): Presentation {
  const description = getClientCertificate(request);
  return description ? { description } : gate.present({ headers: Object.fromEntries(request.headers) });
}
