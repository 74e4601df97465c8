import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../../scripts/commands.mjs';
import { certificateHeaders, COMMON_NAME } from '../certificates.mjs';
import { AGAIN, OURS, versionOf } from '../contenders/index.mjs';
import { atLeast } from '../goals.mjs';
import { interleave, load, timesAsFast } from '../rounds.mjs';
import { ratio } from '../statistics.mjs';

const require = createRequire(import.meta.url);

const HEADER = 'x-client-cert';
const REPEATED = 64;
const DISTINCT = 20_000;
const NODE = 'X509Certificate';
const PEER = 'client-certificate-auth';
const ENTRY = join(root, 'dist', 'client-certificate-auth', 'index.js');

export const title = 'Client certificates in a header';
export const workload = `From the request to the decision about its certificate, in URL-encoded PEM, by its common name; ${REPEATED} headers again and again, and every header new`;

export async function run({ size, mode }) {
  if (!existsSync(ENTRY)) {
    return { results: [], goals: [], notes: ['This build reads no certificates from headers.'] };
  }
  const distinct = certificateHeaders(mode === 'smoke' ? 200 : DISTINCT);
  const results = [];
  const goals = [];
  let control;
  for (const [kind, headers] of Object.entries({ seen: distinct.slice(0, REPEATED), new: distinct })) {
    const measured = await interleave(await contenders(headers), size);
    goals.push(
      atLeast(`rate of ${NODE}, headers ${kind}`, 1, timesAsFast(measured, NODE)),
      atLeast(`rate of ${PEER}, headers ${kind}`, 1, timesAsFast(measured, PEER)),
    );
    control ??= ratio(measured[1].rounds, measured[0].rounds);
    results.push(...measured.map((result) => ({ ...result, name: `${kind}: ${result.name}` })));
  }
  return {
    results,
    control,
    goals,
    notes: [
      `${PEER} knows no headers: it gets from its socket what ${NODE} reads, in the form that a TLS socket gives it. ` +
        'Neither looks at the dates or keeps what it has read.',
    ],
  };
}

async function contenders(headers) {
  const ways = { [OURS]: ours(), [AGAIN]: ours(), [NODE]: byNode, [PEER]: byPeer() };
  const prepared = [];
  for (const [name, middleware] of Object.entries(ways)) {
    const validate = (header) => decide(middleware, header);
    await prove(name, validate, headers[0]);
    let index = -1;
    const next = () => headers[(index = (index + 1) % headers.length)];
    prepared.push({ name, version: name === PEER ? versionOf(PEER) : undefined, run: load({ validate }, next, 1) });
  }
  return prepared;
}

async function prove(name, validate, header) {
  await validate(header);
  for (const wrong of ['', header.slice(0, -200), encodeURIComponent('no certificate')]) {
    const accepted = await validate(wrong).then(
      () => true,
      () => false,
    );
    if (accepted) throw new Error(`${name} accepts a header without a certificate`);
  }
}

function ours() {
  const clientCertificateAuth = require(ENTRY);
  const { allowCN } = require(join(root, 'dist', 'client-certificate-auth', 'helpers.js'));
  return clientCertificateAuth(allowCN([COMMON_NAME]), {
    certificateHeader: HEADER,
    headerEncoding: 'url-pem',
    trustedProxies: ['loopback'],
  });
}

function byNode(request, _response, next) {
  const { subject } = new X509Certificate(decodeURIComponent(request.headers[HEADER]));
  next(subject.split('\n').includes(`CN=${COMMON_NAME}`) ? undefined : new Error('Refused'));
}

function byPeer() {
  const middleware = require(PEER)((certificate) => certificate.subject.CN === COMMON_NAME);
  return (request, response, next) => {
    request.secure = true;
    request.client = { authorized: true };
    request.connection = {
      getPeerCertificate: () => new X509Certificate(decodeURIComponent(request.headers[HEADER])).toLegacyObject(),
    };
    middleware(request, response, next);
  };
}

function decide(middleware, header) {
  return new Promise((resolve, reject) => {
    const request = {
      headers: { host: 'localhost', [HEADER]: header },
      rawHeaders: ['Host', 'localhost', 'X-Client-Cert', header],
      socket: { remoteAddress: '127.0.0.1' },
    };
    middleware(request, {}, (error) => (error ? reject(error) : resolve()));
  });
}
