// A reporter for node:test: one line a test, as ./test counts them.
const oneLine = (text) => String(text).replaceAll(/\s+/g, ' ').slice(0, 400);

export default async function* lines(source) {
  for await (const { type, data } of source) {
    const isSuite = data?.details?.type === 'suite' || data?.name?.endsWith('.test.mjs');
    const isFiltered = data?.skip === 'test name does not match pattern';
    if (type === 'test:stderr' || type === 'test:stdout') {
      yield data.message;
    } else if (type === 'test:pass' && !isSuite && !isFiltered) {
      yield data.skip === undefined ? `PASS ${data.name}\n` : `SKIP ${data.name}: ${oneLine(data.skip)}\n`;
    } else if (type === 'test:fail' && data.details.error.failureType !== 'subtestsFailed') {
      const cause = data.details.error.cause ?? data.details.error;
      yield `FAIL ${data.name}: ${oneLine(cause.stack ?? cause)}\n`;
    }
  }
}
