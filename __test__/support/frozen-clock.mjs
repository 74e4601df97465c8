/** Stops `Date.now()` for the rest of the test. Times are seconds since the epoch. */
export function frozenClock(t, now = 1_700_000_000) {
  const clock = { now, advance: (seconds) => (clock.now += seconds) };
  t.mock.method(Date, 'now', () => clock.now * 1000);
  return clock;
}
