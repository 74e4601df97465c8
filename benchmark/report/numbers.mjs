/** Three digits that count. */
export function decimal(value) {
  if (!Number.isFinite(value)) return '–';
  return Math.abs(value) >= 100 ? String(Math.round(value)) : String(Number(value.toPrecision(3)));
}

/** How many there are in a second. */
export function count(value) {
  if (value >= 10_000) return `${Math.round(value / 1000)} k`;
  return value >= 1000 ? `${(value / 1000).toFixed(1)} k` : String(Math.round(value));
}

/** A median with its quartiles, where it has any. */
export function spread({ median, low, high }, unit) {
  const range = low === undefined ? '' : ` (${decimal(low)}–${decimal(high)})`;
  return `${decimal(median)}${range}${unit ? ` ${unit}` : ''}`;
}
