import type { ClientCertRequest, ValidationCallback } from './types';

/**
 * Admits where every callback answers exactly `true`; without any, nobody. All are asked, at once, and get the request.
 * The answer is a promise where one of theirs is.
 *
 * @throws TypeError when one is no function.
 */
export function allOf<Request = ClientCertRequest>(
  ...callbacks: ValidationCallback<Request>[]
): ValidationCallback<Request> {
  return combine('allOf', callbacks, (answers) => answers.length > 0 && answers.every((answer) => answer === true));
}

/**
 * Admits where any callback answers exactly `true`. All are asked, at once, and get the request. The answer is a
 * promise where one of theirs is.
 *
 * @throws TypeError when one is no function.
 */
export function anyOf<Request = ClientCertRequest>(
  ...callbacks: ValidationCallback<Request>[]
): ValidationCallback<Request> {
  return combine('anyOf', callbacks, (answers) => answers.includes(true));
}

function combine<Request>(
  caller: string,
  callbacks: ValidationCallback<Request>[],
  judge: (answers: unknown[]) => boolean,
): ValidationCallback<Request> {
  if (callbacks.some((callback) => typeof callback !== 'function')) {
    throw new TypeError(`${caller} needs functions: ${caller}(allowCN(['svc-a']), …)`);
  }
  return (cert, req) => {
    const errors: unknown[] = [];
    const answers = callbacks.map((callback) => {
      try {
        return callback(cert, req);
      } catch (error) {
        errors.push(error);
        return false;
      }
    });
    const isPending = answers.some((answer) => typeof answer === 'object' || typeof answer === 'function');
    if (isPending) return Promise.all(answers).then((settled) => conclude(settled));
    return conclude(answers);

    function conclude(settled: unknown[]): boolean {
      if (errors.length > 0) throw errors[0];
      return judge(settled);
    }
  };
}
