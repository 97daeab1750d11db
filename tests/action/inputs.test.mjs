import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT, asRoot, folder, imagePlaces, peer, printedBy, secured, stepFiles } from './lab.mjs';

const POLICY = 'version: 1\nallow: [a.example]\n';
const MOST_BYTES = 64 * 1024;

/** The environment of a step before the checkout, and GitHub's API, which gives this answer. */
async function before(t, path, answer = (_, response) => response.end(POLICY)) {
  const { url, asked, env } = await secured(t, answer);
  const workspace = join(folder(t), 'workspace');
  mkdirSync(workspace);
  const github = {
    GITHUB_API_URL: `${url}/api/v3`,
    GITHUB_REPOSITORY: 'octo/demo',
    GITHUB_SHA: 'c0ffee',
    GITHUB_WORKSPACE: workspace,
  };
  return { asked, workspace, env: { ...env, ...github, 'INPUT_POLICY-FILE': path, INPUT_TOKEN: ' of the job ' } };
}

/** The text, or why there is none, by a process that trusts the certificate of the test's own GitHub. */
const policyBy = async (env) =>
  JSON.parse(
    await printedBy(
      `
      import { policyText } from '${ROOT}/action/inputs.mjs';
      console.log(JSON.stringify(await policyText(process.env).catch(({ message }) => ({ message }))));`,
      env,
    ),
  );

for (const [path, asked] of [
  ['.github/egress policy.yml', '.github/egress%20policy.yml'],
  [' ./ci//p.yml\n', 'ci/p.yml'],
  ['ci/../p.yml', 'p.yml'],
  ['../../../../user', 'user'],
  ['p.yml?ref=main#x', 'p.yml%3Fref%3Dmain%23x'],
]) {
  test(`before the checkout ${JSON.stringify(path)} is read of the repository, at the commit that runs`, async (t) => {
    const { env, asked: requests } = await before(t, path);
    assert.equal(await policyBy(env), POLICY);
    assert.deepEqual(
      requests.map(({ url, headers }) => [url, headers.authorization, headers.accept]),
      [[`/api/v3/repos/octo/demo/contents/${asked}?ref=c0ffee`, 'Bearer of the job', 'application/vnd.github.raw+json']],
    );
  });
}

for (const [what, leave] of [
  ['another policy', (file) => writeFileSync(file, 'version: 1\nmode: audit\n')],
  ['a FIFO that nobody writes to', (file) => spawnSync('mkfifo', [file])],
  ['a link to a file of the machine', (file) => symlinkSync('/etc/passwd', file)],
  ['a terabyte', (file) => (writeFileSync(file, ''), truncateSync(file, 2 ** 40))],
]) {
  test(`${what} in the workspace, of an earlier job or step, is not read`, { timeout: 120_000 }, async (t) => {
    const { env, asked, workspace } = await before(t, 'p.yml');
    leave(join(workspace, 'p.yml'));
    assert.equal(await policyBy(env), POLICY);
    assert.equal(await policyBy({ ...env, 'INPUT_POLICY-FILE': join(workspace, 'p.yml') }), POLICY);
    assert.deepEqual(asked.map(({ url }) => url), Array(2).fill('/api/v3/repos/octo/demo/contents/p.yml?ref=c0ffee'));
  });
}

test('no policy file asks nobody, and one outside of the workspace is none of the repository', async (t) => {
  const { env, asked, workspace } = await before(t, 'p.yml');
  assert.equal(await policyBy({ ...env, 'INPUT_POLICY-FILE': '' }), null);
  for (const path of ['/etc/passwd', join(workspace, '..', 'p.yml')]) {
    assert.equal((await policyBy({ ...env, 'INPUT_POLICY-FILE': path })).message, `policy-file is a path of the repository, not of the machine: ${path}`);
  }
  assert.equal(asked.length, 0);
});

test('a policy file has as many bytes as a request to the agent, and one more is too many', async (t) => {
  for (const [bytes, isTaken] of [
    [MOST_BYTES, true],
    [MOST_BYTES + 1, false],
  ]) {
    const { env } = await before(t, 'p.yml', (_, response) => response.end('#'.repeat(bytes)));
    const text = await policyBy(env);
    assert.deepEqual(isTaken ? text.length : text.message.split(' ').slice(1).join(' '), isTaken ? bytes : 'is longer than expected');
  }
});

for (const [mode, level, exit] of [
  ['block', 'error', 1],
  ['audit', 'warning', 0],
]) {
  for (const [name, answer, why] of [
    ['is not there', (response) => response.writeHead(404).end('{"message":"Not Found"}'), /contents\/p\.yml\?ref=c0ffee answers 404/],
    ['cannot be read with the token', (response) => response.writeHead(403).end(), /answers 403/],
    ['comes in part', (response) => response.writeHead(200, { 'content-length': 9 }).write('v', () => response.destroy()), /aborted/],
  ]) {
    test(`a policy file that ${name} is ${level} in ${mode} mode, and the agent is not asked for less`, asRoot, async (t) => {
      const { env } = await before(t, 'p.yml', (_, response) => answer(response));
      const path = folder(t);
      peer(path, 'reply({});');
      const printed = await printedBy(
        `
        import { protect } from '${ROOT}/action/job.mjs';
        console.log(await protect(process.env, ${JSON.stringify(imagePlaces(path))}));`,
        { ...env, ...stepFiles(path), 'INPUT_EGRESS-POLICY': mode },
      );
      assert.match(printed, new RegExp(`^::${level} title=This job is not protected::`));
      assert.match(printed, why);
      assert.match(printed, new RegExp(`\n${exit}$`));
      assert.ok(!existsSync(join(path, 'seen.json')));
    });
  }
}
