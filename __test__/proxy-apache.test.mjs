import { needsApache as needs, startApache } from './support/proxies/apache.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { testProxy } from './support/proxies/scenarios.mjs';
import { testVerdict } from './support/proxies/unverified.mjs';

const verdict = ['X-SSL-Client-Verify: SUCCESS'];
const [escaped, rfc9440] = documentedOptions('apache.md');

testProxy({
  name: 'Apache',
  needs,
  start: startApache,
  options: escaped,
  verdict,
  header: 'X-SSL-Client-Cert',
  form: FORMS.apache,
});

testProxy({
  name: 'Apache with RFC 9440',
  needs,
  start: (t, options) => startApache(t, { ...options, file: 'apache-rfc9440.conf' }),
  options: rfc9440,
  verdict,
  header: 'Client-Cert',
  form: FORMS.rfc9440,
});

testVerdict({
  name: 'Apache with optional_no_ca',
  needs,
  start: startApache,
  replacements: { 'SSLVerifyClient      optional': 'SSLVerifyClient      optional_no_ca' },
  options: escaped,
  unverified: { certificateHeader: 'x-ssl-client-cert', headerEncoding: 'url-pem' },
});
