import { isThenable } from '../thenable';
import { type ExtractionRequest, Extractor } from './extraction';
import { type Refusal, refusalFor, refusalOf } from './refusal';
import type { ChainedPeerCertificate, ClientCertificateAuthOptions, ValidationCallback } from './types';

/** Whether a request may pass: nothing, or why not. */
export type Verdict = Refusal | undefined;

/** The middleware and the hook without their framework: the certificate, the callback, and who is told. */
export class Gate<Request> {
  private readonly callback: ValidationCallback<Request>;
  private readonly onAuthenticated: ClientCertificateAuthOptions<Request>['onAuthenticated'];
  private readonly onRejected: ClientCertificateAuthOptions<Request>['onRejected'];
  private readonly extractor: Extractor;

  /** @throws TypeError or Error when the callback or an option is wrong. */
  constructor(callback: ValidationCallback<Request>, options: ClientCertificateAuthOptions<Request>) {
    if (typeof callback !== 'function') throw new TypeError('client-certificate-auth: callback must be a function');
    this.extractor = new Extractor(options as ClientCertificateAuthOptions);
    this.callback = callback;
    this.onAuthenticated = options.onAuthenticated;
    this.onRejected = options.onRejected;
  }

  /**
   * The verdict, or the promise of one when the callback gave a promise. `request` is what the callback and the hooks
   * get, and where the certificate is put; `incoming` is Node's.
   */
  admit(
    request: Request & { clientCertificate?: ChainedPeerCertificate },
    incoming: ExtractionRequest,
  ): Verdict | Promise<Verdict> {
    const { certificate, reason } = this.extractor.extract(incoming);
    if (certificate === null) return this.refuse(null, request, refusalFor(reason));
    request.clientCertificate = certificate;
    let answer: boolean | PromiseLike<boolean>;
    try {
      const { callback } = this;
      answer = callback(certificate, request);
      if (!isThenable(answer)) return this.judge(answer, certificate, request);
    } catch (error) {
      return this.refuse(certificate, request, refusalOf(error));
    }
    return Promise.resolve(answer).then(
      (passes) => this.judge(passes, certificate, request),
      (error: unknown) => this.refuse(certificate, request, refusalOf(error)),
    );
  }

  /** Exactly `true` passes. */
  private judge(answer: unknown, certificate: ChainedPeerCertificate, request: Request): Verdict {
    if (answer !== true) return this.refuse(certificate, request, refusalFor('callback_returned_false'));
    const { onAuthenticated } = this;
    if (onAuthenticated) later(() => onAuthenticated(certificate, request));
    return undefined;
  }

  private refuse(certificate: ChainedPeerCertificate | null, request: Request, refusal: Refusal): Refusal {
    const { onRejected } = this;
    if (onRejected) later(() => onRejected(certificate, request, refusal.reason));
    return refusal;
  }
}

/** A hook runs after the request has gone on, and what it throws or rejects with is printed. */
function later(hook: () => unknown): void {
  queueMicrotask(async () => {
    try {
      await hook();
    } catch (error) {
      // oxlint-disable-next-line no-console -- documented: the application's own mistake, seen by its operator
      console.error('client-certificate-auth: hook error:', error);
    }
  });
}
