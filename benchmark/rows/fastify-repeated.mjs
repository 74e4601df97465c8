import { measureRoute, tokensOfRoute } from '../http/route.mjs';

export const title = 'Fastify route, repeated tokens';
export const workload =
  'One route of Fastify 5 under each guard, 50 connections; RS256, the same 64 tokens again and again';

export const tokens = (size) => tokensOfRoute(size, true);

export function run(context) {
  return measureRoute(context, { framework: 'fastify', repeated: true });
}
