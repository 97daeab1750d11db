// Which file the agent is, and that it is the one that this action expects, before anything runs it as root.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, lstatSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { asRoot, refusal, run } from './call.mjs';
import { download } from './download.mjs';
import { input } from './inputs.mjs';

const COMMAND_MS = 20_000;
/** Not /opt: on GitHub's own images everybody may write there. */
export const PLACES = {
  socket: '/run/sallyport/control.sock',
  image: ['/usr/bin/sallyport', '/usr/local/bin/sallyport'],
  install: '/usr/lib/sallyport',
  action: new URL('.', import.meta.url).pathname,
};

/** The path without links, when it and all folders above are root's and nobody else can write to them; else null. */
export function ofRootAlone(path) {
  try {
    const real = realpathSync(path);
    const chain = real.split('/').map((_, index, names) => lstatSync(names.slice(0, index + 1).join('/') || '/'));
    return chain.every(({ uid, mode }) => uid === 0 && (mode & 0o022) === 0) ? real : null;
  } catch {
    return null;
  }
}

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');
const isRight = (path, sha256) => ofRootAlone(path) === path && hashOf(readFileSync(path)) === sha256;

function expected(places) {
  const { version, agents } = JSON.parse(readFileSync(join(places.action, 'agent.json'), 'utf8'));
  return { version, ...agents[process.arch], installed: join(places.install, version, 'sallyport') };
}

/** The agent that is on the machine: the one named, else the image's own, or one that this action has installed. Null: none. */
export function existing(env, places) {
  const named = input(env, 'agent-path');
  const { installed, sha256 } = expected(places);
  return (named ? [named] : places.image).map(ofRootAlone).find((path) => path !== null)
    ?? (!named && isRight(installed, sha256) ? installed : null);
}

/** Whether a service is there to be asked, without root: a socket that only root can have made. */
export const isServed = ({ socket }) => ofRootAlone(dirname(socket)) !== null
  && lstatSync(socket, { throwIfNoEntry: false })?.isSocket() === true;

/** Installs the file that was named, the one beside this action, or the release of its repository. */
export async function install(env, places) {
  const { version, file, bytes, sha256, installed } = expected(places);
  const mayDeploy = env.RUNNER_ENVIRONMENT === 'github-hosted' || /^true$/i.test(input(env, 'deploy-on-self-hosted-vm'));
  if (!sha256 || !mayDeploy) {
    const none = file ? 'agent.json has no hashes: this is no release' : `this action has none for ${process.arch}`;
    const why = sha256 ? 'deploy-on-self-hosted-vm is not true' : none;
    throw refusal('unsupported', `this machine has no agent, and ${why}; else have an agent in the machine's image`);
  }
  const local = input(env, 'agent-path') || join(places.action, file);
  const url = `${env.GITHUB_SERVER_URL}/${env.GITHUB_ACTION_REPOSITORY}/releases/download/v${version}/${file}`;
  const isLocal = input(env, 'agent-path') !== '' || existsSync(local);
  const agent = isLocal ? readFileSync(local) : await download(url, bytes);
  if (hashOf(agent) !== sha256) {
    throw refusal('failed', `${isLocal ? local : url} was not run: its SHA-256 is ${hashOf(agent)}, not ${sha256}`);
  }
  await copy(agent, installed, sha256, env.RUNNER_TEMP || '/tmp');
  return installed;
}

/** What was hashed goes to a place of root's, is hashed again there, and then gets the name that is run. The job's user
 *  can change the copy on its way, but not what was hashed last. */
async function copy(agent, installed, sha256, temp) {
  const [folder, staged] = [dirname(installed), join(dirname(installed), `.new-${randomBytes(8).toString('hex')}`)];
  const own = mkdtempSync(join(temp, 'sallyport-'));
  const rights = ['-o', 'root', '-g', 'root', '-m', '0755'];
  try {
    writeFileSync(join(own, 'sallyport'), agent, { flag: 'wx', mode: 0o600 });
    await root('/usr/bin/install', '-d', ...rights, dirname(folder), folder);
    await root('/usr/bin/install', ...rights, join(own, 'sallyport'), staged);
    if (!isRight(staged, sha256)) {
      await root('/bin/rm', '-f', staged);
      throw refusal('failed', `others than root can write to ${folder}, or the agent was changed on its way there`);
    }
    await root('/bin/mv', '-f', '-T', staged, installed);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}

const root = (...command) => run(asRoot(command), COMMAND_MS).then(({ code, problem }) => (
  code === 0 || Promise.reject(refusal('not-permitted', `${command[0]} as root: ${problem}`))));
