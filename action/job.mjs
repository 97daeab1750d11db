// The job's protection: its start and its end. What goes wrong fails the step in block mode and warns in audit.
import { readFileSync } from 'node:fs';
import { PLACES, existing, install, isServed } from './agent.mjs';
import { ask, asRoot, refusal } from './call.mjs';
import { askedMode, given, input, policyText } from './inputs.mjs';
import { annotate, say, summarise, write } from './runner.mjs';

const [START_MS, STOP_MS, spentMs] = [10_000, 60_000, new WeakMap()];
const isContained = (env) => env.GITHUB_WORKSPACE?.startsWith('/__w/') === true;
const CONTAINED = 'out of a `container:` no agent can be asked: whether a service of the machine watches this job, by its own policy, is not known here';
const list = (value) => (Array.isArray(value) ? value.filter((entry) => entry !== null) : []);
const notice = ({ level, title, message }) => ({ level, title, message });

/** Whether the agent counts this process as one of a job, and that job has this step's inputs. Unlike a state, no earlier step can forge that. */
export async function standing(env, places = PLACES) {
  const { yours, taken } = await askService(env, places, 'status', 'status', inTime).catch(() => ({})); // Starting says why.
  say(yours ? `job ${yours} is protected since before this step` : isContained(env) ? CONTAINED : 'this job is not protected yet');
  return { isWatched: Boolean(yours), isTaken: Boolean(yours) && taken === true };
}

/** The runner takes outputs from main alone: where the job's files are, how many refusals there are so far, and how to ask again. */
export async function tell(env, places = PLACES) {
  const so = await askService(env, places, 'stop', 'report').catch(() => null); // Main has said why.
  (so ? ['report', 'recording', 'refused', 'findings', 'agent'] : []).forEach((name) => write(env.GITHUB_OUTPUT, name, so[name] ?? ''));
}

/** All that a step asks before it lets the job go on has START_MS together. */
const inTime = (env, type, command, request, began = Date.now(), before = spentMs.get(env) ?? 0) =>
  ask(type, command, Math.max(START_MS - before, 1), request).finally(() => spentMs.set(env, before + Date.now() - began));

async function askService(env, places, verb, type, asking = (_, ...question) => ask(...question, STOP_MS)) {
  const agent = isServed(places) && (existing(env, places) ?? existing({}, places));
  return agent ? { ...await asking(env, type, [agent, 'job', verb, '--json']), agent }
    : Promise.reject(refusal('failed', isContained(env) ? CONTAINED : 'no agent answers on this machine'));
}

export async function protect(env, places = PLACES, isWatched = false) {
  let [mode, unprotected, notices] = [askedMode(env), '', []];
  try {
    const reply = await start(env, places);
    mode = reply.mode === 'audit' ? 'audit' : 'block';
    notices.push(...started(reply));
    if (mode === 'block' && !['enforcing', 'degraded'].includes(reply.inForce)) {
      throw refusal('cannot-enforce', `the agent is ${reply.inForce}, and was asked to block`);
    }
  } catch (failure) {
    unprotected = `${failure.message} [${failure.code ?? 'failed'}]`;
    const title = isWatched || isContained(env) ? 'These inputs are not in force' : 'This job is not protected';
    notices.push({ level: mode === 'block' ? 'error' : 'warning', title, message: unprotected });
    notices.push(...list(failure.mistakes).map((mistake) => described(mistake, env)));
  }
  annotate(notices);
  write(env.GITHUB_STATE, 'mode', mode);
  write(env.GITHUB_STATE, 'unprotected', isWatched || isContained(env) ? '' : unprotected);
  return unprotected && mode === 'block' ? 1 : 0;
}

async function start(env, places) {
  const served = isServed(places);
  if (process.platform !== 'linux') {
    throw refusal('unsupported', `protection needs Linux, not ${process.platform}`);
  } else if (isContained(env) && !served) {
    throw refusal('unsupported', CONTAINED);
  }
  const request = { v: 1, type: 'job.start', inputs: await given(env), policy: await policyText(env) };
  const command = [existing(env, places) ?? await install(env, places), 'job', 'start', '--inputs', '-', '--json'];
  const begin = (line) => inTime(env, 'started', line, JSON.stringify(request));
  const byRoot = () => begin(asRoot(command)); // An agent that the job before has left covers a job for root alone.
  return served ? begin(command).catch((no) => (no.code === 'not-permitted' ? byRoot() : Promise.reject(no))) : byRoot();
}

function started({ job, mode, inForce, degraded, policy, agent, coverage, notices }) {
  say(`${mode} · ${inForce} · job ${job} · agent ${agent?.version} (${agent?.origin}) · ${policy?.reason}`);
  say(`${policy?.rules} rules from ${policy?.from} · implicit: ${list(policy?.implicit).join(' ') || 'none'}`);
  const late = `it began ${coverage?.uncoveredSeconds} s after the job; steps that ran before: ${list(coverage?.stepsBefore).join(', ') || 'not known'}`;
  const gaps = coverage?.fromStart === true ? list(degraded) : [late, ...list(degraded)];
  return [...gaps.map((message) => notice({ title: 'Protection has gaps', message })), ...list(notices).map(notice)];
}

/** Lines of an input are its own, not the workflow file's; those of policy-file are lines of that file. */
function described({ input: name, line, column, value, accepted, message }, env) {
  const place = name === 'policy-file' && line > 0 ? { file: input(env, name), line, col: column } : {};
  const title = line > 0 ? `${name}, line ${line}, column ${column}` : name;
  return { level: 'error', title, message: `'${value}': ${message}; accepted: ${accepted}`, ...place };
}

export async function finish(env, places = PLACES) {
  let [failed, notices] = [(env.STATE_mode || askedMode(env)) === 'block', []];
  try {
    const report = await askService(env, places, 'stop', 'report');
    failed = report.failed !== false;
    notices.push(...ended(report));
    summarise(env.GITHUB_STEP_SUMMARY, readFileSync(report.summaryPath));
  } catch (failure) {
    const title = env.STATE_unprotected ? 'This job ran without protection' : 'No report: nothing shows protection';
    notices.push({ level: failed ? 'error' : 'warning', title, message: env.STATE_unprotected || failure.message });
    summarise(env.GITHUB_STEP_SUMMARY, Buffer.from(`## Sallyport: ${title}\n`));
  }
  annotate(notices);
  return failed ? 1 : 0;
}

function ended(report) {
  say(`${report.mode} · ${report.inForce} · ${report.complete === true ? 'complete' : 'INCOMPLETE'}`);
  say(`${report.refused} refused · ${report.findings} findings · report ${report.report} · seal ${report.seal}`);
  const matched = { level: 'error', title: 'fail-on', message: `matched: ${list(report.failures).join(', ')}` };
  return [...(report.failed === false ? [] : [matched]), ...list(report.annotations).map(notice)];
}
