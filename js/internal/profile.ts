/** The claims of a user by name. */
export type ProfileClaims = Record<string, unknown>;

/**
 * Merges what is known about a user: ID token claims over the existing ones, UserInfo claims over both. The arguments
 * are not changed.
 *
 * @param strict with `true` the existing claims are dropped instead of merged. Default `false`.
 * @returns `existing` itself, or an empty object, when there are neither ID token nor UserInfo claims.
 */
export function profileSync(
  existing?: ProfileClaims | null,
  idToken?: ProfileClaims | null,
  userinfo?: ProfileClaims | null,
  strict = false,
): ProfileClaims {
  if (!idToken && !userinfo) {
    return existing ?? {};
  }
  return strict ? { ...idToken, ...userinfo } : { ...existing, ...idToken, ...userinfo };
}
