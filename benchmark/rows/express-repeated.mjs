import { measureRoute, tokensOfRoute } from '../http/route.mjs';

export const title = 'Express route, repeated tokens';
export const workload =
  'One route of Express 5 under each guard, 50 connections; RS256, the same 64 tokens again and again';

export const tokens = (size) => tokensOfRoute(size, true);

export function run(context) {
  return measureRoute(context, { framework: 'express', repeated: true });
}
