import { memoryOf } from './client-memory';
import { toError } from './failure';
import { native, type NativeChecks, type NativeCore } from './native';

/** What a route or a call asks for, as the application gave it. */
export interface Asked {
  scopes?: unknown;
  groups?: unknown;
  validateCertificateBinding?: unknown;
}

/** Checks with what they were compiled from, which nobody else can change. */
export interface CompiledChecks {
  readonly scopes: readonly string[] | undefined;
  readonly groups: readonly string[] | undefined;
  readonly mode: unknown;
  readonly strict: boolean;
  readonly checks: NativeChecks;
}

/** More different ones than a client's routes that are called by hand are compiled anew. */
const REMEMBERED = 16;

/**
 * What a call asks for, compiled; what was asked for lately is not compiled again. Lists are compared by their elements:
 * whoever changes a list asks for something else.
 *
 * @throws MonoCloudValidationError if `strict`, for a list that is none and for a mode that does not exist.
 */
export function checksOf(core: NativeCore, asked: Asked, strict: boolean): NativeChecks {
  const { scopes, groups, validateCertificateBinding: mode } = asked;
  const { checks: remembered } = memoryOf(core);
  for (let index = 0; index < remembered.length; index++) {
    const compiled = remembered[index] as CompiledChecks;
    if (
      compiled.strict === strict &&
      compiled.mode === mode &&
      isSameList(compiled.scopes, scopes) &&
      isSameList(compiled.groups, groups)
    ) {
      return compiled.checks;
    }
  }
  const own = { scopes: plain(scopes), groups: plain(groups) };
  const checks = compile(core, own.scopes, own.groups, mode, strict);
  if (isList(own.scopes) && isList(own.groups) && typeof mode !== 'object' && typeof mode !== 'function') {
    remembered.unshift({ scopes: own.scopes, groups: own.groups, mode, strict, checks });
    remembered.length = Math.min(remembered.length, REMEMBERED);
  }
  return checks;
}

function compile(core: NativeCore, scopes: unknown, groups: unknown, mode: unknown, strict: boolean): NativeChecks {
  const checks = core.checks(scopes, groups, mode, strict);
  if (!(checks instanceof native.NativeChecks)) {
    throw toError(checks);
  }
  return checks;
}

/** A copy; a proxied list is a list, though the core cannot see into it. */
function plain(list: unknown): unknown {
  return Array.isArray(list) ? Array.from<unknown>(list) : list;
}

function isList(list: unknown): list is readonly string[] | undefined {
  return list === undefined || (Array.isArray(list) && list.every((element) => typeof element === 'string'));
}

function isSameList(own: readonly string[] | undefined, list: unknown): boolean {
  if (own === undefined || !Array.isArray(list)) {
    return own === list;
  }
  if (own.length !== list.length) {
    return false;
  }
  for (let index = 0; index < own.length; index++) {
    if (own[index] !== list[index]) {
      return false;
    }
  }
  return true;
}
