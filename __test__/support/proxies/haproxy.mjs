import { join } from 'node:path';
import { documented } from './configuration.mjs';
import { needs, startProcess } from './process.mjs';

const BINARY = process.env.HAPROXY ?? 'haproxy';

export const needsHaproxy = needs('HAProxy', BINARY, '-v');

/**
 * HAProxy with docs/proxies/haproxy.cfg, or haproxy-rfc9440.cfg.
 *
 * @param options `{ backendPort, tls: { certificate, key, ca, clientCa }, file, replacements }`; replacements are the
 * variations that the page describes
 */
export function startHaproxy(t, { backendPort, tls, file = 'haproxy.cfg', replacements = {} }) {
  const program = (port, folder) => ({
    files: {
      'server.pem': tls.certificate + tls.key,
      'client-ca.pem': tls.clientCa,
      'global.cfg': ['defaults', '    timeout connect 5s', '    timeout client 30s', '    timeout server 30s', ''].join(
        '\n',
      ),
      'api.cfg': documented(file, {
        'bind :443': `bind 127.0.0.1:${port}`,
        '/etc/haproxy/tls/': `${folder}/`,
        '127.0.0.1:3000': `127.0.0.1:${backendPort}`,
        ...replacements,
      }),
    },
    args: ['-db', '-f', join(folder, 'global.cfg'), '-f', join(folder, 'api.cfg')],
  });
  return startProcess(t, { name: 'HAProxy', binary: BINARY, isThere: needsHaproxy.isThere, program }, tls.ca);
}
