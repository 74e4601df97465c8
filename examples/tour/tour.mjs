import http from 'node:http';
import https from 'node:https';

/**
 * Sends every case to every API, one at a time, and tells the report what came back.
 *
 * @param refusals the array to which the APIs' refusals are pushed
 * @returns how many answers were not as expected
 */
export async function runTour({ apis, cases, ca, refusals, report }) {
  let mismatches = 0;
  for (const api of apis) {
    for (const row of cases) {
      row.before?.();
      refusals.length = 0;
      const { status, challenge } = await send(row, api, ca);
      const answer = { status, challenge, reason: refusals[0]?.reason };
      const asExpected = ['status', 'challenge', 'reason'].every((name) => answer[name] === row.expected[name]);
      if (!asExpected) mismatches += 1;
      report.line(api.name, row, answer, asExpected);
    }
  }
  report.end(mismatches);
  return mismatches;
}

/** One GET on a connection of its own, so that no request inherits the certificate of the one before. */
function send({ path, token, certificate, secure }, { url, secureUrl }, ca) {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const tls = { ca, cert: certificate?.certificate, key: certificate?.key };
  return new Promise((resolve, reject) => {
    const request = secure
      ? https.get(secureUrl + path, { headers, agent: false, ...tls })
      : http.get(url + path, { headers, agent: false });
    request.once('error', reject).once('response', (response) => {
      response.once('end', () =>
        resolve({ status: response.statusCode, challenge: response.headers['www-authenticate'] }),
      );
      response.once('error', reject).resume();
    });
  });
}
