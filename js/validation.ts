import { memoryOf } from './client-memory';
import { settingsOf } from './client-state';
import { nowInSeconds } from './clock';
import { cacheChannel } from './diagnostics';
import { type Driven, drive } from './drive';
import { heldBy } from './memory-introspection-cache';
import { type NativeChecks, type NativeStanding } from './native';
import { CORE } from './native-transport';
import { conclude, othersWait } from './offload';
import type { AccessTokenClaims } from './types';

/** What a call checks for and the certificate it presents, ready for the core. */
export interface Compiled {
  readonly checks: NativeChecks;
  readonly certificate?: string;
  /** Of a certificate that was read here. */
  readonly thumbprint?: string;
}

/**
 * `validateAccessToken` or, unless it `chooses` between local validation and introspection, `validateJwtAccessToken`. The
 * claims are here at once when nothing has to be waited for.
 *
 * @param options the caller's own, for methods that the application has replaced.
 */
export function validate(
  client: Driven,
  chooses: boolean,
  token: unknown,
  compiled: Compiled,
  options?: object,
): AccessTokenClaims | Promise<AccessTokenClaims> {
  const settings = settingsOf(client);
  const inFull = () => validateInFull(client, chooses, token, compiled, options);
  if (settings.overrides !== 0) {
    return inFull();
  }
  const text = asText(token);
  const { checks, certificate, thumbprint } = compiled;
  const core = client[CORE];
  const memory = memoryOf(core);
  const now = nowInSeconds();
  const remembered = memory.verdicts?.find(text, checks, settings, now);
  if (remembered !== undefined) {
    memory.accepted++;
    return remembered;
  }
  if (memory.adopted !== settings) {
    core.adopt(settings);
    memory.adopted = settings;
  }
  const answer = core.validate(text, checks, certificate, thumbprint, chooses, now, othersWait());
  if (isStanding(answer)) {
    return memory.verdicts
      ? memory.verdicts.keep(text, checks, settings, answer)
      : (JSON.parse(answer.claims) as AccessTokenClaims);
  }
  if (answer === null && chooses && !cacheChannel.hasSubscribers) {
    const held = heldBy(client.cache);
    const cached = held && core.validateCached(held, text, checks, certificate, thumbprint, now);
    return conclude(cached ?? null, inFull);
  }
  return conclude(answer, inFull);
}

/** With everything that has to be waited for. */
function validateInFull(
  client: Driven,
  chooses: boolean,
  token: unknown,
  { checks, certificate, thumbprint }: Compiled,
  options?: object,
): Promise<AccessTokenClaims> {
  const core = client[CORE];
  const text = asText(token);
  const [settings, now] = [settingsOf(client), nowInSeconds()];
  const flow = chooses
    ? core.startValidateAccessToken(text, checks, certificate, thumbprint, settings, now)
    : core.startValidateJwt(text, checks, certificate, thumbprint, undefined, settings, now);
  return drive<AccessTokenClaims>(client, flow, { ...options, token: token as string });
}

/** What is no string is no token. */
export function asText(token: unknown): string {
  return typeof token === 'string' ? token : '';
}

function isStanding(answer: unknown): answer is NativeStanding {
  return typeof answer === 'object' && answer !== null && 'claims' in answer;
}
