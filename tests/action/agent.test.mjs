import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { existing, install, isServed, ofRootAlone } from '../../action/agent.mjs';
import {
  ROOT,
  actionCopy,
  asNobody,
  asRoot,
  folder,
  foreignFolder,
  imagePlaces,
  listen,
  printedBy,
  secured,
  withSudo,
  withoutSudo,
} from './lab.mjs';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const good = Buffer.from('#!/bin/sh\necho good\n');
const evil = Buffer.from('#!/bin/sh\necho evil\n');

test('a file of root alone, in folders of root alone, is trusted; by a link it is the file behind it', asRoot, (t) => {
  const path = folder(t);
  writeFileSync(join(path, 'agent'), good, { mode: 0o755 });
  symlinkSync(join(path, 'agent'), join(path, 'link'));
  assert.equal(ofRootAlone(join(path, 'agent')), join(path, 'agent'));
  assert.equal(ofRootAlone(join(path, 'link')), join(path, 'agent'));
});

for (const [name, damage] of [
  ['a file that everybody can write to', (path) => chmodSync(join(path, 'a', 'agent'), 0o757)],
  ['a file that a group can write to', (path) => chmodSync(join(path, 'a', 'agent'), 0o775)],
  ['a file of another user', (path) => spawnSync('chown', ['65534', join(path, 'a', 'agent')])],
  ['a folder that everybody can write to', (path) => chmodSync(join(path, 'a'), 0o777)],
  ['a folder above that everybody can write to, sticky or not', (path) => chmodSync(path, 0o1777)],
  ['a folder of another user', (path) => spawnSync('chown', ['65534', join(path, 'a')])],
  ['a file that is not there', (path) => rmSync(join(path, 'a', 'agent'))],
]) {
  test(`${name} is not trusted`, asRoot, (t) => {
    const path = folder(t);
    mkdirSync(join(path, 'a'));
    writeFileSync(join(path, 'a', 'agent'), good, { mode: 0o755 });
    assert.notEqual(ofRootAlone(join(path, 'a', 'agent')), null);
    damage(path);
    assert.equal(ofRootAlone(join(path, 'a', 'agent')), null);
  });
}

test('a socket counts as the service only where root alone can have made it', asRoot, async (t) => {
  const path = folder(t);
  const places = imagePlaces(path, await listen(t, path));
  assert.equal(isServed(places), true);
  chmodSync(join(path, 'run'), 0o777);
  assert.equal(isServed(places), false);
  assert.equal(isServed({ socket: '/etc/hostname' }), false);
  assert.equal(isServed({ socket: join(path, 'nothing', 'here.sock') }), false);
});

test('an installed agent is used only with the hash that is expected', asRoot, (t) => {
  const path = folder(t);
  const action = actionCopy(path, { sha256: sha256(good), bytes: good.length });
  const places = { ...imagePlaces(path), image: [], action };
  mkdirSync(join(path, 'installed', '9.9.9'), { recursive: true });
  writeFileSync(join(path, 'installed', '9.9.9', 'sallyport'), evil, { mode: 0o755 });
  assert.equal(existing({}, places), null);
  writeFileSync(join(path, 'installed', '9.9.9', 'sallyport'), good);
  assert.equal(existing({}, places), join(path, 'installed', '9.9.9', 'sallyport'));
});

test('an agent-path that does not fit is not passed over for the agent that is installed', asRoot, async (t) => {
  const path = folder(t);
  const action = actionCopy(path, { sha256: sha256(good), bytes: good.length });
  const places = { ...imagePlaces(path), image: [], action };
  mkdirSync(join(path, 'installed', '9.9.9'), { recursive: true });
  writeFileSync(join(path, 'installed', '9.9.9', 'sallyport'), good, { mode: 0o755 });
  const env = { RUNNER_ENVIRONMENT: 'github-hosted', 'INPUT_AGENT-PATH': join(path, 'nothing', 'here') };
  assert.equal(existing(env, places), null);
  await assert.rejects(install(env, places), /nothing.here/);
});

/** Installs as nobody through sudo; returns the result as text, and what stands in the folder of installed agents. */
async function installAsNobody(path, { expected = good, beside, env = {}, hosted = { RUNNER_ENVIRONMENT: 'github-hosted' } } = {}) {
  const copy = actionCopy(path, { sha256: expected && sha256(expected), bytes: expected?.length, agent: beside });
  const installed = join(path, 'installed', '9.9.9');
  const code = `
    import { install } from 'ACTION/agent.mjs';
    const places = { socket: '/none', image: [], install: ${JSON.stringify(join(path, 'installed'))}, action: 'ACTION' };
    console.log(await install(process.env, places).catch((failure) => failure.code + ': ' + failure.message));`;
  const { output, errors } = await asNobody(copy, code, { RUNNER_TEMP: '/tmp', ...hosted, ...env });
  return { said: (output + errors).trim(), files: existsSync(installed) ? readdirSync(installed) : [], installed };
}

test(
  'another user than root installs through sudo what has the hash: root owns it, nothing else stays',
  withSudo,
  async (t) => {
    const path = folder(t);
    const temp = foreignFolder(t);
    const { said, files, installed } = await installAsNobody(path, { beside: good, env: { RUNNER_TEMP: temp, TMPDIR: temp } });
    assert.equal(said, join(installed, 'sallyport'));
    assert.deepEqual(files, ['sallyport']);
    const { uid, gid, mode } = lstatSync(join(installed, 'sallyport'));
    assert.deepEqual([uid, gid, mode & 0o7777], [0, 0, 0o755]);
    assert.deepEqual(readFileSync(join(installed, 'sallyport')), good);
    assert.deepEqual(readdirSync(temp), []);
  },
);

test('what has another hash is not installed', withSudo, async (t) => {
  const { said, files } = await installAsNobody(folder(t), { beside: evil });
  assert.match(said, /^failed: .* was not run: its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}$/);
  assert.deepEqual(files, []);
});

test('agent-path that another user owns is installed by its hash, or refused', withSudo, async (t) => {
  const path = folder(t);
  const own = join(foreignFolder(t), 'agent');
  writeFileSync(own, good);
  assert.match(
    (await installAsNobody(path, { env: { 'INPUT_AGENT-PATH': own } })).said,
    /installed\/9\.9\.9\/sallyport$/,
  );
  writeFileSync(own, evil);
  assert.match((await installAsNobody(folder(t), { env: { 'INPUT_AGENT-PATH': own } })).said, /SHA-256/);
});

test('a folder that others can write to gets no agent', withSudo, async (t) => {
  const path = folder(t);
  chmodSync(path, 0o777);
  const { said, files } = await installAsNobody(path, { beside: good });
  assert.match(said, /others than root can write/);
  assert.deepEqual(files, []);
});

test('an action that is no release, whose agent.json has no hashes yet, says so', withSudo, async (t) => {
  assert.match(
    (await installAsNobody(folder(t), { expected: null })).said,
    /^unsupported: this machine has no agent, and agent.json has no hashes: this is no release; else have an agent in/,
  );
});

test('a processor that this action has no agent for is named', async (t) => {
  const action = actionCopy(folder(t), { sha256: sha256(good), bytes: good.length, agent: good });
  const own = Object.getOwnPropertyDescriptor(process, 'arch');
  Object.defineProperty(process, 'arch', { ...own, value: 'riscv64' });
  t.after(() => Object.defineProperty(process, 'arch', own));
  await assert.rejects(install({}, { ...imagePlaces('/none'), image: [], action }), {
    code: 'unsupported',
    message: "this machine has no agent, and this action has none for riscv64; else have an agent in the machine's image",
  });
});

test('without hashes no agent is run that is not of root: none that is installed, beside the action, or named', withSudo, async (t) => {
  const path = folder(t);
  const action = actionCopy(path, { sha256: null, bytes: null, agent: good });
  const places = { ...imagePlaces(path), image: [], action };
  mkdirSync(join(path, 'installed', '9.9.9'), { recursive: true });
  writeFileSync(join(path, 'installed', '9.9.9', 'sallyport'), good, { mode: 0o755 });
  assert.equal(existing({}, places), null);
  const named = join(foreignFolder(t), 'agent');
  writeFileSync(named, good);
  for (const env of [{}, { 'INPUT_AGENT-PATH': named }]) {
    const { said, files } = await installAsNobody(folder(t), { expected: null, beside: good, env });
    assert.match(said, /^unsupported: .* agent\.json has no hashes/);
    assert.deepEqual(files, []);
  }
});

test('agent.json has a line for each processor, all with hashes, as a release has it, or all without', () => {
  const { version, agents } = JSON.parse(readFileSync(join(ROOT, 'action', 'agent.json'), 'utf8'));
  assert.match(version, /^\d+\.\d+\.\d+$/);
  assert.deepEqual(Object.keys(agents), ['x64', 'arm64']);
  const filled = Object.values(agents).filter(({ bytes, sha256: hash }) => Number.isInteger(bytes) && /^[0-9a-f]{64}$/.test(hash));
  const empty = Object.values(agents).filter(({ bytes, sha256: hash }) => bytes === null && hash === null);
  assert.ok(filled.length === 2 || empty.length === 2, JSON.stringify(agents));
});

test('a self-hosted machine gets an agent only where the input says so', withSudo, async (t) => {
  const env = { RUNNER_ENVIRONMENT: 'self-hosted' };
  for (const unasked of [env, {}]) { // An older server, or one of one's own, says nothing.
    assert.match(
      (await installAsNobody(folder(t), { beside: good, env: unasked, hosted: {} })).said,
      /^unsupported: .*deploy-on-self-hosted-vm/,
    );
  }
  const deploy = { ...env, 'INPUT_DEPLOY-ON-SELF-HOSTED-VM': 'true' };
  assert.match((await installAsNobody(folder(t), { beside: good, env: deploy })).said, /sallyport$/);
});

test('without a right to sudo the refusal says what sudo said', withSudo, async (t) => {
  const path = folder(t);
  const copy = actionCopy(path, { sha256: sha256(good), bytes: good.length, agent: good });
  const code = `
    import { run, asRoot } from 'ACTION/call.mjs';
    console.log(JSON.stringify(await run(asRoot(['/bin/true']), 20000)));`;
  const rights = '/etc/sudoers.d/sallyport-test';
  const text = readFileSync(rights);
  rmSync(rights);
  t.after(() => writeFileSync(rights, text, { mode: 0o440 }));
  assert.match((await asNobody(copy, code)).output, /ended with exit code 1: sudo: a password is required/);
});

test('on a machine without sudo another user than root is told that it needs root', withSudo, async (t) => {
  const path = folder(t);
  const copy = actionCopy(path, { sha256: sha256(good), bytes: good.length, agent: good });
  const code = `
    import { install } from 'ACTION/agent.mjs';
    const places = { socket: '/none', image: [], install: ${JSON.stringify(join(path, 'installed'))}, action: 'ACTION' };
    console.log(await install({ RUNNER_TEMP: '/tmp', RUNNER_ENVIRONMENT: 'github-hosted' }, places).catch((failure) => failure.code + ': ' + failure.message));`;
  assert.equal(
    (await asNobody(copy, code, {}, withoutSudo(path))).output,
    'unsupported: protection needs root, and there is no /usr/bin/sudo: have the agent in the image\n',
  );
  assert.equal(existsSync(join(path, 'installed')), false);
});

// The job's user owns the private copy and may write to it while sudo starts. The attacker does so as soon as it appears.
test(
  'a copy that the attacker changes on its way to root is found out: it never gets the name that is run',
  withSudo,
  async (t) => {
    const temp = foreignFolder(t);
    const attacker = spawn(
      'setpriv',
      [
        '--reuid=65534',
        '--regid=65534',
        '--clear-groups',
        process.execPath,
        '-e',
        `
    const { readdirSync, writeFileSync } = require('node:fs');
    for (;;) {
      for (const name of readdirSync(${JSON.stringify(temp)})) {
        try { writeFileSync(${JSON.stringify(temp)} + '/' + name + '/sallyport', ${JSON.stringify(String(evil))}, { flag: 'r+' }); } catch {}
      }
    }`,
      ],
      { stdio: 'ignore' },
    );
    t.after(() => attacker.kill('SIGKILL'));
    let found = 0;
    for (let attempt = 0; attempt < 20 && found < 3; attempt++) {
      const path = folder(t);
      const { said, files, installed } = await installAsNobody(path, { beside: good, env: { RUNNER_TEMP: temp } });
      if (files.includes('sallyport')) {
        assert.deepEqual(readFileSync(join(installed, 'sallyport')), good);
      } else {
        assert.match(said, /changed on its way/);
        assert.deepEqual(files, []);
        found++;
      }
    }
    assert.ok(found > 0, 'the attacker was never in time, so nothing was shown');
  },
);

/** Downloads in a process of its own: trust in a certificate is decided when node starts. */
const download = (url, maxBytes, env, headers = {}) =>
  printedBy(
    `
    import { download } from '${new URL('../../action/download.mjs', import.meta.url)}';
    const [url, maxBytes, headers] = JSON.parse(process.env.CALL);
    const bytes = await download(url, maxBytes, headers).catch((failure) => 'refused: ' + failure.message);
    console.log(Buffer.isBuffer(bytes) ? bytes.length + ' bytes' : bytes);`,
    { ...env, CALL: JSON.stringify([url, maxBytes, headers]) },
  );

const file = randomBytes(100_000);

test('a release is downloaded, also behind a redirect, which gets no token of another host', async (t) => {
  const store = await secured(t, (_, response) => response.end(file));
  const { url, env, asked } = await secured(t, (_, response) =>
    response.writeHead(302, { location: `${store.url}/file` }).end(),
  );
  const both = { NODE_EXTRA_CA_CERTS: join(folder(t), 'both.pem') };
  writeFileSync(
    both.NODE_EXTRA_CA_CERTS,
    Buffer.concat([env, store.env].map((one) => readFileSync(one.NODE_EXTRA_CA_CERTS))),
  );
  assert.equal(await download(`${url}/o/r`, file.length, both, { authorization: 'Bearer t' }), '100000 bytes');
  assert.deepEqual([asked[0].headers.authorization, store.asked[0].headers.authorization], ['Bearer t', undefined]);
  // Kept open, a connection would be the job's when protection has begun, and have no name.
  assert.deepEqual([asked[0].headers.connection, store.asked[0].headers.connection], ['close', 'close']);
});

test('another user installs the release of the version from the repository of the action', withSudo, async (t) => {
  const { url, env, asked } = await secured(t, (_, response) => response.end(good));
  const release = { GITHUB_SERVER_URL: url, GITHUB_ACTION_REPOSITORY: 'owner/action', ...env };
  spawnSync('chmod', ['a+r', env.NODE_EXTRA_CA_CERTS]);
  assert.match((await installAsNobody(folder(t), { env: release })).said, /9\.9\.9\/sallyport$/);
  assert.deepEqual(
    asked.map((request) => request.url),
    ['/owner/action/releases/download/v9.9.9/sallyport-linux'],
  );
});

for (const [name, answer, expected] of [
  [
    'a redirect to http is not followed',
    (_, response) => response.writeHead(302, { location: 'http://localhost/x' }).end(),
    /not https/,
  ],
  [
    'redirects without end are not followed',
    (request, response) => response.writeHead(302, { location: `${request.url}x` }).end(),
    /more than 5 redirects/,
  ],
  [
    'a file that is larger than expected is given up',
    (_, response) => response.end(Buffer.alloc(file.length + 1)),
    /longer than expected/,
  ],
  [
    'a file that ends early is refused',
    (_, response) => {
      response.writeHead(200, { 'content-length': file.length });
      response.write(file.subarray(0, 10));
      setTimeout(() => response.destroy(), 50);
    },
    /aborted/,
  ],
  ['a release that is not there is refused', (_, response) => response.writeHead(404).end(), /answers 404/],
]) {
  test(name, async (t) => {
    const { url, env } = await secured(t, answer);
    assert.match(await download(`${url}/file`, file.length, env), expected);
  });
}

test('a certificate that nobody vouches for is refused, also with NODE_TLS_REJECT_UNAUTHORIZED=0', async (t) => {
  const { url, asked } = await secured(t, (_, response) => response.end(file));
  for (const env of [{}, { NODE_TLS_REJECT_UNAUTHORIZED: '0' }]) {
    assert.match(
      await download(`${url}/file`, file.length, { ...env, NODE_EXTRA_CA_CERTS: '' }),
      /refused: .*self.signed/,
    );
  }
  assert.equal(asked.length, 0);
});

// `eng/build --action`, as a release has it. Needs the agent built; ./test builds it first.
const built = existsSync(join(ROOT, 'out', 'sallyport'));
const layout = { skip: asRoot.skip || (built ? false : 'needs out/sallyport: eng/build') };

test('the Action as eng/build lays it out installs the agent that it was laid out with', layout, async (t) => {
  const path = folder(t);
  const copy = join(path, 'laid-out');
  const { status, stderr } = spawnSync(join(ROOT, 'eng', 'build'), ['--action', copy], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  const agent = readFileSync(join(ROOT, 'out', 'sallyport'));
  const { version, agents } = JSON.parse(readFileSync(join(copy, 'action', 'agent.json'), 'utf8'));
  const { bytes, sha256: expected } = agents[process.arch];
  assert.deepEqual([bytes, expected], [agent.length, sha256(agent)]);
  const places = { ...imagePlaces(path), image: [], action: join(copy, 'action') };
  const installed = await install({ RUNNER_ENVIRONMENT: 'github-hosted' }, places);
  assert.equal(installed, join(path, 'installed', version, 'sallyport'));
  assert.equal(spawnSync(installed, ['--version'], { encoding: 'utf8' }).stdout.trim().startsWith(version), true);
  assert.equal(existing({}, places), installed);
});
