import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { createClient as createClient4 } from 'redis4';

/**
 * The supported libraries. `open` starts to connect and gives `{client, connected, send, close}`, where `send` runs any
 * command; `connect` gives the same once it is connected.
 */
export const libraries = [
  library('redis 5', (url, options) => openNodeRedis(createClient, url, options)),
  library('redis 4', (url, options) => openNodeRedis(createClient4, url, options)),
  library('ioredis 5', openIoRedis),
];

function library(name, open) {
  const connect = async (url, options) => {
    const connection = open(url, options);
    await connection.connected;
    return connection;
  };
  return { name, open, connect };
}

function openNodeRedis(create, url, options) {
  const client = create({ url, socket: { reconnectStrategy: 50 }, ...options });
  // The libraries report lost connections here; node-redis would end the process if nobody listened.
  client.on('error', () => {});
  return {
    client,
    connected: client.connect(),
    send: (...command) => client.sendCommand(command.map(String)),
    close: () => (client.destroy ? client.destroy() : client.disconnect()),
  };
}

function openIoRedis(url, options) {
  const client = new Redis(url, { retryStrategy: () => 50, ...options });
  client.on('error', () => {});
  return {
    client,
    connected: new Promise((resolve) => client.once('ready', resolve)),
    send: (name, ...args) => client.call(name, ...args),
    close: () => client.disconnect(),
  };
}
