import { clientCertAuth, protectApi } from '@monocloud/backend-node/express';
import { clientCertificateResolver } from '@monocloud/backend-node/mtls';
import express from 'express';

const app = express();

// Where the proxy ends TLS, and the only peers whose header counts.
const source = { source: 'envoy', trustedProxies: ['loopback'] };

const protect = protectApi({ certificateResolver: clientCertificateResolver(source) });

app.get('/', protect({ validateCertificateBinding: true }), (request, response) => {
  response.json({ subject: request.claims.sub });
});

// Without any token: the certificate says who it is.
app.get('/internal', clientCertAuth({ ...source, allowSubjectCNs: ['svc-a'] }), (request, response) => {
  response.json({ service: request.clientCertificate.subjectCN });
});

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${server.address().port}`);
});
