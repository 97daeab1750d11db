// The report: its tables by id, and what is said of a row. A job that runs is taken again and again.

let report, start, processes, steps, containers, end, refused, observed, compared, fresh, lost;
const seconds = time => (Date.parse(time) - start) / 1000;

function take(next) {
  report = next;
  start = report.started ? Date.parse(report.started) : 0;
  processes = new Map(report.processes.map(p => [p.id, p]));
  steps = new Map(report.steps.map(s => [s.id, s]));
  containers = new Map(report.containers.map(c => [c.id, c]));
  end = Math.max(0.001, report.ended ? seconds(report.ended) : lastMoment());
  refused = decisions('refused');
  observed = decisions('observed');
  // Rows carry `new` only when the run was compared with an earlier one: null means not compared.
  compared = report.connections.some(row => typeof row.new === 'boolean');
  fresh = newDestinations();
  lost = Object.entries(report.losses).reduce((sum, [reason, n]) => sum + (MARKS.has(reason) ? 0 : n), 0);
}

// Losses that count no events.
const MARKS = new Set(['recording-start', 'recording-truncated', 'recording-tampered', 'recording-unreadable', 'before-protection']);

// Since when the job was protected; null where the report does not say.
function protection() {
  const own = report.protection;
  if (!own) return null;
  const seconds = duration(own.uncoveredSeconds);
  return own.fromStart ? `in force before every step${own.uncoveredSeconds ? `, ${seconds} after the job’s worker started` : ''}`
    : own.stepsBefore.length
      ? `${many(own.stepsBefore.length, 'step', 'steps')} ran before protection began (${seconds}): ${own.stepsBefore.map(show).join(', ')}`
      : `the job had begun ${seconds} before protection; which steps ran then is not known`;
}

function lastMoment() {
  let last = 0;
  for (const row of report.connections) last = Math.max(last, seconds(row.last));
  for (const p of report.processes) last = Math.max(last, p.ended ? seconds(p.ended) : p.started ? seconds(p.started) : 0);
  // Sorted by their first time.
  return Math.max(last, ...report.files.slice(-1).map(row => seconds(row.first)));
}

const since = time => {
  const s = seconds(time);
  return el('time', { datetime: time, title: time }, (s < 0 ? '-' : '+') + duration(Math.abs(s)));
};
const base = path => path.slice(path.lastIndexOf('/') + 1);

// argv[0] is what the caller claims; it stands alone only where it begins the executable's own name.
function programName(exe, argv) {
  const claimed = argv.length ? base(argv[0]).replace(/^-+/, '') : '';
  if (!exe) return claimed || 'unknown program';
  const name = base(exe);
  if (!claimed || claimed === name) return name;
  return claimed.length > 1 && name.startsWith(claimed) ? claimed : `${claimed} (${name})`;
}

const quote = arg => arg === '' || /[\s"'|&;<>()$`]/.test(arg) ? `"${arg.replaceAll('"', '\\"')}"` : arg;
const command = (exe, argv) => [programName(exe, argv), ...argv.slice(1).map(quote)].join(' ');
const program = id => processes.has(id) ? programName(processes.get(id).exe, processes.get(id).argv) : 'unknown process';
const stepName = id => !id ? '' : steps.get(id)?.name ?? id;
const containerName = id => {
  if (!id) return '';
  const c = containers.get(id);
  return c?.image ?? c?.name ?? id.slice(0, 12);
};

function ancestry(id) {
  const chain = [];
  for (let p = processes.get(id), depth = 0; p && depth < 64; p = processes.get(p.parent), depth++) chain.unshift(p);
  return chain;
}

function breadcrumb(id) {
  const chain = ancestry(id).filter((p, i) => p.executed || i === 0);
  if (!chain.length) return el('p', { class: 'chain' }, 'an unknown process');
  const parts = chain.flatMap(p => [...p.earlier.map(e => [p, command(e.exe, e.argv)]), [p, command(p.exe, p.argv)]]);
  return el('ol', { class: 'chain', 'aria-label': 'process ancestry' }, parts.map(([p, line], i) =>
    el('li', null, el('a', { href: hashOf({ tab: 'processes', row: p.id }), class: i === parts.length - 1 ? 'leaf' : null,
      title: show(line) }, cut(show(line), i === parts.length - 1 ? 100 : 44)))));
}

const isAddress = host => /^[0-9.]+$/.test(host) || (host.includes(':') && /^[0-9a-f:.]+$/.test(host));
const endpoint = row => (row.destination.includes(':') && isAddress(row.destination) ? `[${row.destination}]` : row.destination)
  + (row.port ? `:${row.port}` : '');
const isMismatch = row => row.sni !== null && row.leasedName !== null && row.sni.toLowerCase() !== row.leasedName.toLowerCase();

function why(row) {
  if (row.reason === 'name' && row.sni !== undefined && isMismatch(row)) {
    return `it said ${row.sni || 'no name'}, but the job had asked for ${row.leasedName}`;
  }
  const rule = row.rule ? `: ${row.rule}${row.ruleOrigin ? ` (${row.ruleOrigin})` : ''}` : '';
  return (REASONS[row.reason] ?? row.reason) + rule;
}

// The line of policy that would allow it, as the agent's text report says it; null when none would.
function policyLine(row) {
    // Of an allowed name without a lease only a rule for the address would change something.
  const host = (row.reason === 'no-lease' ? row.address : row.destination) ?? row.name;
  if (!/^[a-z0-9._-]{1,253}$/.test(host) && !isAddress(host)) return null;
  const name = host.includes(':') ? `[${host}]` : host;
  if (row.destination === undefined) {
    return ['no-rule', 'name'].includes(row.reason) && ['A', 'AAAA'].includes(row.type) ? `${name}:443` : null;
  }
  const plain = ['no-rule', 'no-lease', 'port', 'name'].includes(row.reason);
  if (row.protocol === 'tcp' && ['no-name', 'name-malformed'].includes(row.reason)) return `tcp://${name}:${row.port}`;
  if (row.protocol === 'tcp' && (plain || row.reason === 'dns-tcp')) return `${name}:${row.port}`;
  if (row.protocol === 'udp' && plain) return `udp://${name}:${row.port}`;
  if (row.protocol === 'icmp' && (plain || row.reason === 'protocol')) return `icmp://${name}`;
  return null;
}

// Rows that differ only by process are one thing to decide about.
function decisions(verdict) {
  const groups = new Map();
  const names = new Set();
  const add = (key, row) => groups.has(key) ? groups.get(key).push(row) : groups.set(key, [row]);
  for (const row of report.connections) {
    if (row.verdict !== verdict) continue;
    names.add(row.destination);
    add(JSON.stringify([row.destination, row.port, row.protocol, row.reason, row.leasedName]), row);
  }
  for (const row of report.dns) {
    if (row.verdict === verdict && !names.has(row.name)) add(JSON.stringify(['dns', row.name, row.reason]), row);
  }
  return [...groups.values()].sort((a, b) => Date.parse(a[0].first) - Date.parse(b[0].first));
}

function newDestinations() {
  const groups = new Map();
  for (const row of report.connections) {
    if (row.new !== true) continue;
    const key = JSON.stringify([row.protocol, row.destination, row.port]);
    if (groups.has(key)) groups.get(key).push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()].sort((a, b) => Date.parse(a[0].first) - Date.parse(b[0].first));
}
