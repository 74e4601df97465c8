import { FORMS } from './support/proxies/forms.mjs';
import { needsNginx as needs, startNginx as start } from './support/proxies/nginx.mjs';
import { documentedOptions } from './support/proxies/page.mjs';
import { testProxy } from './support/proxies/scenarios.mjs';
import { testVerdict } from './support/proxies/unverified.mjs';

const verdict = ['X-SSL-Client-Verify: SUCCESS'];
const [options] = documentedOptions('nginx.md');

testProxy({ name: 'nginx', needs, start, options, verdict, header: 'X-SSL-Client-Cert', form: FORMS.nginx });

testVerdict({
  name: 'nginx with optional_no_ca',
  needs,
  start,
  replacements: { 'optional;': 'optional_no_ca;' },
  options,
  unverified: { certificateHeader: 'x-ssl-client-cert', headerEncoding: 'url-pem' },
});
