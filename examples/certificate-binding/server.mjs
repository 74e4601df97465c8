import { readFileSync } from 'node:fs';
import { protectApi } from '@monocloud/backend-node/fastify';
import Fastify from 'fastify';

const app = Fastify({
  https: {
    cert: readFileSync(process.env.TLS_CERT),
    key: readFileSync(process.env.TLS_KEY),
    // Asks for a certificate, and leaves the answer to a request without one to the guard.
    requestCert: true,
    rejectUnauthorized: false,
  },
});

const protect = protectApi({
  certificateResolver: async (request) => {
    const certificate = request.raw.socket.getPeerCertificate();
    return certificate.raw ? certificate.raw.toString('base64') : '';
  },
});

app.get('/', { onRequest: protect({ validateCertificateBinding: true }) }, async (request) => ({
  subject: request.claims.sub,
}));

const url = await app.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`listening on ${url}`);
