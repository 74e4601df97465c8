/** "At least `wanted` times": `found` is a median with its quartiles, or undefined when nothing was measured. */
export function atLeast(what, wanted, found) {
  return goal(what, `≥ ${wanted} ×`, found, ({ median }) => median >= wanted, '×');
}

export function atMost(what, wanted, found) {
  return goal(what, `≤ ${wanted}`, found, ({ median }) => median <= wanted, '');
}

/** One figure over all rounds, which has no quartiles. */
export function exactly(value) {
  return value === undefined ? undefined : { median: value };
}

function goal(what, wanted, found, reached, unit) {
  return { what, wanted, unit, found, reached: found === undefined ? undefined : reached(found) };
}
