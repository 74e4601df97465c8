import { randomUUID } from 'node:crypto';
import { refuseChannel } from '../diagnostics';
import { native, type NativeCertificate, type NativeCertificateRequirement } from '../native';
import type { ClientCertAuthOptions } from './auth-options';
import { type ClientCertificate, clientCertificateOf, descriptionOf } from './client-certificate';
import { CertificateReader, type CertifiedRequest } from './reader';

/** What was presented: a certificate that was read, the description of one, or the reason for neither. */
export interface Presentation {
  certificate?: NativeCertificate;
  verified?: boolean;
  description?: ClientCertificate;
  reason?: string;
}

/** An answer of `application/problem+json` (RFC 9457). */
export interface Problem {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What comes of a request: its certificate, or the answer to it. `error`: what the application threw. */
export type CertificateAdmission = { certificate: ClientCertificate } | { problem: Problem; error?: unknown };

const HEADERS = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' };

/** Decides about requests by their client certificates; the adapters carry the decision out. */
export class CertificateGate<T> {
  readonly stateKey: string;
  readonly #options: ClientCertAuthOptions<T>;
  readonly #requirement: NativeCertificateRequirement;
  readonly #reader: CertificateReader;

  /** @throws TypeError or Error, with the message of the first option that is wrong. */
  constructor(options: ClientCertAuthOptions<T> = {}) {
    this.#reader = new CertificateReader(options, 'mtls');
    const requirement = native.NativeCertificateRequirement.create(options, this.#reader.source);
    if (typeof requirement === 'string') {
      throw new TypeError(requirement);
    }
    if (requirement.warning != null) {
      process.emitWarning(requirement.warning, { code: 'MONOCLOUD_ALLOW_LIST' });
    }
    this.#requirement = requirement;
    const { resolve, verify, stateKey = 'clientCertificate' } = options;
    this.#options = { resolve, verify };
    this.stateKey = stateKey;
  }

  /** What a request presents on its socket or in its headers. */
  present(request: CertifiedRequest): Presentation {
    const { certificate, text, authorized, reason } = this.#reader.read(request);
    if (text !== undefined) {
      return { description: clientCertificateOf(text) };
    }
    return { certificate, verified: authorized ?? this.#requirement.verifiesHeaders, reason };
  }

  /** Never throws. `present` is not asked when the application finds certificates itself. */
  async admit(context: T, present: () => Presentation): Promise<CertificateAdmission> {
    try {
      const { resolve, verify } = this.#options;
      const presented = resolve ? { description: await resolve(context) } : present();
      const reason = this.#check(presented);
      const certificate = describe(presented);
      if (reason !== undefined || !certificate) {
        return this.#refuse(reason ?? 'certificate_missing');
      }
      if (verify && (await verify(certificate, context)) === false) {
        return this.#refuse('certificate_refused_by_application');
      }
      return { certificate };
    } catch (error) {
      const { status, body } = native.answerToException(randomUUID());
      publish('application_error', 'The application threw', status);
      return { problem: { status, headers: HEADERS, body }, error };
    }
  }

  #check({ certificate, verified, description, reason }: Presentation): string | undefined {
    const now = Date.now() / 1000;
    if (certificate) {
      return this.#requirement.check(certificate, verified === true, now) ?? undefined;
    }
    if (description) {
      return this.#requirement.checkDescription(descriptionOf(description), now) ?? undefined;
    }
    return reason ?? 'certificate_missing';
  }

  #refuse(reason: string): CertificateAdmission {
    const { status, body } = this.#requirement.answer(reason, randomUUID());
    const { title, detail = title } = JSON.parse(body) as { title: string; detail?: string };
    publish(reason, detail, status);
    return { problem: { status, headers: HEADERS, body } };
  }
}

function describe({ certificate, verified, description }: Presentation): ClientCertificate | undefined {
  const json = certificate?.normalized(verified === true);
  return json == null ? description : clientCertificateOf(json);
}

function publish(reason: string, message: string, status: number): void {
  if (refuseChannel.hasSubscribers) {
    refuseChannel.publish({ reason, message, code: undefined, status });
  }
}
