// Tab of connections and DNS questions, and what its filter bar shares with other tabs.

const zone = name => isAddress(name) ? name : name.split('.').slice(-2).join('.');
const coverageNote = (part, what) => report.coverage[part] === 'notObserved'
  ? `Not observed in this run. Here would be ${what}.` : null;
const dnsRow = row => ({ ...row, destination: row.name, port: 0, protocol: `dns ${row.type}`, address: row.addresses.join(' '),
  bytesIn: 0, bytesOut: 0, sni: null, leasedName: null, isName: true });

const networkColumns = () => [
  { key: 'verdict', title: 'verdict', width: '7.5rem', cell: r => badge(r.verdict), sort: r => ['refused', 'observed', 'allowed'].indexOf(r.verdict) },
  { key: 'destination', title: 'destination', width: 'minmax(14rem, 3fr)', sort: r => r.destination,
    cell: r => [text(r.isName ? r.destination : endpoint(r), 64), r.reason === 'name' && isMismatch(r) ? el('em', null, ' ≠ ', text(r.leasedName, 30)) : null] },
  ...compared ? [{ key: 'new', title: 'new?', width: '4.5rem', sort: r => r.new === true ? 0 : r.new === false ? 1 : 2,
    cell: r => r.new === true ? el('span', { class: 'badge warning' }, '+ new') : r.new === false ? 'known' : '' }] : [],
  { key: 'protocol', title: 'protocol', width: '5.5rem', cell: r => text(r.protocol, 10), sort: r => r.protocol },
  { key: 'process', title: 'process', width: 'minmax(7rem, 1.4fr)', cell: r => text(program(r.process), 28), sort: r => program(r.process) },
  { key: 'step', title: 'step / container', width: 'minmax(6rem, 1.4fr)', sort: r => stepName(r.step) + containerName(r.container),
    cell: r => text([stepName(r.step), containerName(r.container)].filter(Boolean).join(' · '), 32) },
  { key: 'received', title: 'received', width: '5.5rem', align: 'right', cell: r => r.isName ? '' : bytes(r.bytesIn), sort: r => -r.bytesIn },
  { key: 'sent', title: 'sent', width: '5.5rem', align: 'right', cell: r => r.isName ? '' : bytes(r.bytesOut), sort: r => -r.bytesOut },
  { key: 'count', title: 'count', width: '4.5rem', align: 'right', cell: r => number(r.count), sort: r => -r.count },
  { key: 'first', title: 'first', width: '5.5rem', align: 'right', cell: r => since(r.first), sort: r => Date.parse(r.first) },
];

function networkTab() {
  const all = [...report.connections, ...report.dns.map(dnsRow)];
  const columns = networkColumns();
  const table = new Table(columns, 'connections and DNS questions', () => all.length
    ? 'Nothing fits the filter.'
    : coverageNote('connections', 'every connection and DNS question') ?? 'No connection was opened and no name was asked for.');
  const groups = {
    destination: r => r.isName ? r.destination : endpoint(r), step: r => stepName(r.step) || 'no step', process: r => program(r.process),
    zone: r => zone(r.destination),
  };
  const count = el('span', { class: 'shown' });
  const node = el('div', null, filterBar(['refused', 'observed', 'allowed'], ['not grouped', ...Object.keys(groups)], compared, count), table.node);
  node.refresh = () => {
    const wanted = words();
    let rows = all.filter(r => (!state.verdict || r.verdict === state.verdict)
      && (!state.new || r.new === (state.new === 'new')) && inBrush(r) && matches(r, wanted));
    count.textContent = `${number(rows.length)} of ${number(all.length)}`;
    rows = sorted(rows, columns, r => ['refused', 'observed', 'allowed'].indexOf(r.verdict));
    if (groups[state.group]) rows = grouped(rows, groups[state.group]);
    table.set(rows);
  };
  node.table = table;
  node.find = id => all.find(r => r.id === id);
  return node;
}

function grouped(rows, keyOf) {
  const groups = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  return [...groups].flatMap(([key, members]) => [{ heading: key, note: `· ${extent(members)}` }, ...members]);
}

// How many rows, and of how many processes and steps: what is not known is none.
function extent(rows) {
  const distinct = name => new Set(rows.map(r => r[name]).filter(id => id !== null)).size;
  const [who, where] = [distinct('process'), distinct('step')];
  return [many(rows.length, 'row', 'rows'), who ? many(who, 'process', 'processes') : '', where ? many(where, 'step', 'steps') : ''].filter(Boolean).join(' · ');
}

// Of the groups the first is what stands without one.
function filterBar(verdicts, groups, withNew, ...more) {
  const field = el('input', { type: 'search', placeholder: 'filter: press /', 'aria-label': 'filter', spellcheck: 'false',
    oninput: () => go({ q: field.value }, true) });
  const choose = (name, label, options) => {
    const select = el('select', { 'aria-label': label, onchange: () => go({ [name]: select.value }, true) },
      el('option', { value: '' }, label), options.map(o => el('option', { value: o }, o)));
    select.dataset.state = name;
    return select;
  };
  field.dataset.state = 'q';
  return el('div', { class: 'filters' }, field,
    verdicts.length ? choose('verdict', 'every verdict', verdicts) : null,
    withNew ? choose('new', 'new and known', ['new', 'known']) : null,
    groups.length ? choose('group', groups[0], groups.slice(1)) : null, ...more);
}
