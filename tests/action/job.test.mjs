import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { askedMode, given } from '../../action/inputs.mjs';
import { finish, protect, standing, tell } from '../../action/job.mjs';
import {
  ROOT,
  actionCopy,
  asRoot,
  folder,
  imagePlaces,
  listen,
  peer,
  printed,
  printedBy,
  readCommands,
  repository,
  secured,
  seen,
  stepFiles,
} from './lab.mjs';

const STARTED = {
  v: 1,
  type: 'started',
  job: 'j1',
  mode: 'block',
  inForce: 'enforcing',
  degraded: [],
  policy: {
    from: 'allowed-endpoints',
    reason: 'block: allowed-endpoints is given',
    implicit: ['github.com:443'],
    rules: 12,
  },
  agent: { version: '1.0', origin: 'image' },
  coverage: { fromStart: true, uncoveredSeconds: 0 },
  notices: [],
};
const REPORT = {
  v: 1,
  type: 'report',
  job: 'j1',
  mode: 'block',
  inForce: 'enforcing',
  complete: true,
  refused: 2,
  findings: 0,
  report: '/r/report.json',
  recording: '/r/recording',
  html: '/r/report.html',
  seal: 'ab12',
  annotations: [],
  failed: false,
  failures: [],
};

/** A step with an agent that gives this reply; `served` makes its socket. */
async function step(t, reply, { inputs = {}, served = true, exit = 0, state = {}, script } = {}) {
  const path = folder(t);
  const places = imagePlaces(path, served ? await listen(t, path) : undefined);
  if (reply?.type === 'report') {
    writeFileSync(join(path, 'summary.md'), '## Refused 2\n');
    reply = { summaryPath: join(path, 'summary.md'), ...reply };
  }
  if (reply || script) {
    peer(path, script ?? `reply(${JSON.stringify(reply)}); process.exitCode = ${exit};`);
  }
  const named = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const states = Object.entries(state).map(([name, value]) => [`STATE_${name}`, value]);
  const env = {
    ...stepFiles(path),
    GITHUB_WORKSPACE: join(path, 'workspace'),
    ...Object.fromEntries([...named, ...states]),
  };
  return {
    path,
    places,
    env,
    stateNow: () => readCommands(env.GITHUB_STATE),
    outputs: () => readCommands(env.GITHUB_OUTPUT),
    summary: () => readFileSync(env.GITHUB_STEP_SUMMARY, 'utf8'),
  };
}

test('the mode that a failure is measured by: what was said, block for a policy, and block in doubt', () => {
  for (const [env, mode] of [
    [{}, 'audit'],
    [{ 'INPUT_EGRESS-POLICY': 'audit' }, 'audit'],
    [{ 'INPUT_EGRESS-POLICY': ' block\n' }, 'block'],
    [{ 'INPUT_EGRESS-POLICY': 'Audit' }, 'block'],
    [{ 'INPUT_EGRESS-POLICY': 'audit; id' }, 'block'],
    [{ 'INPUT_ALLOWED-ENDPOINTS': 'github.com:443' }, 'block'],
    [{ 'INPUT_ALLOWED-ENDPOINTS': ' \n' }, 'audit'],
    [{ 'INPUT_POLICY-FILE': 'p.yml' }, 'block'],
    [{ INPUT_POLICY: 'p' }, 'block'],
    [{ 'INPUT_USE-POLICY-STORE': 'true' }, 'block'],
    [{ 'INPUT_ALLOWED-ENDPOINTS': 'a.example', 'INPUT_EGRESS-POLICY': 'audit' }, 'audit'],
  ]) {
    assert.equal(askedMode(env), mode, JSON.stringify(env));
  }
});

test('inputs go to the agent as they were written, but for the token', async () => {
  const env = {
    'INPUT_ALLOWED-ENDPOINTS': '\n  a.example:443\n',
    INPUT_POLICY: '',
    'INPUT_DISABLE-SUDO': ' true ',
    INPUT_TOKEN: 's',
  };
  assert.deepEqual(await given(env), { 'allowed-endpoints': '\n  a.example:443\n', 'disable-sudo': ' true ' });
});

/** What goes to the agent, by a process that trusts the certificate of the test's own GitHub. */
const givenBy = async (env) =>
  JSON.parse(
    await printedBy(
      `
      import { given } from '${new URL('../../action/inputs.mjs', import.meta.url)}';
      console.log(JSON.stringify(await given(process.env)));`,
      env,
    ),
  );

test('a server without a key is called with the token of the job, asked for that server alone', async (t) => {
  const { url, env, asked } = await secured(t, (_, response) => response.end('{"count":1,"value":"a.b.c"}'));
  const github = {
    ...env,
    ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'of the job',
  };
  const server = { 'INPUT_SERVER-URL': ' https://Sallyport.Example.com:8443/ ' };
  const called = { 'server-url': server['INPUT_SERVER-URL'] };
  assert.deepEqual(await givenBy({ ...github, ...server }), { ...called, 'api-key': 'a.b.c' });
  assert.deepEqual(
    asked.map((request) => [request.url, request.headers.authorization]),
    [['/token?api-version=2.0&audience=sallyport:sallyport.example.com', 'Bearer of the job']],
  );

  // With a key, without a server, without the permission, for what is no address: nobody is asked.
  assert.deepEqual(await givenBy({ ...github, ...server, 'INPUT_API-KEY': 'k' }), { ...called, 'api-key': 'k' });
  assert.deepEqual(await givenBy(github), {});
  assert.deepEqual(await givenBy({ ...env, ...server }), called);
  assert.deepEqual(await givenBy({ ...github, 'INPUT_SERVER-URL': 'x' }), { 'server-url': 'x' });
  assert.equal(asked.length, 1);
});

for (const [name, answer] of [
  ['refuses', (response) => response.writeHead(403).end('{"value":"a.b.c"}')],
  ['answers no JSON', (response) => response.end('<html>')],
  ['answers nothing', (response) => response.end()],
  ['hangs up', (response) => response.destroy()],
  ['answers without end', (response) => response.end('x'.repeat(70_000))],
]) {
  test(`a GitHub that ${name} when it is asked for a token leaves the agent without one`, async (t) => {
    const { url, env } = await secured(t, (_, response) => answer(response));
    const asking = { ...env, ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/?a=b`, ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' };
    const server = 'https://sallyport.example.com';
    assert.deepEqual(await givenBy({ ...asking, 'INPUT_SERVER-URL': server }), { 'server-url': server });
  });
}

test('pre hands inputs and policy to the agent by standard input, none of them as an argument', asRoot, async (t) => {
  const hostile = '$(id)\n::error::x\n"\'`%0A ü😀\u202e' + 'x'.repeat(1 << 20);
  const { path, places, env, stateNow } = await step(t, STARTED, {
    inputs: { 'allowed-endpoints': hostile, 'policy-file': 'p.yml' },
  });
  const github = await repository(t, 'version: 1\n');
  const { result, lines } = await printed(() => protect({ ...env, ...github }, places));
  assert.equal(result, 0);
  assert.deepEqual(seen(path).argv, ['job', 'start', '--inputs', '-', '--json']);
  assert.deepEqual(JSON.parse(seen(path).stdin), {
    v: 1,
    type: 'job.start',
    inputs: { 'allowed-endpoints': hostile, 'policy-file': 'p.yml' },
    policy: 'version: 1\n',
  });
  assert.deepEqual(stateNow(), { mode: 'block', unprotected: '' });
  assert.deepEqual(lines, [
    'sallyport  block · enforcing · job j1 · agent 1.0 (image) · block: allowed-endpoints is given',
    'sallyport  12 rules from allowed-endpoints · implicit: github.com:443',
  ]);
});

const there = async (file) => {
  while (!existsSync(file)) {
    await new Promise(setImmediate);
  }
};

for (const [mode, level, exit] of [
  ['block', 'error', 1],
  ['audit', 'warning', 0],
]) {
  for (const [name, reply, options, expected] of [
    [
      'refuses',
      { v: 1, type: 'error', code: 'cannot-enforce', message: 'no BTF', mistakes: [] },
      { exit: 69 },
      /no BTF \[cannot-enforce\]/,
    ],
    ['answers garbage', ['garbage'], {}, /not understood: \["garbage"\] \[failed\]/],
    ['ends without an answer', null, { script: 'process.exitCode = 77' }, /exit code 77 \[not-permitted\]/],
    ['is not there', null, {}, /this machine has no agent.*\[unsupported\]/],
    ['hangs', null, { script: 'setInterval(() => {}, 1000);', hangs: true }, /no answer within 10 s \[failed\]/],
  ]) {
    test(
      `an agent that ${name} is ${level} and exit code ${exit} in ${mode} mode, and post says it again`,
      asRoot,
      async (t) => {
        const { path, places, env, stateNow, summary } = await step(t, reply, {
          inputs: { 'egress-policy': mode },
          ...options,
        });
        if (options.hangs) {
          t.mock.timers.enable({ apis: ['setTimeout'] });
        }
        const ended = printed(() => protect(env, places));
        if (options.hangs) {
          await there(join(path, 'seen.json'));
          t.mock.timers.tick(10_000);
          t.mock.timers.reset();
        }
        const { result, lines } = await ended;
        assert.equal(result, exit);
        assert.match(lines[0], new RegExp(`^::${level} title=This job is not protected::`));
        assert.match(lines[0], expected);
        rmSync(places.image[0], { force: true });
        const { mode: saved, unprotected } = stateNow();
        assert.equal(saved, mode);
        const end = await printed(() => finish({ ...env, STATE_mode: saved, STATE_unprotected: unprotected }, places));
        assert.equal(end.result, exit);
        assert.match(end.lines[0], new RegExp(`^::${level} title=This job ran without protection::`));
        assert.match(summary(), /^## Sallyport: This job ran without protection$/m);
      },
    );
  }
}

test('all questions of a step have ten seconds together', { ...asRoot, timeout: 120_000 }, async (t) => {
  const { path, places, env } = await step(t, null, {
    inputs: { 'egress-policy': 'block' },
    script: `const go = require('node:path').join(__dirname, 'go');
setInterval(() => argv[1] === 'status' && require('node:fs').existsSync(go) && (reply({ v: 1, type: 'status' }), process.exit()), 10);`,
  });
  t.mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  const first = printed(() => standing(env, places));
  await there(join(path, 'seen.json'));
  t.mock.timers.tick(6000);
  writeFileSync(join(path, 'go'), '');
  await first;
  rmSync(join(path, 'seen.json'));
  const second = printed(() => protect(env, places));
  await there(join(path, 'seen.json'));
  t.mock.timers.tick(4000);
  t.mock.timers.reset();
  const { result, lines } = await second;
  assert.equal(result, 1);
  assert.match(lines[0], /no answer within 4 s \[failed\]/);
});

for (const [mode, level, exit] of [
  ['block', 'error', 1],
  ['audit', 'warning', 0],
]) {
  test(`on a processor that this action has no agent for: ${level} and exit code ${exit} in ${mode} mode`, asRoot, async (t) => {
    const { path, places, env, stateNow } = await step(t, null, { inputs: { 'egress-policy': mode }, served: false });
    const own = Object.getOwnPropertyDescriptor(process, 'arch');
    Object.defineProperty(process, 'arch', { ...own, value: 'riscv64' });
    t.after(() => Object.defineProperty(process, 'arch', own));
    const action = actionCopy(path, { sha256: 'a'.repeat(64), bytes: 1, agent: Buffer.from('x') });
    const { result, lines } = await printed(() => protect({ ...env, RUNNER_ENVIRONMENT: 'github-hosted' }, { ...places, action }));
    assert.equal(result, exit);
    assert.match(lines[0], new RegExp(`^::${level} title=This job is not protected::.* none for riscv64; .*\\[unsupported\\]`));
    assert.equal(stateNow().mode, mode);
    assert.equal(existsSync(join(path, 'installed')), false);
  });

  test(`inputs that a watched job does not get are ${level} and exit code ${exit} in ${mode} mode, and it is not said to be unprotected`, asRoot, async (t) => {
    const no = { v: 1, type: 'error', code: 'failed', message: 'an earlier step', mistakes: [] };
    const { places, env, stateNow } = await step(t, no, { inputs: { 'egress-policy': mode }, exit: 70 });
    const { result, lines } = await printed(() => protect(env, places, true));
    assert.equal(result, exit);
    assert.deepEqual(lines, [`::${level} title=These inputs are not in force::an earlier step [failed]`]);
    assert.deepEqual(stateNow(), { mode, unprotected: '' });
  });
}

test('each mistake is an annotation; those of the policy file stand at its lines', asRoot, async (t) => {
  const mistakes = [
    {
      input: 'allowed-endpoints',
      line: 2,
      column: 3,
      value: 'a\n::error::,b',
      accepted: 'host:port',
      message: 'no, such: port',
    },
    { input: 'policy-file', line: 7, column: 5, value: 'x', accepted: 'y', message: 'z' },
    { input: 'egress-policy', line: 0, column: 0, value: 'blok', accepted: 'audit or block', message: 'not a mode' },
  ];
  const reply = { v: 1, type: 'error', code: 'policy-invalid', message: '3 mistakes', mistakes };
  const { places, env } = await step(t, reply, {
    inputs: { 'egress-policy': 'blok', 'policy-file': 'a,b:c.yml' },
    exit: 64,
  });
  const github = await repository(t, '');
  const { result, lines } = await printed(() => protect({ ...env, ...github }, places));
  assert.equal(result, 1);
  assert.deepEqual(lines, [
    '::error title=This job is not protected::3 mistakes [policy-invalid]',
    "::error title=allowed-endpoints%2C line 2%2C column 3::'a%0A::error::,b': no, such: port; accepted: host:port",
    "::error title=policy-file%2C line 7%2C column 5,file=a%2Cb%3Ac.yml,line=7,col=5::'x': z; accepted: y",
    "::error title=egress-policy::'blok': not a mode; accepted: audit or block",
  ]);
});

test('an agent that only observes where it was to block fails the step', asRoot, async (t) => {
  const { places, env } = await step(t, { ...STARTED, inForce: 'observing' });
  const { result, lines } = await printed(() => protect(env, places));
  assert.equal(result, 1);
  assert.match(lines.at(-1), /^::error title=This job is not protected::the agent is observing/);
});

test('what is degraded, and steps that ran before, are warnings', asRoot, async (t) => {
  const coverage = { fromStart: false, uncoveredSeconds: 4.5, stepsBefore: ['Checkout', 'Set up'] };
  const notices = [{ level: 'notice', title: 'n', message: 'm' }];
  const { places, env } = await step(t, { ...STARTED, inForce: 'degraded', degraded: ['no tc'], coverage, notices });
  const { result, lines } = await printed(() => protect(env, places));
  assert.equal(result, 0);
  assert.deepEqual(lines.slice(2), [
    '::warning title=Protection has gaps::it began 4.5 s after the job; steps that ran before: Checkout, Set up',
    '::warning title=Protection has gaps::no tc',
    '::notice title=n::m',
  ]);
});

test('a refusal in `pre` of a job that a service watches does not say that it is not protected', asRoot, async (t) => {
  const refused = { v: 1, type: 'error', code: 'not-permitted', message: 'of the machine', mistakes: [] };
  const { env, places, stateNow } = await step(t, refused, {
    inputs: { 'egress-policy': 'audit' },
    script: `reply(argv[1] === 'status' ? { v: 1, type: 'status', jobs: [], yours: 'j1' } : ${JSON.stringify(refused)});`,
  });
  const pre = readFileSync(join(ROOT, 'action', 'pre.mjs'), 'utf8').replace('./job.mjs', join(ROOT, 'action', 'job.mjs'));
  const given = pre.replace('standing(process.env)', 'standing(process.env, undefined)').replaceAll('undefined', JSON.stringify(places));
  const said = await printedBy(given.replaceAll('process.env', JSON.stringify(env)));
  assert.match(said, /^::warning title=These inputs are not in force::of the machine \[not-permitted\]$/m);
  assert.equal(stateNow().unprotected, '');
});

test('a policy file that cannot be had keeps protection from starting', asRoot, async (t) => {
  const { path, places, env } = await step(t, STARTED, { inputs: { 'policy-file': '/nowhere/p.yml' } });
  const { result, lines } = await printed(() => protect(env, places));
  assert.equal(result, 1);
  assert.match(lines[0], /^::error title=This job is not protected::.*\/nowhere\/p\.yml/);
  assert.equal(existsSync(join(path, 'seen.json')), false);
});

test('out of a container job nothing is started, unless a service answers there', asRoot, async (t) => {
  const inContainer = { GITHUB_WORKSPACE: '/__w/a/a' };
  const notKnown = /whether a service of the machine watches this job, by its own policy, is not known here/;
  for (const [mode, level, code] of [
    ['block', 'error', 1],
    ['audit', 'warning', 0],
  ]) {
    const without = await step(t, STARTED, { served: false, inputs: { 'egress-policy': mode } });
    const env = { ...without.env, ...inContainer };
    const { result, lines } = await printed(() => protect(env, without.places));
    assert.equal(result, code);
    assert.match(lines[0], new RegExp(`^::${level} title=These inputs are not in force::out of a .container:.*\\[unsupported\\]`));
    assert.match(lines[0], notKnown);
    const { mode: STATE_mode, unprotected: STATE_unprotected } = without.stateNow();
    const end = await printed(() => finish({ ...env, STATE_mode, STATE_unprotected }, without.places));
    assert.equal(end.result, code);
    assert.match(end.lines[0], new RegExp(`^::${level} title=No report%3A nothing shows protection::`));
    assert.match(end.lines[0], notKnown);
  }
  const served = await step(t, STARTED);
  assert.equal((await printed(() => protect({ ...served.env, ...inContainer }, served.places))).result, 0);
});

test(
  'main asks for nothing where the agent counts the step as one of a job that has its inputs, whatever a state says',
  asRoot,
  async (t) => {
    const status = { v: 1, type: 'status', jobs: [], yours: '20261125T120000-4711', taken: true };
    const yes = await step(t, status);
    assert.deepEqual((await printed(() => standing(yes.env, yes.places))).result, { isWatched: true, isTaken: true });
    assert.deepEqual(seen(yes.path).argv, ['job', 'status', '--json']);
    const forged = { state: { mode: 'block', unprotected: '', job: 'j1' } };
    for (const [reply, isWatched, options] of [
      [{ ...status, taken: false }, true, forged],
      [{ ...status, taken: undefined }, true, forged], // An agent of before: it takes inputs once, and says nothing of a second time.
      [{ ...status, yours: null }, false, forged],
      [status, false, { ...forged, served: false }],
      [['x'], false, forged],
      [null, false, forged],
    ]) {
      const no = await step(t, reply, options);
      assert.deepEqual((await printed(() => standing(no.env, no.places))).result, { isWatched, isTaken: false });
    }
  },
);

test('post shows summary, seal and annotations', asRoot, async (t) => {
  const annotations = [{ level: 'error', title: 'Refused', message: 'evil.example:443 by curl in Build' }];
  const { path, places, env, outputs, summary } = await step(
    t,
    { ...REPORT, annotations },
    { state: { mode: 'block' } },
  );
  const { result, lines } = await printed(() => finish(env, places));
  assert.equal(result, 0);
  assert.deepEqual(seen(path).argv, ['job', 'stop', '--json']);
  assert.equal(summary(), '## Refused 2\n');
  assert.deepEqual(outputs(), {}); // The runner takes none from post.
  assert.ok(lines.some((line) => line.endsWith('seal ab12')));
  assert.equal(lines.at(-1), '::error title=Refused::evil.example:443 by curl in Build');
});

test('main sets the outputs: places, numbers so far, and the agent to ask again; none for a job that is not protected', asRoot, async (t) => {
  const { path, places, env, outputs } = await step(t, REPORT);
  await printed(() => tell(env, places));
  assert.deepEqual(outputs(), {
    report: '/r/report.json',
    recording: '/r/recording',
    refused: '2',
    findings: '0',
    agent: join(path, 'sallyport'),
  });
  const unprotected = await step(t, null, { served: false });
  await printed(() => tell(unprotected.env, unprotected.places));
  assert.deepEqual(unprotected.outputs(), {});
});

test('fail-on colours the job, and anything but a clear no counts as yes', asRoot, async (t) => {
  for (const [failed, expected] of [
    [true, 1],
    [false, 0],
    [null, 1],
    ['no', 1],
  ]) {
    const { places, env } = await step(t, { ...REPORT, failed, failures: ['refused'] }, { state: { mode: 'audit' } });
    assert.equal((await printed(() => finish(env, places))).result, expected, String(failed));
  }
});

test('post without an answer fails a block job, and warns in an audit job', asRoot, async (t) => {
  for (const [mode, level, exit] of [
    ['block', 'error', 1],
    ['audit', 'warning', 0],
  ]) {
    const { places, env, summary } = await step(t, null, { script: 'process.exitCode = 70', state: { mode } });
    const { result, lines } = await printed(() => finish(env, places));
    assert.equal(result, exit);
    assert.match(lines[0], new RegExp(`^::${level} title=No report%3A nothing shows protection::.*exit code 70`));
    assert.match(summary(), /No report/);
  }
});

test('a summary that cannot be read loses none of the annotations', asRoot, async (t) => {
  const annotations = [{ level: 'error', title: 'Refused', message: 'm' }];
  const { places, env } = await step(
    t,
    { ...REPORT, annotations, summaryPath: '/nowhere' },
    { state: { mode: 'audit' } },
  );
  const { lines } = await printed(() => finish(env, places));
  assert.ok(lines.includes('::error title=Refused::m'));
  assert.ok(lines.some((line) => line.startsWith('::warning') && line.includes('/nowhere')));
});

// The scripts that action.yml names, as the runner starts them: one process each, states handed on.
test('pre, main and post of action.yml protect a job from its start to its report', asRoot, async (t) => {
  const { path, env, stateNow, summary } = await step(t, null, {
    served: false,
    script: `writeFileSync(__dirname + '/summary.md', '## All well\\n');
      const answers = { start: ${JSON.stringify(STARTED)}, status: { v: 1, type: 'status', jobs: [], yours: 'j1', taken: true },
        stop: { ...${JSON.stringify(REPORT)}, summaryPath: __dirname + '/summary.md' } };
      reply(answers[argv[1]]);`,
  });
  mkdirSync('/run/sallyport');
  t.after(() => rmSync('/run/sallyport', { recursive: true }));
  const server = createServer().listen('/run/sallyport/control.sock');
  t.after(() => server.close());
  const runs = /^  (?:pre|main|post): (.*)$/gm;
  const scripts = [...readFileSync(join(ROOT, 'action.yml'), 'utf8').matchAll(runs)].map((match) => match[1]);
  assert.deepEqual(scripts, ['action/pre.mjs', 'action/main.mjs', 'action/post.mjs']);
  const said = [];
  for (const script of scripts) {
    const states = existsSync(env.GITHUB_STATE) ? stateNow() : {};
    const stateEnv = Object.fromEntries(Object.entries(states).map(([name, value]) => [`STATE_${name}`, value]));
    const stepEnv = {
      ...env,
      ...stateEnv,
      'INPUT_AGENT-PATH': join(path, 'sallyport'),
      'INPUT_EGRESS-POLICY': 'block',
    };
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, script)], {
      env: stepEnv,
      encoding: 'utf8',
    });
    assert.deepEqual([status, stderr], [0, '']);
    said.push(stdout.split('\n')[script === scripts[0] ? 1 : 0]);
  }
  assert.match(said[0], /^sallyport  block · enforcing · job j1/);
  assert.equal(said[1], 'sallyport  job j1 is protected since before this step');
  assert.equal(said[2], 'sallyport  block · enforcing · complete');
  assert.equal(summary(), '## All well\n');
});

/** The part of action.yml about inputs, and their names. */
function inputsOfAction() {
  const text = readFileSync(join(ROOT, 'action.yml'), 'utf8');
  const section = text.slice(text.indexOf('\ninputs:'), text.indexOf('\noutputs:'));
  return { section, names: [...section.matchAll(/^  ([a-z-]+):$/gm)].map((match) => match[1]) };
}

// R17. Whatever shell string an input came into, and however it were quoted there, one of the lines would be a command.
test('no input of action.yml is a command, from the start of the job to its end', asRoot, async (t) => {
  const touches = (file) =>
    [`$(touch ${file})`, `\`touch ${file}\``, `; touch ${file} ;`, `' ; touch ${file} ; '`, `" ; touch ${file} ; "`].join('\n');
  const { path, places, env } = await step(t, null);
  for (const [i, quote] of ['', "'", '"'].entries()) {
    const control = join(path, `control-${i}`);
    spawnSync('/bin/sh', ['-c', `true ${quote}${touches(control)}${quote}`]);
    assert.ok(existsSync(control), `in ${quote || 'no quotes'} it is no command`);
  }

  writeFileSync(join(path, 'summary.md'), '');
  const [started, report] = [STARTED, { ...REPORT, summaryPath: join(path, 'summary.md') }].map((reply) => JSON.stringify(reply));
  const agent = `#!/bin/sh
    echo "$*" >> ${path}/arguments
    case $2 in start) cat > ${path}/asked; printf '%s\\n' '${started}' ;; *) printf '%s\\n' '${report}' ;; esac\n`;
  writeFileSync(join(path, 'sallyport'), agent, { mode: 0o755 });
  const own = { ...places, action: actionCopy(path, { sha256: 'of no file', bytes: 1 }) };
  const { names } = inputsOfAction();
  for (const name of names) {
    const owned = join(path, `owned-${name}`);
    const readsPolicy = name === 'token' ? { 'INPUT_POLICY-FILE': 'p.yml', GITHUB_API_URL: 'https://localhost:9' } : {};
    const hostile = { ...env, ...readsPolicy, [`INPUT_${name.toUpperCase()}`]: touches(owned) };
    rmSync(join(path, 'asked'), { force: true });
    const { lines } = await printed(async () => {
      await protect(hostile, own);
      await tell(hostile, own);
      await finish(hostile, own);
    });
    // What the scripts read themselves are the names of two files and a header; all else goes to the agent as it is.
    if (['agent-path', 'policy-file', 'token'].includes(name)) {
      assert.match(lines[0], /^::(error|warning) title=This job is not protected::/, name);
    } else {
      assert.equal(JSON.parse(readFileSync(join(path, 'asked'))).inputs[name], touches(owned));
    }
    assert.ok(!existsSync(owned), name);
  }
  const called = new Set(readFileSync(join(path, 'arguments'), 'utf8').trim().split('\n'));
  assert.deepEqual([...called].sort(), ['job start --inputs - --json', 'job stop --json']);
});

test('every input of action.yml has a default, so that no step can set one by GITHUB_ENV, and is known to the script', async () => {
  const { section, names } = inputsOfAction();
  assert.equal(names.length, [...section.matchAll(/^    default: /gm)].length);
  const all = Object.fromEntries(names.map((name) => [`INPUT_${name.toUpperCase()}`, 'x']));
  assert.deepEqual(
    Object.keys(await given(all)).sort(),
    names.filter((name) => name !== 'token' && name !== 'agent-path').sort(),
  );
});

test('the Action has less than 400 lines', () => {
  const files = readdirSync(join(ROOT, 'action')).filter((name) => name.endsWith('.mjs'));
  const lines = files.map((name) => readFileSync(join(ROOT, 'action', name), 'utf8').split('\n').length - 1);
  assert.ok(lines.reduce((sum, count) => sum + count) < 400);
});
