import { join } from 'node:path';
import { documented } from './configuration.mjs';
import { needs, startProcess } from './process.mjs';

const BINARY = process.env.NGINX ?? 'nginx';

export const needsNginx = needs('nginx', BINARY, '-v');

/**
 * nginx with docs/proxies/nginx.conf.
 *
 * @param options `{ backendPort, tls: { certificate, key, ca, clientCa }, replacements }`; replacements are the
 * variations that the page describes
 */
export function startNginx(t, { backendPort, tls, replacements = {} }) {
  const program = (port, folder) => ({
    files: {
      'server.pem': tls.certificate,
      'server.key': tls.key,
      'client-ca.pem': tls.clientCa,
      'api.conf': documented('nginx.conf', {
        'listen 443 ssl': `listen 127.0.0.1:${port} ssl`,
        '/etc/nginx/tls/': `${folder}/`,
        '127.0.0.1:3000': `127.0.0.1:${backendPort}`,
        ...replacements,
      }),
      'nginx.conf': `
        events {}
        http {
          access_log off;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          include ${folder}/api.conf;
        }
      `,
    },
    // One process: a killed master would leave its workers behind.
    args: commandLine(folder, `daemon off; master_process off; pid ${folder}/nginx.pid;`),
  });
  return startProcess(t, { name: 'nginx', binary: BINARY, isThere: needsNginx.isThere, program }, tls.ca);
}

function commandLine(folder, directives) {
  return ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr', '-g', directives];
}
