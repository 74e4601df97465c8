import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { describe, mock, test } from 'node:test';
import * as helpers from '@monocloud/backend-node/client-certificate-auth/helpers';
import { pemToCertificate } from '@monocloud/backend-node/client-certificate-auth/parsers';
import { createSelfSignedCertificate } from '../dist/testing/index.js';
import { authority } from './support/client-certificates.mjs';

const names = { dnsNames: ['A.example'], uris: ['SPIFFE://Acme/ns/A'], ipAddresses: ['2001:db8::1', '10.0.0.7'] };
const { certificate: pem } = authority.issueClient({ commonName: 'svc-a', organization: 'Acme', ...names });
const cert = pemToCertificate(pem);
const node = new X509Certificate(pem);
/** As users' tests write them. */
const written = {
  subject: { CN: ['svc-b', 'svc-a'], OU: ['Dev', 'Eng'], O: 'Acme', emailAddress: 'Ops@Example.com' },
  issuer: { O: 'Acme', CN: 'Acme Root CA' },
  subjectaltname: 'email:svc@example.com, URI:"spiffe://x/a\\u002cDNS:admin", DNS:a.example',
  serialNumber: '0A',
};

const { allowCN, allowOU, allowOrganization, allowSubject, allowIssuer, allowFingerprints } = helpers;
const { allowSerial, allowSAN, allowEmail, allOf, anyOf, allowCA } = helpers;

describe('names of the subject', () => {
  test('are compared exactly', () => {
    assert.equal(allowCN(['svc-a'])(cert), true);
    for (const name of ['svc', 'SVC-A', 'svc-a ', 's', '']) assert.equal(allowCN([name])(cert), false, name);
    assert.equal(allowOrganization(['Acme'])(cert), true);
    assert.equal(allowOU(['Acme'])(cert), false);
  });

  test('of several any will do', () => {
    assert.equal(allowCN(['svc-a'])(written), true);
    assert.equal(allowOU(['Eng'])(written), true);
    assert.equal(allowOU(['Dev,Eng'])(written), false);
  });

  test('what an object inherits is no name', () => {
    const inherited = { subject: Object.create({ CN: 'svc-a' }) };
    assert.equal(allowCN(['svc-a'])(inherited), false);
    for (const odd of [{}, { subject: null }, { subject: 'svc-a' }, { subject: { CN: { 0: 'svc-a' } } }, null]) {
      assert.equal(allowCN(['svc-a'])(odd), false);
      assert.equal(allowSubject({ CN: 'svc-a' })(odd), false);
      assert.equal(allowFingerprints([node.fingerprint256])(odd), false);
    }
  });
});

describe('attributes', () => {
  test('must all be there', () => {
    assert.equal(allowSubject({ O: 'Acme', CN: 'svc-a' })(cert), true);
    assert.equal(allowSubject({ O: 'Acme', CN: 'svc-b' })(cert), false);
    assert.equal(allowSubject({ O: 'Acme', OU: 'Dev' })(cert), false);
    assert.equal(allowSubject({ OU: 'Eng', CN: 'svc-b' })(written), true);
    assert.equal(allowIssuer({ CN: 'Test tenant CA' })(cert), true);
    assert.equal(allowIssuer({ CN: 'svc-a' })(cert), false);
  });

  test('none at all admit nobody', () => {
    assert.equal(allowSubject({})(cert), false);
    assert.equal(allowIssuer({})(cert), false);
  });

  test('are an object of strings', () => {
    for (const wrong of [undefined, null, 'CN=svc-a', ['svc-a'], { CN: undefined }, { CN: ['svc-a'] }]) {
      assert.throws(() => allowSubject(wrong), TypeError);
      assert.throws(() => allowIssuer(wrong), TypeError);
    }
  });
});

describe('lists', () => {
  const lists = { allowCN, allowOU, allowOrganization, allowFingerprints, allowSerial, allowSAN, allowEmail };

  for (const [name, allow] of Object.entries(lists)) {
    test(`${name} takes an array of strings, and an empty one admits nobody`, () => {
      const message = `${name} needs an array of strings; put a single one in brackets`;
      for (const wrong of [undefined, null, 'svc-a', { 0: 'svc-a' }, [undefined], [['svc-a']], new Set(['svc-a'])]) {
        assert.throws(() => allow(wrong), { name: 'TypeError', message });
      }
      assert.equal(allow([])(cert), false);
      assert.equal(allow([''])(cert), false);
      assert.equal(allow([])({}), false);
    });
  }
});

describe('fingerprints', () => {
  test('match in any spelling', () => {
    for (const [hash, print] of [
      ['SHA256', node.fingerprint256],
      ['SHA512', node.fingerprint512],
    ]) {
      const bare = print.replaceAll(':', '');
      for (const entry of [print, bare, bare.toLowerCase(), print.replaceAll(':', ' '), `${hash}:${print}`]) {
        assert.equal(allowFingerprints([entry])(cert), true, entry);
      }
      const other = `${bare.slice(0, -1)}${bare.endsWith('0') ? '1' : '0'}`;
      assert.equal(allowFingerprints([other])(cert), false);
      assert.equal(allowFingerprints([other, bare])(cert), true);
    }
    const lower = node.fingerprint256.toLowerCase();
    assert.equal(allowFingerprints([node.fingerprint256])({ fingerprint256: lower }), true);
  });

  test('of SHA-1 match only if they were asked for, and the process warns otherwise', async () => {
    const warned = once(process, 'warning');
    for (const entry of [node.fingerprint, `SHA1:${node.fingerprint}`]) {
      assert.equal(allowFingerprints([entry], { allowSha1: true })(cert), true);
      for (const options of [undefined, {}, { allowSha1: 'true' }]) {
        assert.equal(allowFingerprints([entry], options)(cert), false);
      }
    }
    const [warning] = await warned;
    assert.equal(warning.code, 'MONOCLOUD_ALLOW_LIST');
    assert.match(warning.message, /SHA-1/);
  });

  test('that are none are refused', () => {
    for (const entry of ['AB:CD', 'svc-a', `SHA512:${node.fingerprint256}`, `${node.fingerprint256}:00`]) {
      assert.throws(() => allowFingerprints([node.fingerprint256, entry]), {
        name: 'TypeError',
        message: /^allowFingerprints .* entry 1 /,
      });
    }
  });
});

test('serial numbers match in any spelling', () => {
  const { serialNumber } = cert;
  const value = BigInt(`0x${serialNumber}`);
  const entries = [
    serialNumber,
    serialNumber.toLowerCase(),
    `0x${serialNumber}`,
    `00${serialNumber}`,
    value,
    `${value}`,
  ];
  entries.push(serialNumber.match(/../g).join(':'));
  for (const entry of entries) assert.equal(allowSerial([entry])(cert), true, String(entry));
  assert.equal(allowSerial([value + 1n])(cert), false);
  for (const entry of ['0a', 'A', '0x0A', 10]) assert.equal(allowSerial([entry])(written), true, String(entry));
  assert.equal(allowSerial(['10'])(written), false);
  assert.throws(() => allowSerial(['svc-a']), TypeError);
  assert.throws(() => allowSerial([1.5]), TypeError);
});

describe('alternative names', () => {
  test('match with their type or without', () => {
    for (const name of [
      'a.example',
      'DNS:a.example',
      'dns:A.EXAMPLE',
      'spiffe://ACME/ns/A',
      'URI:Spiffe://acme/ns/A',
    ]) {
      assert.equal(allowSAN([name])(cert), true, name);
    }
    for (const name of ['email:a.example', 'spiffe://acme/ns/a', 'b.a.example', '.example']) {
      assert.equal(allowSAN([name])(cert), false, name);
    }
  });

  test('addresses match in any spelling', () => {
    for (const name of [
      '2001:db8::1',
      'IP:2001:DB8::1',
      'IP Address:2001:db8:0:0:0:0:0:1',
      '10.0.0.7',
      'ip:10.0.0.7',
    ]) {
      assert.equal(allowSAN([name])(cert), true, name);
    }
    assert.equal(allowSAN(['2001:db8::2'])(cert), false);
    assert.equal(allowSAN(['DNS:10.0.0.7'])(cert), false);
  });

  test('what a quoted name holds is no name of its own', () => {
    assert.equal(allowSAN(['DNS:admin'])(written), false);
    assert.equal(allowSAN(['spiffe://x/a,DNS:admin'])(written), true);
    assert.equal(allowSAN(['a.example'])(written), true);
  });

  test('addresses of mail are those of the subject too', () => {
    assert.equal(allowEmail(['ops@example.com'])(written), true);
    assert.equal(allowEmail(['SVC@example.com'])(written), true);
    assert.equal(allowEmail(['a.example'])(written), false);
    assert.equal(allowSAN(['ops@example.com'])(written), false);
  });
});

describe('combined', () => {
  const yes = () => true;
  const no = () => false;
  const later = (answer) => async () => answer;

  test('without callbacks nobody passes', () => {
    assert.equal(allOf()(cert), false);
    assert.equal(anyOf()(cert), false);
  });

  test('all or any must answer exactly true', async () => {
    for (const truthy of [1, 'true', {}]) {
      assert.equal(await allOf(yes, () => truthy)(cert), false);
      assert.equal(await anyOf(no, () => truthy)(cert), false);
    }
    for (const answers of [
      [yes, no],
      [later(true), no],
      [yes, later(false)],
    ]) {
      assert.equal(await allOf(...answers)(cert), false);
      assert.equal(await anyOf(...answers)(cert), true);
    }
    assert.equal(await allOf(yes, later(true))(cert), true);
    assert.equal(await anyOf(no, later(false))(cert), false);
  });

  test('all are asked, and get the request', () => {
    for (const [combine, answer] of [
      [allOf, no],
      [anyOf, yes],
    ]) {
      const request = {};
      const last = mock.fn(() => true);
      combine(answer, last)(cert, request);
      assert.deepEqual(last.mock.calls[0].arguments, [cert, request]);
    }
  });

  test('what one throws is thrown, after all were asked', async () => {
    const error = new Error('down');
    const last = mock.fn(() => true);
    const throwing = () => {
      throw error;
    };
    for (const combine of [allOf, anyOf]) {
      assert.throws(() => combine(throwing, last)(cert), error);
      await assert.rejects(async () => combine(throwing, later(true))(cert), error);
      await assert.rejects(async () => combine(async () => throwing(), last)(cert), error);
    }
    assert.equal(last.mock.callCount(), 4);
  });

  test('they are functions', () => {
    for (const combine of [allOf, anyOf]) {
      assert.throws(() => combine(yes, true), { name: 'TypeError', message: new RegExp(`^${combine.name} needs`) });
      assert.throws(() => combine([yes]), TypeError);
    }
  });
});

describe('authorities', () => {
  test('admit what they have issued', () => {
    const der = new X509Certificate(authority.certificate);
    for (const trusted of [authority.certificate, [authority.certificate], der.raw, [der]]) {
      assert.equal(allowCA(trusted)(cert), true);
    }
    const own = pemToCertificate(createSelfSignedCertificate().certificate);
    assert.equal(allowCA(authority.certificate)(own), false);
    assert.equal(allowCA(authority.certificate)(pemToCertificate(authority.certificate)), false);
  });

  test('look at the bytes of the certificate', () => {
    assert.equal(allowCA(authority.certificate)({ ...cert, raw: undefined }), false);
    assert.equal(allowCA(authority.certificate)(written), false);
    assert.equal(allowCA(authority.certificate)(undefined), false);
    const forged = { ...cert, subject: { CN: 'admin' } };
    assert.equal(allowCA(authority.certificate)(forged), true);
  });

  test('an issuer that is its own ends the chain', () => {
    const root = pemToCertificate(authority.certificate);
    root.issuerCertificate = root;
    assert.equal(allowCA(authority.certificate)({ ...cert, issuerCertificate: root }), true);
  });

  test('must be usable as such', () => {
    const { certificate: own } = createSelfSignedCertificate({ commonName: 'svc-a' });
    const unusable =
      "allowCA CA certificate 'CN=svc-a' is not usable as a CA certificate (needs basicConstraints cA, and keyCertSign where keyUsage is present)";
    assert.throws(() => allowCA(own), { name: 'Error', message: unusable });
    const bundle = 'allowCA could not split this PEM bundle; pass each certificate as its own entry';
    assert.throws(() => allowCA('svc-a'), { name: 'Error', message: bundle });
    for (const maxDepth of [0, -1, 1.5, NaN, '10', null]) {
      const message = 'allowCA maxDepth must be a positive integer';
      assert.throws(() => allowCA(authority.certificate, { maxDepth }), { name: 'Error', message });
    }
    for (const wrong of [undefined, null, 5, [{}]]) assert.throws(() => allowCA(wrong), TypeError);
  });
});
