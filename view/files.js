// Tab of files: what git tracks and somebody else changed comes first, then folders with how many changes each has, closed.

const folderOf = path => path.slice(0, path.lastIndexOf('/')) || '/';
const TRACKED = 'tracked by git';

const fileColumns = [
  { key: 'change', title: 'change', width: '7rem', cell: r => text(r.change, 12), sort: r => r.change },
  { key: 'path', title: 'path', width: 'minmax(16rem, 4fr)', cell: r => text(r.target ? `${r.path} → ${r.target}` : r.path, 90), sort: r => r.path },
  { key: 'tracked', title: 'tracked', width: '5rem', cell: r => r.tracked ? 'by git' : '' }, ...who,
];

// Folders that are open; they outlive the drawing.
const openedFolders = new Set();

function filesTab() {
  const all = report.files;
  const table = new Table(fileColumns, 'changes of files', () => all.length ? 'Nothing fits the filter.'
    : coverageNote('files', 'the files that the job created, linked, wrote, renamed and removed, tampered ones first') ?? 'No file was changed.');
  const groups = {
    folder: r => folderOf(r.path), process: r => program(r.process), step: r => stepName(r.step) || 'no step', none: null,
  };
  const count = el('span', { class: 'shown' });
  const node = el('div', null, all.length ? filterBar([], ['by folder, closed', ...Object.keys(groups)], false, count) : null, table.node);
  node.refresh = () => {
    const wanted = words();
    const rows = sorted(all.filter(r => inBrush(r) && matches(r, wanted)), fileColumns, r => Date.parse(r.first));
    count.textContent = `${number(rows.length)} of ${number(all.length)}`;
    const keyOf = groups[state.group];
    const linked = state.row ? node.find(state.row) : null;
    if (linked) openedFolders.add(folderOf(linked.path));
    table.set(keyOf ? largestFirst(rows, r => r.tracked ? TRACKED : keyOf(r))
      : keyOf === null ? [...rows.filter(r => r.tracked), ...rows.filter(r => !r.tracked)]
        : folders(rows, wanted.length > 0 || state.from !== null));
  };
  const folders = (rows, isFiltered) => {
    const tracked = rows.filter(r => r.tracked);
    const largest = [...Map.groupBy(rows.filter(r => !r.tracked), r => folderOf(r.path))].sort((a, b) => b[1].length - a[1].length);
    return [
      ...tracked.length ? [changesOf(TRACKED, tracked), ...tracked] : [],
      ...largest.flatMap(([folder, members]) => {
        const open = isFiltered || openedFolders.has(folder);
        return [{ ...changesOf(folder, members), id: `folder ${folder}`, open, flip: () => flip(folder, members) }, ...open ? members : []];
      }),
    ];
  };
  const flip = (folder, members) => {
    if (!openedFolders.delete(folder)) openedFolders.add(folder);
    // What is chosen in it would open it again.
    if (members.some(r => r.id === state.row)) go({ row: '' }, true);
    else node.refresh();
  };
  table.fold = (row, wanted) => {
    const folder = row.flip ? null : `folder ${folderOf(row.path)}`;
    if (row.flip && row.open !== wanted) row.flip();
    else if (!wanted && table.rows.some(r => r.id === folder)) go({ row: folder }, true);
  };
  node.table = table;
  node.find = id => all.find(r => r.id === id);
  return node;
}

const changesOf = (heading, members) => ({ heading, note: `· ${many(members.length, 'change', 'changes')}` });

// What git tracks is never behind a large folder.
function largestFirst(rows, keyOf) {
  const groups = Map.groupBy(rows, keyOf);
  const order = [...groups].sort((a, b) => (b[0] === TRACKED) - (a[0] === TRACKED) || b[1].length - a[1].length);
  return order.flatMap(([key, members]) => [changesOf(key, members), ...members]);
}
