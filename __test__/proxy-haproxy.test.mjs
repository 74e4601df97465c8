import { FRAMEWORKS } from './support/frameworks.mjs';
import { FORMS } from './support/proxies/forms.mjs';
import { needsHaproxy as needs, startHaproxy } from './support/proxies/haproxy.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { testProxy } from './support/proxies/scenarios.mjs';
import { testVerdict } from './support/proxies/unverified.mjs';

const verdict = ['X-SSL-Client-Verify: 0'];
const [plain, rfc9440] = documentedOptions('haproxy.md');

testProxy({
  name: 'HAProxy',
  needs,
  start: startHaproxy,
  options: plain,
  verdict,
  header: 'X-SSL-Client-Cert',
  form: FORMS.base64Der,
});

testProxy({
  name: 'HAProxy with RFC 9440',
  needs,
  start: (t, options) => startHaproxy(t, { ...options, file: 'haproxy-rfc9440.cfg' }),
  options: rfc9440,
  verdict,
  header: 'Client-Cert',
  form: FORMS.rfc9440,
  // Every version once: the others meet the current ones.
  frameworks: FRAMEWORKS,
});

testVerdict({
  name: 'HAProxy that ignores errors',
  needs,
  start: startHaproxy,
  replacements: { 'verify optional': 'verify optional ca-ignore-err all crt-ignore-err all' },
  options: plain,
  unverified: { certificateHeader: 'x-ssl-client-cert', headerEncoding: 'base64-der' },
});
