/** An event of API Gateway, as far as it is looked at. */
interface GatewayEvent {
  requestContext?: {
    authentication?: { clientCert?: { clientCertPem?: unknown } | null } | null;
    identity?: { clientCert?: { clientCertPem?: unknown } | null } | null;
  } | null;
}

/** The client's certificate in an event of API Gateway, as PEM; format 2.0 wins over 1.0. */
export function pemOfEvent(event: unknown): unknown {
  const context = (event as GatewayEvent | null | undefined)?.requestContext;
  return (context?.authentication?.clientCert ?? context?.identity?.clientCert)?.clientCertPem;
}

/**
 * The event that a request has come from: the request itself, or where the adapters of Express (`apiGateway`) and
 * Fastify (`awsLambda`) keep it. No client can set either.
 */
export function eventOf(request: object): unknown {
  const { apiGateway, awsLambda, requestContext } = request as Record<string, { event?: unknown } | undefined>;
  return requestContext ? request : (apiGateway?.event ?? awsLambda?.event);
}
