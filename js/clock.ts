/** Seconds since the epoch, by the clock that tests can replace. */
export function nowInSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
