const HEADINGS = { name: 'API', sent: 'sent', status: 'status', challenge: 'challenge', reason: 'reason' };

/** Prints one line an answer, in columns as wide as the expected answers need; in colour on a terminal. */
export function createReport(cases, stream) {
  const colours = stream.isTTY === true && !process.env.NO_COLOR;
  const paint = (code, text) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  const width = (values) => Math.max(...values.map((value) => String(value ?? '').length));
  const widths = {
    name: 'Fastify'.length,
    sent: width([HEADINGS.sent, ...cases.map(({ sent }) => sent)]),
    status: HEADINGS.status.length,
    challenge: width([HEADINGS.challenge, ...cases.map(({ expected }) => expected.challenge)]),
    reason: width([HEADINGS.reason, ...cases.map(({ expected }) => expected.reason)]),
  };
  const columns = (cells) =>
    Object.entries(widths)
      .map(([column, size]) => String(cells[column] ?? '-').padEnd(size))
      .join('  ');
  const print = (text) => stream.write(`${text.trimEnd()}\n`);

  print(paint(1, columns(HEADINGS)));
  return {
    line(name, { sent, expected }, answer, asExpected) {
      const mark = asExpected ? paint(32, 'ok') : paint(31, `WRONG, expected: ${describe(expected)}`);
      print(`${columns({ name, sent, ...answer })}  ${mark}`);
    },
    end(mismatches) {
      if (mismatches === 0) print(paint(32, '\nEvery answer was as expected.'));
      else print(paint(31, `\nAnswers that were not as expected: ${mismatches}.`));
    },
  };
}

function describe({ status, challenge, reason }) {
  return [status, challenge, reason].filter((part) => part !== undefined).join(', ');
}
