// What a step says to the runner. It may come from an attacker, and the runner reads commands from the same stream.
import { randomBytes } from 'node:crypto';
import { appendFileSync, statSync } from 'node:fs';

const LEVELS = ['error', 'warning', 'notice'];
// The runner drops annotations beyond, cuts messages at 4096, and drops a longer summary as a whole.
const [ANNOTATIONS_PER_LEVEL, MESSAGE_CHARACTERS, SUMMARY_BYTES] = [10, 4000, 1024 * 1024];
const CUT = Buffer.from('\n\n_Cut here: the summary is longer than the runner takes. The report has everything._\n');

/** Control, format and surrogate characters as \u{…}, but for line feeds; `##[` begins a command of the older form. */
export const printable = (text) => String(text)
  .replace(/[^\P{C}\n]|[\u2028\u2029]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`)
  .replaceAll('##[', '# #[');

export const escapeData = (text) => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
export const escapeProperty = (text) => escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

/** One line of the log; the word in front keeps it from being a command. */
export const say = (text) => console.log(`sallyport  ${printable(text).replaceAll('\n', '\\n')}`);

function command({ level, message, ...properties }) {
  const list = Object.entries(properties).filter(([, value]) => value)
    .map(([name, value]) => `${name}=${escapeProperty(printable(value))}`).join(',');
  console.log(`::${level}${list && ` ${list}`}::${escapeData(printable(message).slice(0, MESSAGE_CHARACTERS))}`);
}

/** Annotations `{ level, message, title, file, line, col }`. Those of a level beyond nine share the tenth. */
export function annotate(annotations) {
  for (const level of LEVELS) {
    const all = annotations.filter((one) => (LEVELS.includes(one.level) ? one.level : 'warning') === level);
    const single = all.length > ANNOTATIONS_PER_LEVEL ? all.slice(0, ANNOTATIONS_PER_LEVEL - 1) : all;
    const rest = all.slice(single.length).map(({ title, message }) => `${title}: ${message}`);
    const tenth = rest.length > 0 ? [{ level, title: `${rest.length} more`, message: rest.join('\n') }] : [];
    [...single, ...tenth].forEach((one) => command({ ...one, level }));
  }
}

/** A state or an output. The delimiter is random, so that no value can end it and begin another. */
export function write(file, name, value) {
  const delimiter = `sallyport_${randomBytes(16).toString('hex')}`;
  appendFileSync(file, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
}

/** Appends to the job summary; what is too long is cut at the end of a line. */
export function summarise(file, bytes) {
  const room = SUMMARY_BYTES - statSync(file).size;
  const end = bytes.length <= room ? bytes.length : Math.max(bytes.lastIndexOf('\n', room - CUT.length), 0);
  appendFileSync(file, Buffer.concat([bytes.subarray(0, end), end < bytes.length ? CUT : Buffer.of()]));
}
