/** Every row by the name `--row` takes, in the order of the report. */
export const ROWS = [
  'repeated',
  'unique-serial',
  'unique-rs256',
  'unique-es256',
  'unique-eddsa',
  'processor-rs256',
  'fastify-repeated',
  'fastify-unique',
  'express-repeated',
  'express-unique',
  'event-loop',
  'opaque-cached',
  'introspection',
  'require',
  'memory',
  'cache-pressure',
  'certificate',
];

export function loadRow(name) {
  return import(`./${name}.mjs`);
}
