import type { NativeCertificate } from '../native';
import type { ChainedPeerCertificate } from './types';

/**
 * The certificate in the form of `tls.TLSSocket#getPeerCertificate()`, made anew at each call. With `chain`, each
 * issuer that was presented is the `issuerCertificate` of the one before it, and the last has none.
 */
export function certificateObject(certificate: NativeCertificate, chain: boolean): ChainedPeerCertificate {
  const objects = Array.from({ length: chain ? certificate.count : 1 }, (_, index) => objectAt(certificate, index));
  objects.forEach((object, index) => {
    const issuer = objects[index + 1];
    if (issuer !== undefined) object.issuerCertificate = issuer;
  });
  return objects[0] as ChainedPeerCertificate;
}

/** The members that Node gives as bytes, and the names that it gives without a prototype. */
interface Legacy {
  subject: object;
  issuer: object;
  infoAccess?: object;
  pubkey?: string;
}

function objectAt(certificate: NativeCertificate, index: number): ChainedPeerCertificate {
  const legacy = JSON.parse(certificate.legacy(index) as string) as Legacy;
  return {
    ...legacy,
    subject: withoutPrototype(legacy.subject),
    issuer: withoutPrototype(legacy.issuer),
    ...(legacy.infoAccess !== undefined && { infoAccess: withoutPrototype(legacy.infoAccess) }),
    ...(legacy.pubkey !== undefined && { pubkey: Buffer.from(legacy.pubkey, 'base64') }),
    raw: certificate.der(index),
  } as unknown as ChainedPeerCertificate;
}

function withoutPrototype(members: object): object {
  return Object.assign(Object.create(null) as object, members);
}
