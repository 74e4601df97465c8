import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const HOURS = 8;

/**
 * Commands for a shell, with tokens of their own. curl reads certificates from files: `removeFiles` deletes them, and so
 * does the end of the process.
 */
export async function createCurlLines(tenant, [fastify, express]) {
  const issue = (options) => tenant.issue({ expiresIn: HOURS * 3600, ...options });
  const client = await tenant.certificate();
  const { folder, ca, cert, key } = writeFiles({ ca: tenant.ca, cert: client.certificate, key: client.key });
  const removeFiles = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', removeFiles);

  const valid = await issue({ scopes: ['orders:read'], groups: ['admin'] });
  const expired = await tenant.forge('expired');
  const scopeless = await issue();
  const bound = await issue({ boundTo: client.certificate });
  const lines = [
    { about: 'valid token: 200', command: curl(`${fastify.url}/orders`, valid) },
    { about: 'the same at the Express API: 200', command: curl(`${express.url}/orders`, valid) },
    { about: 'expired token: 401 with error="invalid_token"', command: curl(`${fastify.url}/me`, expired) },
    { about: 'no scope: 403 with error="insufficient_scope"', command: curl(`${express.url}/orders`, scopeless) },
    {
      about: 'certificate-bound token over mutual TLS: 200',
      command: curl(`${fastify.secureUrl}/account`, bound, '--cacert', ca, '--cert', cert, '--key', key),
    },
    {
      about: 'the same token without the certificate: 401 with error="invalid_token"',
      command: curl(`${fastify.secureUrl}/account`, bound, '--cacert', ca),
    },
  ];
  return { hours: HOURS, lines, removeFiles };
}

function curl(url, token, ...options) {
  const quoted = options.map((option) => (option.startsWith('--') ? option : `'${option}'`));
  return ['curl', '-i', url, ...quoted, '-H', `'Authorization: Bearer ${token}'`].join(' ');
}

function writeFiles(contents) {
  const folder = mkdtempSync(join(tmpdir(), 'backend-node-tour-'));
  const paths = Object.entries(contents).map(([name, content]) => {
    const path = join(folder, `${name}.pem`);
    writeFileSync(path, content, { mode: 0o600 });
    return [name, path];
  });
  return { folder, ...Object.fromEntries(paths) };
}
