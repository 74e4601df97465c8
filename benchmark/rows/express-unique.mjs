import { measureRoute, tokensOfRoute } from '../http/route.mjs';

export const title = 'Express route, unique RS256 tokens';
export const workload = 'One route of Express 5 under each guard, 50 connections; RS256, every token is new';

export const tokens = (size) => tokensOfRoute(size, false);

export function run(context) {
  return measureRoute(context, { framework: 'express', repeated: false });
}
