import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { documented } from './configuration.mjs';
import { needs, startProcess } from './process.mjs';

const BINARY = process.env.APACHE ?? 'apache2';
const MODULES = process.env.APACHE_MODULES ?? '/usr/lib/apache2/modules';

const found = needs('Apache', BINARY, '-v');
const modulesSkip = existsSync(MODULES) || process.env.CI ? false : `${MODULES} was not found`;

export const needsApache = { isThere: found.isThere, skip: found.skip || modulesSkip };

const LOADED = ['mpm_event', 'authz_core', 'ssl', 'socache_shmcb', 'headers', 'proxy', 'proxy_http'];

/**
 * Apache with docs/proxies/apache.conf, or apache-rfc9440.conf.
 *
 * @param options `{ backendPort, tls: { certificate, key, ca, clientCa }, file, replacements }`; replacements are the
 * variations that the page describes
 */
export function startApache(t, { backendPort, tls, file = 'apache.conf', replacements = {} }) {
  const program = (port, folder) => ({
    files: {
      'server.pem': tls.certificate,
      'server.key': tls.key,
      'client-ca.pem': tls.clientCa,
      'api.conf': documented(file, {
        '*:443': `127.0.0.1:${port}`,
        '/etc/apache2/tls/': `${folder}/`,
        '127.0.0.1:3000': `127.0.0.1:${backendPort}`,
        ...replacements,
      }),
      'apache2.conf': [
        `ServerRoot "${folder}"`,
        `ServerName localhost`,
        `Listen 127.0.0.1:${port}`,
        ...LOADED.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
        `DefaultRuntimeDir "${folder}"`,
        `PidFile "${folder}/apache2.pid"`,
        `Mutex file:${folder} default`,
        `ErrorLog /dev/stderr`,
        `User www-data`,
        `Group www-data`,
        `Include "${folder}/api.conf"`,
        '',
      ].join('\n'),
    },
    // One process: a killed parent would leave its children behind.
    args: ['-X', '-f', join(folder, 'apache2.conf')],
  });
  return startProcess(t, { name: 'Apache', binary: BINARY, isThere: needsApache.isThere, program }, tls.ca);
}
