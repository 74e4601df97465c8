import { subscribe } from 'node:diagnostics_channel';
import { createTestTenant } from '../../dist/testing/index.js';
import { startApis } from './apis.mjs';
import { createCases } from './cases.mjs';
import { createCurlLines } from './curl.mjs';
import { createReport } from './report.mjs';
import { runTour } from './tour.mjs';

// With --once the tour is all there is; without it the APIs keep serving until Ctrl-C.
const once = process.argv.includes('--once');

const tenant = await createTestTenant();
const apis = await startApis(tenant);
const ended = once ? undefined : endOfService();

console.log('The tenant, and two APIs that accept its access tokens:');
console.log(`  Tenant   ${tenant.issuer}`);
for (const { name, url, secureUrl } of apis) {
  console.log(`  ${name.padEnd(8)} ${url}  ${secureUrl} (asks for a client certificate)`);
}
console.log();

const cases = await createCases(tenant);
const report = createReport(cases, process.stdout);
// Each refusal is explained on this channel, to the operator and not to the caller.
const refusals = [];
subscribe('monocloud:backend:refuse', (refusal) => refusals.push(refusal));
const mismatches = await runTour({ apis, cases, ca: tenant.ca, refusals, report });
if (mismatches > 0) process.exitCode = 1;

if (ended) {
  const curl = await createCurlLines(tenant, apis);
  console.log(`\nTo paste into another terminal; the tokens are valid for ${curl.hours} hours:\n`);
  for (const { about, command } of curl.lines) console.log(`# ${about}\n${command}\n`);
  console.log('Serving until Ctrl-C …');
  await ended;
  curl.removeFiles();
}

await Promise.all([tenant.close(), ...apis.map((api) => api.close())]);

/** The handlers stay: the same Ctrl-C may come from the terminal and from the parent process. */
function endOfService() {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, resolve);
  });
}
