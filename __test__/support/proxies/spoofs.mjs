/** Header lines of a caller who claims a certificate: what each one tries, and the lines. */
export function spoofs(header, value) {
  const upper = header.toUpperCase();
  return {
    'the header itself': [`${header}: ${value}`],
    'another case': [`${upper}: ${value}`],
    'repeated lines': [`${header}: ${value}`, `${upper}: ${value}`],
    'underscores for hyphens': [`${header.replaceAll('-', '_')}: ${value}`],
    'an empty line before it': [`${header}:`, `${header}: ${value}`],
  };
}
