/** Where the addon of one platform may be. Paths are literal, so that tools which trace files find them. */
export interface Build {
  /** Beside the package: built from source. */
  local(): unknown;
  /** The platform's own package, an optional dependency. */
  installed(): unknown;
}

export const BUILDS: Readonly<Record<string, Build>> = {
  'linux-x64-gnu': {
    local: () => require('../../backend-node.linux-x64-gnu.node'),
    installed: () => require('@monocloud/backend-node-linux-x64-gnu'),
  },
  'linux-x64-musl': {
    local: () => require('../../backend-node.linux-x64-musl.node'),
    installed: () => require('@monocloud/backend-node-linux-x64-musl'),
  },
  'linux-arm64-gnu': {
    local: () => require('../../backend-node.linux-arm64-gnu.node'),
    installed: () => require('@monocloud/backend-node-linux-arm64-gnu'),
  },
  'linux-arm64-musl': {
    local: () => require('../../backend-node.linux-arm64-musl.node'),
    installed: () => require('@monocloud/backend-node-linux-arm64-musl'),
  },
  'darwin-x64': {
    local: () => require('../../backend-node.darwin-x64.node'),
    installed: () => require('@monocloud/backend-node-darwin-x64'),
  },
  'darwin-arm64': {
    local: () => require('../../backend-node.darwin-arm64.node'),
    installed: () => require('@monocloud/backend-node-darwin-arm64'),
  },
  'win32-x64-msvc': {
    local: () => require('../../backend-node.win32-x64-msvc.node'),
    installed: () => require('@monocloud/backend-node-win32-x64-msvc'),
  },
  'win32-arm64-msvc': {
    local: () => require('../../backend-node.win32-arm64-msvc.node'),
    installed: () => require('@monocloud/backend-node-win32-arm64-msvc'),
  },
};
