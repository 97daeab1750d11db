import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, run } from '../../action/call.mjs';
import { folder, peer, seen } from './lab.mjs';

const DEADLINE_MS = 60_000;
const refused = (command, deadlineMs = DEADLINE_MS, input = '') =>
  ask('started', command, deadlineMs, input).then(
    () => assert.fail('no refusal'),
    (failure) => failure,
  );

test('hostile arguments and input reach the agent as they are', async (t) => {
  const path = folder(t);
  const agent = peer(path, 'reply({ v: 1, type: "started" });');
  const hostile = '$(id)\n`id`; "quoted" \'single\' \\ %0A ü😀 \u202e --json';
  const input = JSON.stringify({ hostile, long: 'x'.repeat(1 << 20) });
  await ask('started', [agent, 'job', hostile, '-'], DEADLINE_MS, input);
  assert.deepEqual(seen(path).argv, ['job', hostile, '-']);
  assert.equal(seen(path).stdin, input);
});

test('an agent that hangs is given up at the deadline', async (t) => {
  const agent = peer(folder(t), 'setInterval(() => {}, 1000);');
  const failure = await refused([agent], 500);
  assert.equal(failure.code, 'failed');
  assert.match(failure.message, /no answer within 0.5 s/);
});

test('an agent that hangs after half a line is given up at the deadline', async (t) => {
  const agent = peer(folder(t), 'process.stdout.write("{\\"v\\":1,"); setInterval(() => {}, 1000);');
  assert.match((await refused([agent], 500)).message, /no answer within/);
});

for (const [name, script] of [
  ['text', 'process.stdout.write("all is well\\n")'],
  ['an array', 'reply([])'],
  ['null', 'reply(null)'],
  ['a number', 'reply(1)'],
  ['another version', 'reply({ v: 2, type: "started" })'],
  ['another type', 'reply({ v: 1, type: "report" })'],
  ['half a document', 'process.stdout.write("{\\"v\\":1,\\n")'],
  ['bytes that are no text', 'process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]))'],
]) {
  test(`${name} is no answer`, async (t) => {
    const failure = await refused([peer(folder(t), script)]);
    assert.equal(failure.code, 'failed');
    assert.match(failure.message, /not understood/);
  });
}

test('an answer without an end is refused at its bound', async (t) => {
  const failure = await refused([peer(folder(t), 'process.stdout.write("x".repeat(1 << 20));')]);
  assert.match(failure.message, /longer than 65536/);
});

for (const [exit, code] of [
  [64, 'policy-invalid'],
  [69, 'cannot-enforce'],
  [77, 'not-permitted'],
  [70, 'failed'],
  [0, 'failed'],
]) {
  test(`exit code ${exit} without an answer is ${code}, with what it said`, async (t) => {
    const failure = await refused([
      peer(folder(t), `process.stderr.write("why: \\u001b[31m"); process.exitCode = ${exit};`),
    ]);
    assert.equal(failure.code, code);
    assert.match(failure.message, new RegExp(`exit code ${exit}: why`));
  });
}

test('an agent that cannot be executed is a refusal', async (t) => {
  assert.match((await refused([join(folder(t), 'none')])).message, /ENOENT/);
});

test('an agent that ends before it has read its input is a refusal, not a broken pipe', async (t) => {
  const failure = await refused([peer(folder(t), 'process.exit(64)')], DEADLINE_MS, 'x'.repeat(4 << 20));
  assert.equal(failure.code, 'policy-invalid');
});

test("the agent's own refusal comes with its mistakes", async (t) => {
  const mistakes = [{ input: 'allowed-endpoints', line: 2 }];
  const script = `reply({ v: 1, type: "error", code: "policy-invalid", message: "m", mistakes: ${JSON.stringify(mistakes)} }); process.exitCode = 64;`;
  const failure = await refused([peer(folder(t), script)]);
  assert.deepEqual([failure.code, failure.message, failure.mistakes], ['policy-invalid', 'm', mistakes]);
});

test('an answer counts though a daemon holds the streams open', async (t) => {
  const script =
    'require("node:child_process").spawn("sleep", ["120"], { stdio: "inherit", detached: true }).unref(); reply({ v: 1, type: "started" });';
  const before = Date.now();
  await ask('started', [peer(folder(t), script)], DEADLINE_MS);
  assert.ok(Date.now() - before < 30_000);
});

test('an end without an answer is seen though a daemon holds the streams open', async (t) => {
  const script =
    'require("node:child_process").spawn("sleep", ["120"], { stdio: "inherit", detached: true }).unref(); process.exitCode = 69;';
  assert.equal((await refused([peer(folder(t), script)])).code, 'cannot-enforce');
});

/** What a step can leave behind by GITHUB_ENV and GITHUB_PATH, each of which writes its name to a file when it works. */
function traps(path) {
  const bitten = join(path, 'bitten');
  const mark = (name) => `echo ${name} >> ${bitten}`;
  mkdirSync(join(path, 'bin'));
  writeFileSync(join(path, 'bin', 'cat'), `#!/bin/sh\n${mark('PATH')}\n`);
  chmodSync(join(path, 'bin', 'cat'), 0o755);
  writeFileSync(join(path, 'env.sh'), `${mark('BASH_ENV')}\n`);
  writeFileSync(
    join(path, 'trap.cjs'),
    `require("node:fs").appendFileSync(${JSON.stringify(bitten)}, "NODE_OPTIONS\\n");`,
  );
  writeFileSync(
    join(path, 'trap.c'),
    `#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void bite(void)
{
	int file = open("${bitten}", O_WRONLY | O_APPEND | O_CREAT, 0666);
	if (write(file, "LD_PRELOAD\\n", 11) != 11)
		_exit(1);
	close(file);
}
`,
  );
  const built = spawnSync('gcc', ['-shared', '-fPIC', '-o', join(path, 'trap.so'), join(path, 'trap.c')], {
    encoding: 'utf8',
  });
  assert.equal(built.status, 0, built.stderr);
  const environment = {
    PATH: `${join(path, 'bin')}:${process.env.PATH}`,
    BASH_ENV: join(path, 'env.sh'),
    NODE_OPTIONS: `--require ${join(path, 'trap.cjs')}`,
    LD_PRELOAD: join(path, 'trap.so'),
    GITHUB_TOKEN: 'secret',
    RUNNER_TRACKING_ID: 'github_0',
  };
  const bites = () => (existsSync(bitten) ? [...new Set(readFileSync(bitten, 'utf8').trim().split('\n'))].sort() : []);
  return { environment, bites };
}

/** Two peers: one of bash, which calls a program by its name, and one of node. */
function peers(path) {
  const bash = join(path, 'bash-peer');
  writeFileSync(bash, '#!/bin/bash\ncat /dev/null\necho \'{"v":1,"type":"started"}\'\n');
  chmodSync(bash, 0o755);
  return [bash, peer(path, 'reply({ v: 1, type: "started" });')];
}

test('control: in the environment of the step every trap bites', (t) => {
  const path = folder(t);
  const { environment, bites } = traps(path);
  for (const program of peers(path)) {
    spawnSync(program, [], { env: { ...process.env, ...environment } });
  }
  assert.deepEqual(bites(), ['BASH_ENV', 'LD_PRELOAD', 'NODE_OPTIONS', 'PATH']);
});

test('what a step did to PATH, LD_PRELOAD, NODE_OPTIONS and BASH_ENV reaches no program that is called', async (t) => {
  const path = folder(t);
  const { environment, bites } = traps(path);
  const before = { ...process.env };
  Object.assign(process.env, environment);
  t.after(() => {
    Object.keys(environment).forEach((name) => delete process.env[name]);
    Object.assign(process.env, before);
  });
  for (const program of peers(path)) {
    await ask('started', [program], DEADLINE_MS);
  }
  assert.deepEqual(bites(), []);
  const { LANG, PATH, ...others } = seen(path).env;
  assert.deepEqual([LANG, PATH, others], ['C.UTF-8', '/usr/sbin:/usr/bin:/sbin:/bin', {}]);
});

test('a command without an answer gives its exit code', async () => {
  assert.deepEqual(await run(['/bin/sh', '-c', 'exit 3'], DEADLINE_MS), {
    line: null,
    code: 3,
    problem: 'ended with exit code 3',
  });
});
