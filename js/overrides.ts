/** Bits that tell the core which members are not the class's own; `NativeSettings.overrides`. */
export const OVERRIDE = {
  getMetadata: 1,
  getJwks: 2,
  validateJwtAccessToken: 4,
  introspectAccessToken: 8,
  validateAccessTokenClaims: 16,
  validateCertificateBinding: 32,
} as const;

export type OverridableMethod = keyof typeof OVERRIDE;

const own: Partial<Record<OverridableMethod, unknown>> = {};

/** Remembers the class's own methods, before anybody can replace them. */
export function registerOwnMethods(prototype: object, names: readonly OverridableMethod[]): void {
  for (const name of names) {
    own[name] = Reflect.get(prototype, name);
  }
}

/** The methods that a subclass, an assignment or a spy has replaced, as bits. Runs at every call: each name stands alone. */
export function overridesOf(client: object): number {
  const methods = client as Partial<Record<OverridableMethod, unknown>>;
  return (
    (methods.getMetadata === own.getMetadata ? 0 : OVERRIDE.getMetadata) |
    (methods.getJwks === own.getJwks ? 0 : OVERRIDE.getJwks) |
    (methods.validateJwtAccessToken === own.validateJwtAccessToken ? 0 : OVERRIDE.validateJwtAccessToken) |
    (methods.introspectAccessToken === own.introspectAccessToken ? 0 : OVERRIDE.introspectAccessToken) |
    (methods.validateAccessTokenClaims === own.validateAccessTokenClaims ? 0 : OVERRIDE.validateAccessTokenClaims) |
    (methods.validateCertificateBinding === own.validateCertificateBinding ? 0 : OVERRIDE.validateCertificateBinding)
  );
}
