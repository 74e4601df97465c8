import { X509Certificate, createHash } from 'node:crypto';

const raw = (pem) => new X509Certificate(pem).raw;

/** The value of a header for a certificate in PEM, as each proxy writes it. */
export const FORMS = {
  nginx: (pem) => pem.replace(/[ \n+/=]/g, encodeURIComponent),
  base64Der: (pem) => raw(pem).toString('base64'),
  rfc9440: (pem) => `:${raw(pem).toString('base64')}:`,
  apache: (pem) => pem.replaceAll(' ', '%20').replaceAll('\n', '%0a'),
  envoy: (pem) => {
    const escaped = FORMS.nginx(pem);
    const hash = createHash('sha256').update(raw(pem)).digest('hex');
    return `Hash=${hash};Cert="${escaped}";Chain="${escaped}"`;
  },
};
