// What the tests share: folders that only root can write to, a peer that stands in for the agent on the wire, and calls
// of the Action as another user than root.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createSecureServer } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import tls from 'node:tls';
import { fileURLToPath } from 'node:url';

export const ROOT = resolve(fileURLToPath(new URL('../..', import.meta.url)));
const NOBODY = '65534';

const inLab = process.env.SALLYPORT_ACTION_LAB === 'inside';
/** Options of a test that needs root's folders, or root and sudo. */
export const asRoot = { skip: inLab ? false : 'needs root, for folders that only root can write to' };
export const withSudo = {
  skip: asRoot.skip || (existsSync('/usr/bin/sudo') ? false : 'needs sudo: eng/install-packages test'),
};

/** A folder for one test, removed after it; in /mnt root's alone, as are those above it. */
export function folder(t) {
  const path = mkdtempSync(join(inLab ? '/mnt' : tmpdir(), 'test-'));
  chmodSync(path, 0o755);
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A folder that the user nobody owns. */
export function foreignFolder(t) {
  const path = folder(t);
  spawnSync('chown', [NOBODY, path]);
  return path;
}

/** What the runner gives a step: empty files for its commands. */
export function stepFiles(path) {
  const files = { GITHUB_STATE: 'state', GITHUB_OUTPUT: 'output', GITHUB_STEP_SUMMARY: 'summary' };
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => {
      writeFileSync(join(path, file), '');
      chmodSync(join(path, file), 0o666);
      return [name, join(path, file)];
    }),
  );
}

/** name<<delimiter … as the runner reads it. */
export function readCommands(file) {
  const values = {};
  const lines = readFileSync(file, 'utf8').split('\n');
  while (lines.length > 1) {
    const [name, delimiter] = lines.shift().split('<<');
    const end = lines.indexOf(delimiter);
    values[name] = lines
      .splice(0, end + 1)
      .slice(0, -1)
      .join('\n');
  }
  return values;
}

/**
 * A program that answers as it was told, for the JavaScript's side of the protocol alone: writes what it got to
 * seen.json beside it. `script` sees `stdin`, `argv` and `reply`.
 */
export function peer(path, script, shebang = `#!${process.execPath}`) {
  const file = join(path, 'sallyport');
  writeFileSync(
    file,
    `${shebang}
const { readFileSync, writeFileSync } = require('node:fs');
const argv = process.argv.slice(2);
const stdin = argv.includes('-') ? readFileSync(0, 'utf8') : '';
writeFileSync(${JSON.stringify(join(path, 'seen.json'))}, JSON.stringify({ argv, stdin, env: process.env, uid: process.getuid() }));
const reply = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
${script}
`,
  );
  chmodSync(file, 0o755);
  return file;
}

export const seen = (path) => JSON.parse(readFileSync(join(path, 'seen.json'), 'utf8'));

/** A socket where the agent's would be. */
export async function listen(t, path) {
  mkdirSync(join(path, 'run'), { recursive: true });
  const socket = join(path, 'run', 'control.sock');
  const server = createServer().listen(socket);
  await new Promise((done) => server.once('listening', done));
  t.after(() => server.close());
  return socket;
}

/** Places of an agent that is part of the image. */
export const imagePlaces = (path, socket = join(path, 'run', 'control.sock')) => ({
  socket,
  image: [join(path, 'sallyport')],
  install: join(path, 'installed'),
  action: join(ROOT, 'action'),
});

/** What the code prints to the log, line by line. */
export async function printed(code) {
  const original = console.log;
  const lines = [];
  console.log = (line) => lines.push(...line.split('\n'));
  try {
    return { result: await code(), lines };
  } finally {
    console.log = original;
  }
}

/** A copy of the Action that anybody can read, with a hash in agent.json; `agent` is put beside it when given. */
export function actionCopy(path, { sha256, bytes, agent }) {
  const copy = join(path, 'action');
  cpSync(join(ROOT, 'action'), copy, { recursive: true });
  const entry = { file: 'sallyport-linux', bytes, sha256 };
  writeFileSync(join(copy, 'agent.json'), JSON.stringify({ version: '9.9.9', agents: { x64: entry, arm64: entry } }));
  if (agent) {
    writeFileSync(join(copy, 'sallyport-linux'), agent);
  }
  spawnSync('chmod', ['-R', 'a+rX', copy]);
  return copy;
}

/** A command in front of another, which then runs where /usr/bin has no sudo. */
export function withoutSudo(path) {
  const [upper, work] = ['upper', 'work'].map((name) => mkdirSync(join(path, name)) ?? join(path, name));
  chmodSync(upper, 0o755);
  const script = `mount -t overlay overlay -o lowerdir=/usr/bin,upperdir=${upper},workdir=${work} /usr/bin && rm /usr/bin/sudo && exec "$@"`;
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
}

/** Runs a module's text as nobody, with the Action's copy to import from as ACTION. Returns what it printed. */
export async function asNobody(copy, code, env = {}, before = []) {
  const ids = [`--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
  const text = code.replaceAll('ACTION', copy);
  const [program, ...args] = [...before, 'setpriv', ...ids, process.execPath, '--input-type=module', '-e', text];
  const child = spawn(program, args, {
    env: { PATH: process.env.PATH, ...env },
    cwd: '/',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [status] = await once(child, 'close');
  return { code: status, output, errors };
}

/** An HTTPS server on loopback with a certificate of its own; the client is given it as its authority. */
export async function secured(t, answer) {
  const path = folder(t);
  const [key, certificate] = [join(path, 'key.pem'), join(path, 'certificate.pem')];
  const made = spawnSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=localhost',
      '-addext',
      'subjectAltName=DNS:localhost',
      '-keyout',
      key,
      '-out',
      certificate,
    ],
    { encoding: 'utf8' },
  );
  if (made.status !== 0) {
    throw new Error(made.stderr);
  }
  const asked = [];
  const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, response) => {
    asked.push(request);
    answer(request, response);
  }).listen(0, '127.0.0.1');
  await new Promise((done) => server.once('listening', done));
  t.after(() => server.close());
  return { url: `https://localhost:${server.address().port}`, asked, env: { NODE_EXTRA_CA_CERTS: certificate } };
}

/** GitHub's API for this process, with one file of one commit; gives what the runner says of it to a step. */
export async function repository(t, text) {
  const { url, env } = await secured(t, (_, response) => response.end(text));
  const [ca, create] = [readFileSync(env.NODE_EXTRA_CA_CERTS), tls.createSecureContext];
  t.mock.method(tls, 'createSecureContext', (options) => create({ ...options, ca })); // NODE_EXTRA_CA_CERTS is read at start.
  return { GITHUB_API_URL: url, GITHUB_REPOSITORY: 'octo/demo', GITHUB_SHA: 'c0ffee' };
}

/** Runs a module's text in a process of its own, and returns what it printed. */
export async function printedBy(code, env = {}) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { env: { ...process.env, ...env } });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  await once(child, 'close');
  return output.trim();
}
