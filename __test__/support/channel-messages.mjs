import { subscribe, unsubscribe } from 'node:diagnostics_channel';

/** What is published on a channel of the SDK (`validate`, `fetch`, `cache`, `refuse`) for the rest of the test. */
export function channelMessages(t, name) {
  const messages = [];
  const listener = (message) => messages.push(message);
  const channel = `monocloud:backend:${name}`;
  subscribe(channel, listener);
  t.after(() => unsubscribe(channel, listener));
  return messages;
}

/** Without its times, after a look at them. */
export function withoutTimes({ startedAt, durationMs, ...message }) {
  if (!(durationMs >= 0)) throw new TypeError(`durationMs is ${durationMs}`);
  if (startedAt !== undefined && !(startedAt > 1e12)) throw new TypeError(`startedAt is ${startedAt}`);
  return message;
}
