// Tab of the process tree.

// What is open, and what was met already: both outlive the drawing, so that a job that runs closes nothing and opens
// only what is new.
const opened = new Set();
const met = new Set();

function processesTab() {
  const children = new Map();
  const roots = [];
  for (const p of report.processes) {
    if (p.parent !== null && processes.has(p.parent) && p.parent !== p.id) {
      if (!children.has(p.parent)) children.set(p.parent, []);
      children.get(p.parent).push(p);
    } else {
      roots.push(p);
    }
  }
  // Small trees open; large ones open on the path to what needs somebody.
  const open = opened;
  for (const p of report.processes.length <= 300 ? report.processes : roots) {
    if (!met.has(p.id)) open.add(p.id);
    met.add(p.id);
  }
  const marked = new Map();
  for (const rows of [...refused, ...observed]) for (const row of rows) {
    if (!marked.has(row.process) || row.verdict === 'refused') marked.set(row.process, row.verdict);
  }
  for (const finding of report.findings) if (!marked.has(finding.process)) marked.set(finding.process, 'warning');
  for (const id of marked.keys()) {
    if (!met.has(`marked ${id}`)) for (const p of ancestry(id)) open.add(p.id);
    met.add(`marked ${id}`);
  }

  const columns = [
    { key: 'command', title: 'process', width: 'minmax(20rem, 5fr)', cell: p => {
      const node = el('span', { class: 'tree' },
        children.has(p.id) ? toggle(p.id, open.has(p.id), () => flip(p)) : el('span', { class: 'toggle' }),
        marked.has(p.id) ? el('b', { class: `sign ${marked.get(p.id)}` }, SIGNS[marked.get(p.id)] ?? '!') : null,
        p.unlinked ? el('span', { class: 'badge warning' }, 'deleted') : null,
        el('span', { class: p.executed ? 'data' : 'data faint', title: show(command(p.exe, p.argv)) }, cut(show(command(p.exe, p.argv)), 130)));
      node.style.paddingLeft = `${Math.min(24, p.depth ?? 0) * 14}px`;
      return node;
    } },
    { key: 'pid', title: 'pid', width: '5rem', align: 'right', cell: p => String(p.pid) },
    { key: 'step', title: 'step / container', width: 'minmax(6rem, 1.4fr)', cell: p => text([stepName(p.step), containerName(p.container)].filter(Boolean).join(' · '), 32) },
    { key: 'started', title: 'started', width: '6rem', align: 'right', cell: p => p.started ? since(p.started) : '' },
    { key: 'lasted', title: 'lasted', width: '6rem', align: 'right', cell: p => p.started && p.ended ? duration(seconds(p.ended) - seconds(p.started)) : p.started ? 'to the end' : '' },
    { key: 'hash', title: 'sha-256', width: '7rem', cell: p => p.sha256 ? el('span', { class: 'data', title: p.sha256 }, p.sha256.slice(0, SHORT_HASH)) : '' },
    { key: 'exit', title: 'exit', width: '5rem', align: 'right', cell: p => p.signal !== null ? `signal ${p.signal}` : p.exitCode !== null ? String(p.exitCode) : '' },
  ];
  const table = new Table(columns, 'processes', () => report.processes.length ? 'Nothing fits the filter.'
    : coverageNote('processes', 'the tree of all processes') ?? 'No process was seen.');
  const count = el('span', { class: 'shown' });
  const tab = el('div', null, filterBar([], [], false, count,
    el('button', { type: 'button', onclick: () => { for (const id of processes.keys()) open.add(id); tab.refresh(); } }, 'open all'),
    el('button', { type: 'button', onclick: () => { open.clear(); tab.refresh(); } }, 'close all')), table.node);
  tab.refresh = () => {
    const wanted = words();
    const filtered = wanted.length > 0 || state.from !== null;
    let keep = null;
    if (filtered) {
      keep = new Set();
      for (const p of report.processes) {
        if (inBrush(p) && matches(p, wanted)) for (const a of ancestry(p.id)) keep.add(a.id);
      }
    }
    if (state.row && processes.has(state.row)) for (const p of ancestry(state.row).slice(0, -1)) open.add(p.id);
    const rows = [];
    const seen = new Set();
    const stack = roots.map(p => [p, 0]).reverse();
    while (stack.length) {
      const [p, depth] = stack.pop();
      if (seen.has(p.id) || (keep && !keep.has(p.id))) continue;
      seen.add(p.id);
      p.depth = depth;
      rows.push(p);
      if (open.has(p.id) || keep) for (const child of (children.get(p.id) ?? []).slice().reverse()) stack.push([child, depth + 1]);
    }
    count.textContent = `${number(rows.length)} of ${number(report.processes.length)}`;
    table.set(rows);
  };
  const flip = p => {
    if (!open.delete(p.id)) open.add(p.id);
    // What is chosen below it would open it again.
    if (state.row !== p.id && ancestry(state.row).includes(p)) go({ row: p.id }, true);
    else tab.refresh();
  };
  // As in any tree: to the right opens, then goes to the first child; to the left closes, then goes to the parent.
  table.fold = (p, wanted) => {
    const below = children.get(p.id);
    if (below && open.has(p.id) !== wanted) flip(p);
    else if (wanted && below) go({ row: below[0].id }, true);
    else if (!wanted && processes.has(p.parent)) go({ row: p.parent }, true);
  };
  tab.table = table;
  tab.find = id => processes.get(id);
  return tab;
}
