import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startScript } from './support/example-process.mjs';

const TOUR = 'examples/tour/main.mjs';
const hasCurl = spawnSync('curl', ['--version']).status === 0;

/** The cells of the tour's lines: they are two or more spaces apart. */
const rowsOf = (lines, name) => lines.filter((line) => line.startsWith(`${name}  `)).map((line) => line.split(/ {2,}/));

describe('the tour', () => {
  it('shows every answer of both APIs, and ends after it with --once', async (t) => {
    const tour = startScript(t, [TOUR, '--once']);
    assert.equal(await tour.end(), 0);
    assert.deepEqual(tour.stderr, []);
    assert.ok(tour.stdout.includes('Every answer was as expected.'));
    // Colours are for terminals.
    assert.ok(!tour.stdout.join('\n').includes('\u001b'));
    const invalid = 'Bearer error="invalid_token"';
    const forbidden = 'Bearer error="insufficient_scope"';
    const rows = [
      ['no token', '401', 'Bearer', 'token_missing'],
      ['valid JWT', '200', '-', '-'],
      ['expired JWT', '401', invalid, 'token_expired'],
      ['JWT for another audience', '401', invalid, 'audience_mismatch'],
      ['tampered JWT', '401', invalid, 'signature_invalid'],
      ['JWT with the scope', '200', '-', '-'],
      ['JWT without the scope', '403', forbidden, 'scopes_missing'],
      ['JWT with the group', '200', '-', '-'],
      ['JWT without the group', '403', forbidden, 'groups_missing'],
      ['opaque token', '200', '-', '-'],
      ['revoked opaque token', '401', invalid, 'token_inactive'],
      ['opaque token, tenant out of order', '503', '-', 'status_unexpected'],
      ['bound JWT, its certificate', '200', '-', '-'],
      ['bound JWT, another certificate', '401', invalid, 'thumbprint_mismatch'],
      ['bound JWT, no certificate', '401', invalid, 'certificate_missing'],
      ['unbound JWT, a certificate', '401', invalid, 'confirmation_missing'],
    ];
    for (const name of ['Fastify', 'Express']) {
      const shown = rowsOf(tour.stdout, name);
      assert.deepEqual(
        shown,
        rows.map((row) => [name, ...row, 'ok']),
      );
    }
  });

  it('marks what is not as expected and then fails', async (t) => {
    // With this tolerance an hour past expiry is early enough.
    const tour = startScript(t, [TOUR, '--once'], { MONOCLOUD_BACKEND_CLOCK_TOLERANCE: '100000' });
    assert.equal(await tour.end(), 1);
    const wrong = tour.stdout.filter((line) => line.includes('WRONG'));
    assert.equal(wrong.length, 2);
    for (const line of wrong) {
      assert.match(line, /expired JWT +200 .* WRONG, expected: 401, Bearer error="invalid_token", token_expired$/);
    }
    assert.ok(tour.stdout.includes('Answers that were not as expected: 2.'));
  });

  it('serves until it is interrupted, and leaves nothing behind', async (t) => {
    const tour = startScript(t, [TOUR]);
    await tour.line(/^Serving until Ctrl-C/);
    const [, url] = await tour.line(/^ {2}Fastify {2}(\S+)/);
    assert.equal((await fetch(`${url}/me`)).status, 401);
    const [, file] = await tour.line(/--cacert '([^']+)'/);
    assert.ok(existsSync(file));
    tour.kill('SIGINT');
    assert.equal(await tour.end(), 0);
    assert.ok(!existsSync(dirname(file)));
    await assert.rejects(fetch(`${url}/me`));
  });

  it('prints curl lines that do what they say', { skip: hasCurl ? false : 'curl is not installed' }, async (t) => {
    const tour = startScript(t, [TOUR]);
    await tour.line(/^Serving until Ctrl-C/);
    const commands = tour.stdout.filter((line) => line.startsWith('curl '));
    assert.equal(commands.length, 6);
    for (const command of commands) {
      const about = tour.stdout[tour.stdout.indexOf(command) - 1];
      const { stdout } = await promisify(execFile)('sh', ['-c', command]);
      const [, status] = /^HTTP\/1.1 (\d+)/.exec(stdout);
      assert.match(about, new RegExp(`^# .*: ${status}( with error="\\w+")?$`));
      const [challenge] = /error="\w+"/.exec(about) ?? [];
      assert.ok(challenge === undefined || stdout.includes(`Bearer ${challenge}`), stdout);
    }
    tour.kill('SIGTERM');
    assert.equal(await tour.end(), 0);
  });
});
