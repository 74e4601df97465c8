/** The value below which the fraction `at` of the values lies; linear between two. */
export function quantile(values, at) {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * at;
  const [low, high] = [sorted[Math.floor(position)], sorted[Math.ceil(position)]];
  return low + (high - low) * (position - Math.floor(position));
}

export function median(values) {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function summary(values) {
  return { median: median(values), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

/** How many times as much `others` are as `ours`, round by round: what disturbs a whole round falls out. */
export function ratio(others, ours) {
  return summary(others.map((value, round) => value / ours[round]));
}
