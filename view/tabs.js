// The smaller tabs: GitHub API, policy, raw.

function simpleTab(rows, columns, label, nothing) {
  const table = new Table(columns, label, () => rows.length ? 'Nothing fits the filter.' : nothing);
  const count = el('span', { class: 'shown' });
  const node = el('div', null, rows.length ? filterBar([], [], false, count) : null, table.node);
  node.refresh = () => {
    const wanted = words();
    const shown = sorted(rows.filter(r => inBrush(r) && matches(r, wanted)), columns, r => Date.parse(r.first));
    count.textContent = `${number(shown.length)} of ${number(rows.length)}`;
    table.set(shown);
  };
  node.table = table;
  node.find = id => rows.find(r => r.id === id);
  return node;
}

const who = [
  { key: 'process', title: 'process', width: 'minmax(7rem, 1.4fr)', cell: r => text(program(r.process), 28) },
  { key: 'step', title: 'step / container', width: 'minmax(6rem, 1.4fr)', cell: r => text([stepName(r.step), containerName(r.container)].filter(Boolean).join(' · '), 32) },
  { key: 'count', title: 'count', width: '4.5rem', align: 'right', cell: r => number(r.count), sort: r => -r.count },
  { key: 'first', title: 'first', width: '5.5rem', align: 'right', cell: r => since(r.first), sort: r => Date.parse(r.first) },
];

function apiTab() {
  const node = simpleTab(report.apiCalls, [
    { key: 'method', title: 'method', width: '5rem', cell: r => text(r.method, 8) },
    { key: 'route', title: 'route', width: 'minmax(14rem, 4fr)', cell: r => text(r.route ?? r.path, 90), sort: r => r.route ?? r.path },
    { key: 'permission', title: 'permission', width: '10rem', cell: r => text(r.permission ? `${r.permission}: ${r.access}` : '', 30) },
    { key: 'token', title: 'token', width: '5rem', cell: r => text(r.token, 8) }, ...who,
  ], 'calls of the GitHub API', coverageNote('apiCalls', 'the calls of the GitHub API and the permissions of GITHUB_TOKEN that they need')
    ?? 'The GitHub API was not called.');
  const needed = Object.entries(report.permissions);
  if (needed.length) {
    const block = ['permissions:', ...needed.map(([name, need]) => `  ${show(name)}: ${show(need.access)}`)].join('\n');
    node.prepend(el('div', { class: 'block' }, el('pre', null, block), copyButton('copy', block)));
  }
  return node;
}

function policyTab() {
  const missing = new Map();
  for (const rows of [...refused, ...observed]) {
    const line = policyLine(rows[0]);
    if (line && !missing.has(line)) missing.set(line, rows[0]);
  }
  const lines = report.policy.rules.map(rule => el('li', { class: rule.count ? 'used' : 'unused' },
    el('code', null, `  - ${show(rule.text)}`), el('span', null, rule.count
      ? `${many(rule.count, 'connection or question', 'connections and questions')} · ${show(rule.origin)}`
      : `not used by this job · ${show(rule.origin)}`)));
  const added = [...missing].map(([line, row]) => el('li', { class: 'added' }, el('code', null, `+ - ${line}`),
    el('span', null, `${row.verdict} · ${cut(show(program(row.process)), 28)} · ${cut(show(why(row)), 100)}`)));
  const paste = ['allow:', ...[...missing.keys()].map(line => `  - ${line.startsWith('[') ? `"${line}"` : line}`)].join('\n');
  const node = el('div', { class: 'policy' },
    el('p', null, 'In force: ', report.policy.source ? text(report.policy.source, 100) : 'no policy was given', '.'),
    lines.length + added.length ? el('ul', { class: 'diff' }, lines, added)
      : el('p', { class: 'empty' }, 'No rules, and nothing that would need one. Here would be this job’s need against the policy in force.'),
    missing.size ? el('div', { class: 'block' }, el('pre', null, paste), copyButton('copy', paste)) : null);
  node.refresh = () => {};
  return node;
}

function rawTab() {
  const tables = ['connections', 'dns', 'processes', 'files', 'apiCalls', 'findings', 'containers', 'steps'];
  const summary = { ...report };
  for (const name of tables) if (report[name].length > 20) summary[name] = `… ${report[name].length} rows: choose one in its tab to see it whole`;
  const hide = (key, value) => key === 'searchText' || key === 'depth' ? undefined : value;
  const node = el('div', null, el('div', { class: 'filters' },
    copyButton('copy report.json', JSON.stringify(report, hide, 2))), el('pre', { class: 'raw' }, JSON.stringify(summary, hide, 2)
    .replace(/[^\x20-\x7e\n]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0'))));
  node.refresh = () => {};
  return node;
}
