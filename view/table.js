// A table that draws only the rows in sight: 50,000 rows scroll as 50 do.

class Table {
  constructor(columns, label, empty) {
    this.columns = columns;
    this.empty = empty;
    this.rows = [];
    this.template = columns.map(c => c.width).join(' ');
    this.head = el('div', { class: 'tr th', role: 'row' }, columns.map(c => c.sort
      ? el('button', { type: 'button', role: 'columnheader', class: c.align, 'data-sort': c.key, onclick: () => go({
        sort: state.sort === c.key ? `-${c.key}` : c.key }, true) }, c.title)
      : el('span', { role: 'columnheader', class: c.align }, c.title)));
    this.head.style.gridTemplateColumns = this.template;
    this.space = el('div', { class: 'space' });
    this.view = el('div', { class: 'rows', tabindex: '0', role: 'rowgroup', 'aria-label': label }, this.space);
    this.node = el('div', { class: 'table', role: 'table', 'aria-label': label }, this.head, this.view);
    this.view.addEventListener('scroll', () => this.schedule(), { passive: true });
    this.view.addEventListener('keydown', event => this.onKey(event));
    const watch = new ResizeObserver(() => {
      // Of an earlier drawing of the page.
      if (!this.view.isConnected) return watch.disconnect();
      this.head.style.paddingRight = `${PADDING + this.view.offsetWidth - this.view.clientWidth}px`;
      this.draw();
    });
    watch.observe(this.view);
  }

  set(rows) {
    this.rows = rows;
    this.view.scrollTop = Math.min(this.view.scrollTop, rows.length * ROW);
    this.space.style.height = `${rows.length * ROW}px`;
    this.view.style.height = `min(${rows.length * ROW + 2}px, 62vh)`;
    this.node.classList.toggle('nothing', rows.length === 0);
    for (const button of this.head.querySelectorAll('[data-sort]')) {
      const key = button.dataset.sort;
      button.setAttribute('aria-sort', state.sort === key ? 'ascending' : state.sort === `-${key}` ? 'descending' : 'none');
    }
    const chosen = state.row ? rows.findIndex(row => row.id === state.row) : -1;
    if (chosen >= 0 && this.chosen !== state.row) {
      const top = chosen * ROW;
      if (top < this.view.scrollTop || top + ROW > this.view.scrollTop + this.view.clientHeight) {
        this.view.scrollTop = top - this.view.clientHeight / 2;
      }
    }
    this.chosen = state.row;
    this.draw();
  }

  schedule() {
    this.pending ??= requestAnimationFrame(() => { this.pending = null; this.draw(); });
  }

  draw(all) {
    // What has the focus is drawn anew too.
    const focused = this.space.contains(document.activeElement) ? nameOf(document.activeElement) : null;
    if (!this.rows.length) {
      this.space.replaceChildren(el('p', { class: 'empty' }, this.empty()));
      return;
    }
    const first = all ? 0 : Math.max(0, Math.floor(this.view.scrollTop / ROW) - 8);
    const last = all ? Math.min(this.rows.length, PRINTED_ROWS)
      : Math.min(this.rows.length, Math.ceil((this.view.scrollTop + this.view.clientHeight) / ROW) + 8);
    const drawn = [];
    for (let i = first; i < last; i++) drawn.push(this.drawRow(this.rows[i], i));
    const rest = this.rows.length - last;
    if (all && rest) {
      drawn.push(el('p', { class: 'rest' }, `${many(rest, 'more row is', 'more rows are')} not printed. A filter, or a span of the timeline, chooses which are.`));
    }
    this.space.replaceChildren(...drawn);
    if (focused !== null) ([...this.space.querySelectorAll('a, button')].find(node => nameOf(node) === focused) ?? this.view).focus({ preventScroll: true });
  }

  drawRow(row, index) {
    if (row.heading !== undefined) {
      const node = el('div', { class: `tr heading${row.flip && row.id === state.row ? ' chosen' : ''}`, role: 'row',
        onclick: row.flip ? event => { if (!event.target.closest('button')) row.flip(); } : null },
      el('span', { role: 'cell' }, row.flip ? toggle(row.id, row.open, row.flip) : null, text(row.heading, 120), ` ${row.note}`));
      node.style.top = `${index * ROW}px`;
      return node;
    }
    const node = el('div', { class: `tr ${row.verdict ?? ''}${row.id === state.row ? ' chosen' : ''}`, role: 'row',
      onclick: event => { if (!event.target.closest('a, button')) go({ row: row.id === state.row ? '' : row.id }, true); } },
    this.columns.map(c => el('span', { role: 'cell', class: c.align }, c.cell(row))));
    node.style.gridTemplateColumns = this.template;
    node.style.top = `${index * ROW}px`;
    return node;
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
    const at = this.rows.findIndex(row => row.id !== undefined && row.id === (event.target.dataset.key ?? state.row));
    if (step) {
      event.preventDefault();
      let i = at < 0 ? (step > 0 ? 0 : this.rows.length - 1) : at + step;
      while (this.rows[i]?.heading !== undefined && !this.rows[i].flip) i += step;
      if (this.rows[i]) go({ row: this.rows[i].id }, true);
    } else if (this.fold && at >= 0 && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
      event.preventDefault();
      this.fold(this.rows[at], event.key === 'ArrowRight');
    } else if (event.key === 'Enter' && event.target === this.view && this.rows[at]?.flip) {
      this.rows[at].flip();
    }
  }
}

// Opens and closes what is below a row.
const toggle = (id, isOpen, flip) => el('button', { type: 'button', class: 'toggle', 'data-key': id, 'aria-expanded': String(isOpen),
  'aria-label': 'what is below', onclick: flip }, isOpen ? '▾' : '▸');

function sorted(rows, columns, fallback) {
  const key = state.sort.replace(/^-/, '');
  const by = columns.find(c => c.key === key && c.sort)?.sort ?? fallback;
  const direction = state.sort.startsWith('-') ? -1 : 1;
  return rows.map((row, i) => [by(row), i, row]).sort((a, b) =>
    (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * direction || a[1] - b[1]).map(entry => entry[2]);
}
