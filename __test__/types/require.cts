import root = require('@monocloud/backend-node');
import express = require('@monocloud/backend-node/express');
import fastify = require('@monocloud/backend-node/fastify');
import internal = require('@monocloud/backend-node/internal');
import utils = require('@monocloud/backend-node/utils');
import manifest = require('@monocloud/backend-node/package.json');

const client = new root.MonoCloudBackendNodeClient({ audience: 'https://api.example' });
export const guards = [express.protectApi(client)(), fastify.protectApi(client)()];
export const sealed: Promise<string> = utils.encryptSession({ user: 1 }, 'secret', 60);
export const challenge: Promise<{ codeVerifier: string; codeChallenge: string }> = utils.generatePKCE();
export const time: number = internal.now();
export const names: string[] | undefined = internal.parseSpaceSeparated('a b');
export const version: string = manifest.version;

// @ts-expect-error no such subpath
export import guard = require('@monocloud/backend-node/dist/guard.js');
