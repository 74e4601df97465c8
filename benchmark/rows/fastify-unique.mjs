import { measureRoute, tokensOfRoute } from '../http/route.mjs';

export const title = 'Fastify route, unique RS256 tokens';
export const workload = 'One route of Fastify 5 under each guard, 50 connections; RS256, every token is new';

export const tokens = (size) => tokensOfRoute(size, false);

export function run(context) {
  return measureRoute(context, { framework: 'fastify', repeated: false });
}
