import { join } from 'node:path';
import { documented } from './configuration.mjs';
import { needs, startProcess } from './process.mjs';

const BINARY = process.env.CADDY ?? 'caddy';

export const needsCaddy = needs('Caddy', BINARY, 'version');

/**
 * Caddy with docs/proxies/Caddyfile, or Caddyfile.rfc9440.
 *
 * @param options `{ backendPort, tls: { certificate, key, ca, clientCa }, file, replacements }`; replacements are the
 * variations that the page describes
 */
export function startCaddy(t, { backendPort, tls, file = 'Caddyfile', replacements = {} }) {
  const program = (port, folder) => ({
    files: {
      'server.pem': tls.certificate,
      'server.key': tls.key,
      'client-ca.pem': tls.clientCa,
      Caddyfile: [
        `{\n\tadmin off\n\tauto_https off\n\tdefault_bind 127.0.0.1\n}`,
        documented(file, {
          'api.example.com': `https://localhost:${port}`,
          '/etc/caddy/tls/': `${folder}/`,
          '127.0.0.1:3000': `127.0.0.1:${backendPort}`,
          ...replacements,
        }),
      ].join('\n'),
    },
    args: ['run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    env: { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  return startProcess(t, { name: 'Caddy', binary: BINARY, isThere: needsCaddy.isThere, program }, tls.ca);
}
