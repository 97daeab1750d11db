// Calls of other programs: arguments as an array, no shell, an environment of our own, one line back.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

const [REPLY_CHARACTERS, ERROR_CHARACTERS, AFTER_EXIT_MS] = [64 * 1024, 2000, 500];
const SUDO = '/usr/bin/sudo';
const EXIT_CODES = { 64: 'policy-invalid', 69: 'cannot-enforce', 77: 'not-permitted' };

/** All that a child gets: nothing that a step wrote to GITHUB_ENV or GITHUB_PATH, and no RUNNER_TRACKING_ID. */
const ENVIRONMENT = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };

/** What keeps protection from starting, with the code that the agent would give it. */
export const refusal = (code, message, mistakes = []) => Object.assign(new Error(message), { code, mistakes });

/** The command as root: as it is for root, through sudo for others. */
export function asRoot(command) {
  if (process.getuid() !== 0 && !existsSync(SUDO)) {
    throw refusal('unsupported', `protection needs root, and there is no ${SUDO}: have the agent in the image`);
  }
  return process.getuid() === 0 ? command : [SUDO, '-n', '--', ...command];
}

/** Runs a command to its first line or its end: `{ line, code, problem }`. One of root's cannot be killed: let go. */
export function run([program, ...args], deadlineMs, input = '') {
  return new Promise((resolve) => {
    let [output, errors] = ['', ''];
    const child = spawn(program, args, { env: ENVIRONMENT, cwd: '/', stdio: 'pipe', shell: false });
    const end = (problem, { line = null, code = null, signal = 0 } = {}) => {
      clearTimeout(timer);
      child.kill(signal);
      child.stdio.forEach((stream) => stream.destroy());
      child.unref();
      resolve({ line, code, problem: [problem, errors.trim()].filter(Boolean).join(': ') });
    };
    const timer = setTimeout(() => end(`no answer within ${deadlineMs / 1000} s`, { signal: 'SIGKILL' }), deadlineMs);
    const ended = (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`, { code });
    child.on('error', (failure) => end(failure.message));
    child.on('close', ended);
    child.on('exit', (...how) => setTimeout(ended, AFTER_EXIT_MS, ...how).unref()); // A daemon may hold the streams.
    child.stdin.on('error', () => {}); // It may end before it has read all: then its exit code says why.
    child.stdin.end(input);
    child.stderr.on('data', (chunk) => { errors = (errors + chunk).slice(-ERROR_CHARACTERS); });
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      const [line, ...rest] = (output += chunk).split('\n', 2);
      if (line.length > REPLY_CHARACTERS) {
        end(`the answer is longer than ${REPLY_CHARACTERS} characters`);
      } else if (rest.length > 0) {
        end('', { line });
      }
    });
  });
}

/** The agent's reply of the given type; all else is thrown. */
export async function ask(type, command, deadlineMs, input) {
  const { line, code, problem } = await run(command, deadlineMs, input);
  if (line === null) {
    throw refusal(EXIT_CODES[code] ?? 'failed', `the agent gave no answer: ${problem}`);
  }
  const reply = await Promise.resolve(line).then(JSON.parse).catch(() => null); // Null is no reply either.
  if (reply?.v === 1 && reply.type === type) {
    return reply;
  }
  throw reply?.v === 1 && reply.type === 'error' ? refusal(reply.code, reply.message, reply.mistakes)
    : refusal('failed', `the agent's answer is not understood: ${line.slice(0, 200)}`);
}
