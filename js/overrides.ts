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

const own: [name: OverridableMethod, bit: number, method: unknown][] = [];

/** Remembers the class's own methods, before anybody can replace them. */
export function registerOwnMethods(prototype: object, names: readonly OverridableMethod[]): void {
  for (const name of names) {
    own.push([name, OVERRIDE[name], Reflect.get(prototype, name)]);
  }
}

/** The methods that a subclass, an assignment or a spy has replaced, as bits. */
export function overridesOf(client: object): number {
  let bits = 0;
  for (const [name, bit, method] of own) {
    if ((client as Record<string, unknown>)[name] !== method) {
      bits |= bit;
    }
  }
  return bits;
}
