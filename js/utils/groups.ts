import { isJsonObject } from '../internal/values';
import { native } from '../native';

/**
 * Whether a user belongs to the given groups. A group matches an element of the claim that is the group itself or an
 * object whose `id` or `name` is the group. Without groups, or with an empty list, every user passes.
 *
 * @param claim name of the claim that lists the user's groups. Default `groups`.
 * @param matchAll whether all groups are needed instead of any one. Default `false`.
 */
export function isUserInGroup(
  user: object | null | undefined,
  groups: readonly string[] | undefined,
  claim = 'groups',
  matchAll = false,
): boolean {
  if (!Array.isArray(groups) || groups.length === 0) {
    return true;
  }
  const memberships: unknown = isJsonObject(user) ? user[claim] : undefined;
  return native.isUserInGroup(JSON.stringify({ [claim]: memberships }), JSON.stringify(groups), claim, matchAll);
}

/** The distinct elements of all arrays in order of first appearance; `undefined` when no argument is an array. */
export function mergeArrays<T>(...arrays: (readonly T[] | null | undefined)[]): T[] | undefined {
  const given = arrays.filter((array): array is readonly T[] => Array.isArray(array));
  return given.length === 0 ? undefined : [...new Set(given.flat() as T[])];
}
