import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as awsJwtVerify from './aws-jwt-verify.mjs';
import * as fastJwt from './fast-jwt.mjs';
import * as jose from './jose.mjs';
import * as jsonwebtoken from './jsonwebtoken.mjs';
import * as nodeCrypto from './node-crypto.mjs';
import * as nodeRs from './node-rs.mjs';
import * as oauth2JwtBearer from './oauth2-jwt-bearer.mjs';
import * as publishedSdk from './published-sdk.mjs';
import * as thisPackage from './this-package.mjs';

const require = createRequire(import.meta.url);

export const OURS = 'this package';
export const AGAIN = 'this package (again)';

/** By name: how to make one, and the package of npm it comes from. What cannot judge an algorithm says which it can. */
export const CONTENDERS = {
  [OURS]: { create: thisPackage.create },
  [AGAIN]: { create: thisPackage.create },
  'fast-jwt': { package: 'fast-jwt', create: fastJwt.create },
  'fast-jwt, cache': { package: 'fast-jwt', create: fastJwt.createCached },
  'fast-jwt, cache by token': { package: 'fast-jwt', create: fastJwt.createCachedByToken },
  jose: { package: 'jose', create: jose.create },
  jsonwebtoken: { package: 'jsonwebtoken', create: jsonwebtoken.create, algorithms: ['RS256', 'ES256', 'ES384'] },
  'aws-jwt-verify': { package: 'aws-jwt-verify', create: awsJwtVerify.create },
  'express-oauth2-jwt-bearer': { package: 'express-oauth2-jwt-bearer', create: oauth2JwtBearer.create },
  '@node-rs/jsonwebtoken': { package: '@node-rs/jsonwebtoken', create: nodeRs.create },
  '@node-rs/jsonwebtoken, async': { package: '@node-rs/jsonwebtoken', create: nodeRs.createAsynchronous },
  'node:crypto': { create: nodeCrypto.create },
  'published SDK (stand-in)': { create: publishedSdk.create, algorithms: ['RS256', 'ES256', 'ES384'] },
};

/** A contender that has shown that it accepts what is valid and refuses what is not. */
export async function prepare(name, context, alg, more) {
  const { create, package: from } = CONTENDERS[name];
  const contender = { name, version: from && versionOf(from), ...create(context, alg, more) };
  await prove(contender, context.samples[alg]);
  return contender;
}

export function versionOf(name) {
  const { version } = JSON.parse(readFileSync(join(folderOf(name), 'package.json'), 'utf8'));
  return version;
}

export function canJudge(name, alg) {
  return CONTENDERS[name].algorithms?.includes(alg) ?? true;
}

async function prove({ name, validate }, { valid, ...refused }) {
  const claims = await validate(valid);
  if (claims?.sub === undefined) throw new Error(`${name} gives no claims for a valid token`);
  for (const [fault, token] of Object.entries(refused)) {
    const accepted = await Promise.resolve()
      .then(() => validate(token))
      .then(
        () => true,
        () => false,
      );
    if (accepted) throw new Error(`${name} accepts a token that is ${fault}`);
  }
}

function folderOf(name) {
  const paths = require.resolve.paths(name).map((path) => join(path, name));
  const found = paths.find((path) => {
    try {
      return readFileSync(join(path, 'package.json')).length > 0;
    } catch {
      return false;
    }
  });
  return found ?? dirname(require.resolve(name));
}
