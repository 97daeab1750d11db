// Tab of files: what git tracks and somebody else changed comes first, then folders with how many changes each has.

const folderOf = path => path.slice(0, path.lastIndexOf('/')) || '/';
const TRACKED = 'tracked by git';

const fileColumns = [
  { key: 'change', title: 'change', width: '7rem', cell: r => text(r.change, 12), sort: r => r.change },
  { key: 'path', title: 'path', width: 'minmax(16rem, 4fr)', cell: r => text(r.path, 90), sort: r => r.path },
  { key: 'tracked', title: 'tracked', width: '5rem', cell: r => r.tracked ? 'by git' : '' }, ...who,
];

function filesTab() {
  const all = report.files;
  const table = new Table(fileColumns, 'changes of files', () => all.length ? 'Nothing fits the filter.'
    : coverageNote('files', 'the files that the job created, wrote, renamed and removed, tampered ones first') ?? 'No file was changed.');
  const groups = {
    folder: r => folderOf(r.path), process: r => program(r.process), step: r => stepName(r.step) || 'no step',
  };
  const count = el('span', { class: 'shown' });
  const node = el('div', null, all.length ? filterBar([], Object.keys(groups), false, count) : null, table.node);
  node.refresh = () => {
    const wanted = words();
    const rows = sorted(all.filter(r => inBrush(r) && matches(r, wanted)), fileColumns, r => Date.parse(r.first));
    count.textContent = `${number(rows.length)} of ${number(all.length)}`;
    const keyOf = groups[state.group];
    table.set(keyOf ? largestFirst(rows, r => r.tracked ? TRACKED : keyOf(r)) : [...rows.filter(r => r.tracked), ...rows.filter(r => !r.tracked)]);
  };
  node.table = table;
  node.find = id => all.find(r => r.id === id);
  return node;
}

// What git tracks is never behind a large folder.
function largestFirst(rows, keyOf) {
  const groups = Map.groupBy(rows, keyOf);
  const order = [...groups].sort((a, b) => (b[0] === TRACKED) - (a[0] === TRACKED) || b[1].length - a[1].length);
  return order.flatMap(([key, members]) => [{ heading: key, note: `· ${many(members.length, 'change', 'changes')}` }, ...members]);
}
