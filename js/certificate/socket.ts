import { native, type NativeCertificate } from '../native';

/** The part of a TLS socket that is read; a plain socket has none of it. */
export interface PeerSocket {
  readonly remoteAddress?: string;
  readonly authorized?: boolean;
  getPeerX509Certificate?(): { readonly raw?: Uint8Array } | undefined;
  getPeerCertificate?(detailed?: boolean): unknown;
}

/** The certificates of connections that go on; another one after a renegotiation is read anew. */
const read = new WeakMap<object, { raw: Buffer; certificate: NativeCertificate | null }>();

/** The certificate that the other end of a TLS connection has presented; null when it can't be read. */
export function peerCertificateOf(socket: PeerSocket): NativeCertificate | null | undefined {
  const raw = rawOf(socket);
  if (raw === undefined) {
    return undefined;
  }
  const known = read.get(socket);
  if (known?.raw.equals(raw)) {
    return known.certificate;
  }
  const certificate = native.NativeCertificate.parse(raw);
  read.set(socket, { raw: Buffer.from(raw), certificate });
  return certificate;
}

/** A resumed TLS 1.3 session counts as authorised without any certificate: its being there is what matters. */
function rawOf(socket: PeerSocket): Uint8Array | undefined {
  const certificate =
    typeof socket.getPeerX509Certificate === 'function'
      ? socket.getPeerX509Certificate()
      : socket.getPeerCertificate?.(false);
  const raw = (certificate as { raw?: unknown } | null | undefined)?.raw;
  return raw instanceof Uint8Array && raw.length > 0 ? raw : undefined;
}
