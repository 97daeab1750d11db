// The action's inputs as they were written. What they mean is the agent's business.
import { isAbsolute, relative, resolve } from 'node:path';
import { download } from './download.mjs';

const MAX_POLICY_BYTES = 64 * 1024; // A request to the agent has no more.
const POLICIES = ['allowed-endpoints', 'policy-file', 'policy', 'use-policy-store'];
const NAMES = [
  ...POLICIES, 'egress-policy', 'api-key', 'server-url', 'implicit', 'fail-on', 'sudo', 'disable-sudo',
  'disable-sudo-and-containers', 'disable-file-monitoring', 'disable-telemetry', 'deploy-on-self-hosted-vm',
];

export const input = (env, name) => (env[`INPUT_${name.toUpperCase()}`] ?? '').trim();

/** What the agent gets: untrimmed, for the lines to count. For a server without a key: GitHub's token of this job. */
export async function given(env) {
  const all = Object.fromEntries(NAMES.filter((name) => input(env, name)).map((name) => [name, env[`INPUT_${name.toUpperCase()}`]]));
  if (all['server-url'] && !all['api-key'] && env.ACTIONS_ID_TOKEN_REQUEST_URL && URL.canParse(input(env, 'server-url'))) {
    const url = `${env.ACTIONS_ID_TOKEN_REQUEST_URL}&audience=sallyport:${new URL(input(env, 'server-url')).hostname}`;
    const token = download(url, MAX_POLICY_BYTES, { authorization: `Bearer ${env.ACTIONS_ID_TOKEN_REQUEST_TOKEN}` });
    all['api-key'] = await token.then((bytes) => JSON.parse(bytes).value).catch(() => undefined); // The agent says that it has none.
  }
  return all;
}

/** Whether a failure fails the step (block) or warns (audit), while no agent says which is meant. In doubt: block. */
export function askedMode(env) {
  const unsaid = POLICIES.some((name) => input(env, name) !== '') ? 'block' : 'audit';
  return (input(env, 'egress-policy') || unsaid) === 'audit' ? 'audit' : 'block';
}

/** policy-file, or null: of the repository, at the commit that runs. What stands in the workspace an earlier job or step may have left. */
export async function policyText(env) {
  const path = input(env, 'policy-file');
  const inside = isAbsolute(path) ? relative(env.GITHUB_WORKSPACE || '/', path) : path;
  if (path === '' || (isAbsolute(path) && inside.startsWith('../'))) {
    return path === '' ? null : Promise.reject(new Error(`policy-file is a path of the repository, not of the machine: ${path}`));
  }
  const url = new URL(`${env.GITHUB_API_URL}/repos/${env.GITHUB_REPOSITORY}/contents/`);
  url.pathname += resolve('/', inside).slice(1).split('/').map(encodeURIComponent).join('/'); // The root is its own parent.
  url.searchParams.set('ref', env.GITHUB_SHA);
  const headers = { accept: 'application/vnd.github.raw+json', authorization: `Bearer ${input(env, 'token')}` };
  return (await download(url, MAX_POLICY_BYTES, headers)).toString();
}
