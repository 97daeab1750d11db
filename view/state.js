// State of the page: everything that a link must bring back stands in the address.

function readHash() {
  const values = new URLSearchParams(location.hash.slice(1));
  return {
    tab: TABS.includes(values.get('tab')) ? values.get('tab') : 'network',
    q: values.get('q') ?? '', verdict: values.get('verdict') ?? '', group: values.get('group') ?? '', new: values.get('new') ?? '',
    sort: values.get('sort') ?? '', row: values.get('row') ?? '',
    from: values.has('from') ? Number(values.get('from')) || 0 : null,
    to: values.has('to') ? Number(values.get('to')) || 0 : null,
  };
}

let state = readHash();

function hashOf(change) {
  const next = { ...state, ...change };
  const values = new URLSearchParams();
  for (const [key, value] of Object.entries(next)) {
    if (value !== '' && value !== null && !(key === 'tab' && value === 'network')) values.set(key, value);
  }
  return '#' + values.toString();
}

// Typing replaces the address; what one clicks adds to the history.
function go(change, replace) {
  const hash = hashOf(change);
  if (!replace && hash === (location.hash || '#')) return;
  // At once, and not when the event of a new address comes: the next key is already for what it leads to.
  history[replace ? 'replaceState' : 'pushState'](null, '', hash);
  update();
}

const inBrush = row => {
  if (state.from === null || state.to === null) return true;
  const first = row.first ?? row.started;
  const last = row.last ?? row.ended ?? (row.started !== undefined ? report.ended : first);
  return (last ? seconds(last) : end) >= state.from && (first ? seconds(first) : 0) <= state.to;
};

const matches = (row, words) => {
  if (!words.length) return true;
  row.searchText ??= searchText(row);
  return words.every(word => row.searchText.includes(word));
};

function searchText(row) {
  const parts = row.argv ? [row.exe, row.argv.join(' '), row.cwd, row.id, row.pid, row.sha256]
    : [row.destination ?? row.name ?? row.path, row.address, row.port, row.protocol ?? row.type, row.verdict, row.reason,
      row.sni, row.leasedName, row.method, program(row.process), stepName(row.step), containerName(row.container)];
  return parts.join(' ').toLowerCase();
}

const words = () => state.q.toLowerCase().split(/\s+/).filter(Boolean);
