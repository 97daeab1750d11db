// Detail of one row, and the page around everything: tabs, footer, keys.

const detail = el('aside', { class: 'detail', 'aria-label': 'detail', hidden: true });

function drawDetail(row) {
  const hadFocus = detail.contains(document.activeElement);
  detail.hidden = !row;
  document.body.classList.toggle('with-detail', Boolean(row));
  if (!row) {
    if (hadFocus) made[state.tab].table?.view.focus({ preventScroll: true });
    return;
  }
  const fields = Object.entries(row).filter(([key]) => !['searchText', 'depth', 'isName', 'argv', 'earlier'].includes(key)
    && !(row.isName && ['destination', 'port', 'protocol', 'address', 'bytesIn', 'bytesOut', 'sni', 'leasedName'].includes(key)));
  detail.replaceChildren(...[
    el('button', { type: 'button', class: 'close', 'aria-label': 'close', onclick: () => go({ row: '' }, true) }, '×'),
    el('h3', null, text(row.isName ? row.name : row.destination !== undefined ? endpoint(row) : row.path ?? row.route ?? base(row.exe ?? row.id), 80)),
    row.verdict ? el('p', null, badge(row.verdict), ` ${cut(show(why(row)), 300)}`) : null,
    breadcrumb(row.argv ? row.id : row.process),
    ...row.tracked ? tamperings(row).map(difference) : [],
    row.argv ? el('pre', { class: 'argv' }, row.argv.map(a => show(quote(a))).join(' \\\n  ')) : null,
    el('dl', null, fields.flatMap(([key, value]) => [el('dt', null, key), el('dd', null,
      value === null ? el('span', { class: 'faint' }, 'null')
        : key === 'process' || key === 'parent' ? el('a', { href: hashOf({ tab: 'processes', row: value }) }, show(value))
          : text(typeof value === 'object' ? JSON.stringify(value) : value))])),
  ].filter(Boolean));
  if (hadFocus) detail.querySelector('.close').focus({ preventScroll: true });
}

// Differences that findings say of a file that git tracks; of its own process, when there is one.
function tamperings(row) {
  const found = report.findings.filter(f => f.evidence.file === row.path && f.evidence.difference);
  const own = found.filter(f => f.process === row.process);
  return (own.length ? own : found).map(f => f.evidence.difference);
}

const root = document.getElementById('report');
const makers = { network: networkTab, processes: processesTab, files: filesTab, api: apiTab, policy: policyTab, raw: rawTab };
let made = {};
let tabButtons, lanes;
const panel = el('div', { role: 'tabpanel', id: 'panel' });

function makeTabs() {
  const sizes = {
    network: report.connections.length + report.dns.length, processes: report.processes.length, files: report.files.length,
    api: report.apiCalls.length, policy: report.policy.rules.length, raw: null,
  };
  return TABS.map(name => el('a', { role: 'tab', id: `tab-${name}`, href: '#', 'data-tab': name, 'aria-controls': 'panel' },
    TITLES[name], sizes[name] === null ? null : el('small', null, ` ${number(sizes[name])}`)));
}

function footer() {
  const losses = Object.entries(report.losses);
  return el('footer', null,
    el('p', null, `sallyport ${show(report.tool.version ?? '')} · Linux ${show(report.job.kernel ?? '?')} ${show(report.job.architecture ?? '')} · `,
      `${many(lost, 'event', 'events')} lost${losses.length ? ': ' + losses.map(([r, n]) => `${show(r)} ${number(n)}`).join(', ') : ''}`),
    report.protection ? el('p', null, protection()) : null,
    report.mode.degraded.length ? el('p', null, 'degraded: ', report.mode.degraded.map(show).join(' ')) : null,
    report.recording?.seal ? el('p', null, 'seal of the recording ', el('code', null, show(report.recording.seal)),
      ': compare it with the one in the job’s log') : null,
    el('p', { class: 'keys' }, 'keys: 1–6 tabs · / filter · ↑ ↓ rows · ← → open and close · in the timeline ← → ↑ ↓ Enter, [ and ] for a span · Esc close'));
}

function update() {
  state = readHash();
  for (const button of tabButtons) {
    const chosen = button.dataset.tab === state.tab;
    button.setAttribute('aria-selected', String(chosen));
    button.tabIndex = chosen ? 0 : -1;
    button.setAttribute('href', hashOf({ tab: button.dataset.tab, row: '', sort: '' }));
  }
  const tab = made[state.tab] ??= makers[state.tab]();
  if (panel.firstChild !== tab) panel.replaceChildren(tab);
  panel.setAttribute('aria-labelledby', `tab-${state.tab}`);
  for (const field of tab.querySelectorAll('[data-state]')) {
    if (document.activeElement !== field) field.value = state[field.dataset.state];
  }
  tab.refresh();
  lanes.refresh();
  drawDetail(state.row ? tab.find?.(state.row) : null);
}

// Draws everything; where one reads, types and points stays as it is.
function draw(next) {
  const back = keep();
  take(next);
  made = {};
  tabButtons = makeTabs();
  lanes = timeline();
  root.replaceChildren(verdictBar(), needsYou(), lanes,
    el('nav', { role: 'tablist', 'aria-label': 'tables' }, tabButtons), panel, footer(), detail);
  update();
  back();
}

function keep() {
  const view = panel.querySelector('.rows');
  const places = [[document.scrollingElement, scrollX, scrollY], [detail, 0, detail.scrollTop], [panel, panel.scrollLeft, panel.scrollTop]];
  const rows = view ? [view.parentNode.scrollLeft, view.scrollTop] : null;
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const name = focused ? nameOf(focused) : null;
  const span = focused && typeof focused.selectionStart === 'number' ? [focused.selectionStart, focused.selectionEnd] : null;
  return () => {
    const now = panel.querySelector('.rows');
    if (rows && now) {
      [now.parentNode.scrollLeft, now.scrollTop] = rows;
      made[state.tab].table.draw();
    }
    if (name) {
      const same = [...root.querySelectorAll('a, button, input, select, [tabindex]')].find(node => nameOf(node) === name);
      same?.focus({ preventScroll: true });
      if (span) same?.setSelectionRange(...span);
    }
    for (const [node, x, y] of places) node?.scrollTo({ left: x, top: y, behavior: 'instant' });
  };
}

// What stands for the same thing in the next drawing; the text of what opens and closes says only how it stands.
const nameOf = node => [node.localName, node.id, node.getAttribute('class'), node.dataset.state, node.dataset.sort, node.dataset.key,
  node.getAttribute('href'), node.localName === 'button' && !node.dataset.key ? node.textContent : ''].join(' ');

function wire() {
  addEventListener('hashchange', update);
  addEventListener('keydown', onKey);
  addEventListener('beforeprint', () => made[state.tab]?.table?.draw(true));
  addEventListener('afterprint', () => made[state.tab]?.table?.draw());
}

function onKey(event) {
  const typing = event.target.closest('input, textarea, select');
  if (event.key === 'Escape') {
    if (typing) typing.blur();
    else if (state.row) go({ row: '' }, true);
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key >= '1' && event.key <= String(TABS.length)) go({ tab: TABS[event.key - 1], row: '', sort: '' });
  if (event.key === '/') {
    event.preventDefault();
    panel.querySelector('input[type=search]')?.focus();
  }
  if (event.target.getAttribute('role') === 'tab' && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
    const next = tabButtons[(TABS.indexOf(state.tab) + (event.key === 'ArrowRight' ? 1 : TABS.length - 1)) % TABS.length];
    go({ tab: next.dataset.tab, row: '', sort: '' });
    next.focus();
  }
}
