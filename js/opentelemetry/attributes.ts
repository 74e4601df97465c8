import type { Attributes } from '@opentelemetry/api';
import type { FetchMessage, ValidateMessage } from '../diagnostics';

/** Few values each: fit for metrics. */
export function validationAttributes({ operation, outcome, tokenType, reason }: ValidateMessage): Attributes {
  return {
    'monocloud.backend.operation': operation,
    'monocloud.backend.outcome': outcome,
    'monocloud.backend.token.type': tokenType,
    ...(reason !== undefined && { 'error.type': reason }),
  };
}

/** Of the HTTP semantic conventions, client side. A status from 400 on is an error of its own. */
export function requestAttributes(message: FetchMessage): Attributes {
  const { purpose, url, status, reason } = message;
  const error = status !== undefined && status >= 400 ? String(status) : reason;
  return {
    'http.request.method': methodOf(message),
    ...serverOf(url),
    ...(status !== undefined && { 'http.response.status_code': status }),
    ...(error !== undefined && { 'error.type': error }),
    'monocloud.backend.purpose': purpose,
  };
}

/** RFC 7662 section 2.1 asks for POST; documents are fetched with GET. */
export function methodOf({ purpose }: FetchMessage): 'GET' | 'POST' {
  return purpose === 'introspection' ? 'POST' : 'GET';
}

function serverOf(text: string): Attributes {
  try {
    const { hostname, port, protocol } = new URL(text);
    const address = hostname.replace(/^\[(.*)\]$/, '$1');
    return {
      'server.address': address,
      'server.port': port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port),
      'url.scheme': protocol.slice(0, -1),
    };
  } catch {
    return {};
  }
}
