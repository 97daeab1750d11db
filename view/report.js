// Draws report.json (schema sallyport.report/v1, docs/report.md). Plain script, no dependencies, no network; the server
// shows the same view. Everything the job wrote goes through show() and into text nodes: never into markup.
'use strict';
(() => {
  const ROW = 30; // pixels of one table row; the stylesheet agrees
  const PRINTED_ROWS = 400;
  const SHOWN_CARDS = 12;
  const SHOWN_OBSERVED = 3;
  const TABS = ['network', 'processes', 'files', 'api', 'policy', 'raw'];
  const TITLES = { network: 'Network', processes: 'Processes', files: 'Files', api: 'GitHub API', policy: 'Policy', raw: 'Raw' };

  const REASONS = {
    'no-rule': 'no rule allows it',
    'no-lease': 'the name is allowed, but no answer has leased this address to it',
    port: 'the name is allowed, but not this port or protocol',
    denied: 'a deny rule',
    protocol: 'no rule allows this protocol',
    'raw-socket': 'a raw socket that speaks TCP or UDP',
    'packet-socket': 'a packet socket: it would pass by every rule',
    rewritten: 'the packet would leave for another address than the one that was judged',
    'ip-options': 'IP options or a routing header',
    inbound: 'a reply to a peer outside the job',
    name: 'the name is not allowed here',
    'no-name': 'it did not say a name, and its address is allowed by name only',
    'name-malformed': 'its name or its first bytes cannot be read',
    'question-type': 'questions of this type are not allowed',
    'question-count': 'a DNS message with other than one question',
    fragment: 'a fragment that cannot be judged',
    'table-full': 'a bounded table was full',
    'dns-malformed': 'a DNS message that cannot be read',
    'dns-tcp': 'DNS over TCP to a server that no rule allows and the agent does not answer for',
    'queue-bypass': 'a socket option that would pass by the uplink’s check',
    rule: 'a rule allows it',
    loopback: 'stays on this machine',
    'own-container': 'between the job’s own containers',
    resolver: 'the machine’s resolver',
    reply: 'a reply to a peer of the job',
    uplink: 'decided where it leaves',
  };
  const SIGNS = { refused: '✗', observed: '?', allowed: '✓' };

  // ---- text -------------------------------------------------------------------------------------------------------

  // What a reader cannot see becomes visible: controls, ANSI, bidirectional overrides, zero-width and odd spaces.
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\ufe0f\u115f\u1160\u3164\uffa0]|(?! )\p{Zs}|(?<=\p{Mn}{2})\p{Mn}/gu;

  function show(text) {
    return String(text ?? '').replace(UNSEEN, c => {
      const code = c.codePointAt(0);
      return code < 0x100 ? '\\x' + code.toString(16).padStart(2, '0')
        : code < 0x10000 ? '\\u' + code.toString(16).padStart(4, '0')
          : '\\U' + code.toString(16).padStart(8, '0');
    });
  }

  function cut(text, length) {
    const chars = [...text];
    if (chars.length <= length) return text;
    const tail = Math.floor((length - 1) / 2);
    return chars.slice(0, length - 1 - tail).join('') + '…' + chars.slice(chars.length - tail).join('');
  }

  const number = n => Number(n).toLocaleString('en-US');
  const many = (n, one, more) => `${number(n)} ${n === 1 ? one : more}`;

  function bytes(n) {
    const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
    let unit = 0;
    while (n >= 999.5 && unit < units.length - 1) { n /= 1000; unit++; }
    return `${unit > 0 && n < 99.95 ? n.toFixed(1) : Math.round(n)} ${units[unit]}`;
  }

  function duration(s) {
    if (s > 0 && s < 0.0995) return `${(s * 1000).toFixed(s < 0.00995 ? 1 : 0)} ms`;
    if (s < 59.95) return `${s.toFixed(s < 9.995 ? 2 : 1)} s`;
    if (s < 3600) return `${Math.floor(s / 60)} min ${String(Math.floor(s % 60)).padStart(2, '0')} s`;
    return `${Math.floor(s / 3600)} h ${String(Math.floor(s / 60 % 60)).padStart(2, '0')} min`;
  }

  // ---- elements ---------------------------------------------------------------------------------------------------

  function el(name, attributes, ...children) {
    const node = name.startsWith('svg:')
      ? document.createElementNS('http://www.w3.org/2000/svg', name.slice(4))
      : document.createElement(name);
    for (const [key, value] of Object.entries(attributes ?? {})) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value === true ? '' : value);
    }
    node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ''));
    return node;
  }

  const text = (value, length) => {
    const shown = show(value);
    return length && [...shown].length > length
      ? el('span', { class: 'data', title: shown }, cut(shown, length))
      : el('span', { class: 'data' }, shown);
  };

  const badge = verdict => el('span', { class: `badge ${verdict}` }, `${SIGNS[verdict] ?? '•'} ${verdict}`);

  function copyButton(label, content) {
    const button = el('button', { type: 'button', onclick: async event => {
      event.stopPropagation();
      try {
        await navigator.clipboard.writeText(content);
        button.textContent = 'copied';
      } catch {
        // No clipboard from a file: page in this browser: select it, so that the usual keys copy it.
        const field = el('textarea', { class: 'offscreen', readonly: true, 'aria-hidden': 'true' });
        field.value = content;
        document.body.append(field);
        field.select();
        button.textContent = document.execCommand('copy') ? 'copied' : 'not allowed to copy';
        field.remove();
      }
    } }, label);
    return button;
  }

  // ---- the report -------------------------------------------------------------------------------------------------

  const report = JSON.parse(document.getElementById('data').textContent);
  const start = report.started ? Date.parse(report.started) : 0;
  const seconds = time => (Date.parse(time) - start) / 1000;
  const processes = new Map(report.processes.map(p => [p.id, p]));
  const steps = new Map(report.steps.map(s => [s.id, s]));
  const containers = new Map(report.containers.map(c => [c.id, c]));
  const end = Math.max(0.001, report.ended ? seconds(report.ended) : lastMoment());

  function lastMoment() {
    let last = 0;
    for (const row of report.connections) last = Math.max(last, seconds(row.last));
    for (const p of report.processes) last = Math.max(last, p.ended ? seconds(p.ended) : p.started ? seconds(p.started) : 0);
    return last;
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
  const stepName = id => id === null ? '' : steps.get(id)?.name ?? id;
  const containerName = id => {
    if (id === null) return '';
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

  const refused = decisions('refused');
  const observed = decisions('observed');
  const lost = Object.values(report.losses).reduce((sum, n) => sum + n, 0);

  // ---- state: everything a link must bring back stands in the address ------------------------------------------------

  function readHash() {
    const values = new URLSearchParams(location.hash.slice(1));
    return {
      tab: TABS.includes(values.get('tab')) ? values.get('tab') : 'network',
      q: values.get('q') ?? '', verdict: values.get('verdict') ?? '', group: values.get('group') ?? '',
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
    if (replace) {
      history.replaceState(null, '', hash);
      update();
    } else if (hash !== (location.hash || '#')) {
      location.hash = hash;
    }
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
    const parts = row.argv ? [row.exe, row.argv.join(' '), row.cwd, row.id, row.pid]
      : [row.destination ?? row.name ?? row.path, row.address, row.port, row.protocol ?? row.type, row.verdict, row.reason,
        row.sni, row.leasedName, row.method, program(row.process), stepName(row.step), containerName(row.container)];
    return parts.join(' ').toLowerCase();
  }

  const words = () => state.q.toLowerCase().split(/\s+/).filter(Boolean);

  // ---- a table that draws only the rows in sight ---------------------------------------------------------------------

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
      new ResizeObserver(() => this.draw()).observe(this.view);
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
      if (!this.rows.length) {
        this.space.replaceChildren(el('p', { class: 'empty' }, this.empty()));
        return;
      }
      const first = all ? 0 : Math.max(0, Math.floor(this.view.scrollTop / ROW) - 8);
      const last = all ? Math.min(this.rows.length, PRINTED_ROWS)
        : Math.min(this.rows.length, Math.ceil((this.view.scrollTop + this.view.clientHeight) / ROW) + 8);
      const drawn = [];
      for (let i = first; i < last; i++) drawn.push(this.drawRow(this.rows[i], i));
      this.space.replaceChildren(...drawn);
    }

    drawRow(row, index) {
      if (row.heading !== undefined) {
        const node = el('div', { class: 'tr heading', role: 'row' }, el('span', null, text(row.heading, 120), ` ${row.note}`));
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
      const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
      if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      let i = this.rows.findIndex(row => row.id === state.row && row.id !== undefined);
      i = i < 0 ? (step > 0 ? 0 : this.rows.length - 1) : i + step;
      while (this.rows[i]?.heading !== undefined) i += step;
      if (this.rows[i]) go({ row: this.rows[i].id }, true);
    }
  }

  function sorted(rows, columns, fallback) {
    const key = state.sort.replace(/^-/, '');
    const by = columns.find(c => c.key === key && c.sort)?.sort ?? fallback;
    const direction = state.sort.startsWith('-') ? -1 : 1;
    return rows.map((row, i) => [by(row), i, row]).sort((a, b) =>
      (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0) * direction || a[1] - b[1]).map(entry => entry[2]);
  }

  // ---- head: verdict bar and what needs somebody ----------------------------------------------------------------------

  function verdictBar() {
    const item = (count, word, kind) => el('span', { class: `count ${count ? kind : 'none'}` },
      el('b', null, number(count)), ` ${word}`);
    const github = report.job.github;
    const job = github ? [github.repository, github.workflow, github.jobName ?? github.job].filter(Boolean).join(' · ') :
      report.job.command.length ? command(null, report.job.command) : 'unknown command';
    const mode = [report.mode.asked ?? 'mode unknown', report.mode.inForce ?? 'unknown'].map(show).join(' · ');
    const [sign, kind] = refused.length ? ['✗', 'refused']
      : report.findings.length || !report.complete ? ['!', 'warning']
        : observed.length ? ['?', 'observed'] : ['✓', 'allowed'];
    return el('header', { class: `verdict ${kind}` },
      el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
      el('h1', null, 'Sallyport'),
      el('div', { class: 'counts' },
        item(refused.length, 'refused', 'refused'),
        observed.length ? item(observed.length, 'would be refused', 'observed') : null,
        item(report.findings.length, report.findings.length === 1 ? 'finding' : 'findings', 'warning')),
      el('div', { class: 'facts' },
        el('span', { class: report.mode.inForce === 'degraded' ? 'warning' : null }, mode),
        el('span', { class: report.complete ? null : 'warning' }, report.complete ? 'complete' : '! incomplete')),
      el('div', { class: 'facts job' }, text(job, github ? 120 : 60),
        github?.runId ? el('span', null, 'run ', text(github.runId, 24)) : null,
        github?.eventName ? el('span', null, text(github.eventName, 24)) : null,
        report.ended ? el('span', null, duration(end)) : null,
        el('span', null, report.signal !== null ? `signal ${report.signal}` : report.exitCode !== null ? `exit ${report.exitCode}` : 'no exit seen')));
  }

  function card(kind, title, lines, actions) {
    return el('article', { class: `card ${kind}` }, el('h3', null, ...title), ...lines,
      actions.length ? el('div', { class: 'actions' }, actions) : null);
  }

  function decisionCard(rows, kind) {
    const row = rows[0];
    const isName = row.destination === undefined;
    const tries = rows.reduce((sum, r) => sum + r.count, 0);
    const line = policyLine(row);
    const others = new Set(rows.map(r => r.process)).size - 1;
    return card(kind,
      [el('span', { class: 'sign' }, SIGNS[kind]), text(isName ? row.name : endpoint(row), 70),
        el('small', null, isName ? `dns ${show(row.type)}` : `${show(row.protocol)} · ${show(row.address)}`)],
      [
        breadcrumb(row.process),
        el('p', { class: 'where' },
          row.step !== null ? el('span', null, 'step ', text(stepName(row.step), 50)) : null,
          row.container !== null ? el('span', null, 'container ', text(containerName(row.container), 50)) : null,
          el('span', null, many(tries, 'try', 'tries'), ', first at ', since(row.first)),
          others > 0 ? el('span', null, `and ${many(others, 'more process', 'more processes')}`) : null),
        el('p', { class: 'why' }, cut(show(why(row)), 240), '.'),
      ],
      [
        line ? el('code', null, `sallyport policy allow ${line}`) : null,
        line ? copyButton('copy', `sallyport policy allow ${line}`) : null,
        el('a', { href: hashOf({ tab: 'network', row: row.id, q: '', verdict: '' }) }, 'show in table'),
      ].filter(Boolean));
  }

  function findingCard(finding) {
    return card('warning',
      [el('span', { class: 'sign' }, '!'), text(finding.title, 120), el('small', null, `${show(finding.severity)} · ${show(finding.action)}`)],
      [
        breadcrumb(finding.process),
        el('p', { class: 'where' }, el('span', { class: 'data' }, show(finding.id)),
          finding.step !== null ? el('span', null, 'step ', text(stepName(finding.step), 50)) : null,
          el('span', null, 'first at ', since(finding.first)),
          finding.count > 1 ? el('span', null, `${number(finding.count)} times`) : null),
        el('dl', null, Object.entries(finding.evidence).flatMap(([name, fact]) =>
          [el('dt', null, show(name)), el('dd', null, text(fact, 160))])),
      ], []);
  }

  function lossCard() {
    const lines = Object.entries(report.losses).map(([reason, count]) =>
      el('li', null, `${show(reason)}: ${number(count)}`));
    const recording = report.recording;
    return card('warning', [el('span', { class: 'sign' }, '!'), 'Incomplete: the rest may miss something'],
      [
        recording && recording.verdict !== 'intact'
          ? el('p', { class: 'why' }, `The recording is ${show(recording.verdict)} at frame ${recording.frame}: ${show(recording.detail)}.`) : null,
        el('ul', null, lines),
      ].filter(Boolean), []);
  }

  function degradedCard() {
    return card('warning', [el('span', { class: 'sign' }, '!'), 'Degraded: this machine cannot do everything'],
      [el('ul', null, report.mode.degraded.map(sentence => el('li', null, show(sentence))))], []);
  }

  function needsYou() {
    const cards = [
      ...refused.map(rows => () => decisionCard(rows, 'refused')),
      ...report.findings.map(finding => () => findingCard(finding)),
      ...report.mode.degraded.length ? [degradedCard] : [],
      ...report.complete ? [] : [lossCard],
      ...observed.map(rows => () => decisionCard(rows, 'observed')),
    ];
    // Without a policy everything is observed: a few of them show the kind, the table has them all.
    const first = Math.min(SHOWN_CARDS, Math.max(SHOWN_OBSERVED, cards.length - observed.length));
    if (!cards.length) {
      return el('section', { class: 'needs quiet' }, el('p', null, '✓ Nothing needs you: nothing was refused, nothing was found, nothing was lost.'));
    }
    const list = el('div', { class: 'cards' }, cards.slice(0, first).map(make => make()));
    const section = el('section', { class: 'needs', 'aria-label': 'needs you' }, el('h2', null, 'Needs you'), list);
    if (cards.length > first) {
      let shown = first;
      const more = el('button', { type: 'button', class: 'more', onclick: () => {
        list.append(...cards.slice(shown, shown + 50).map(make => make()));
        shown += 50;
        if (shown >= cards.length) more.remove();
        else more.textContent = `${number(cards.length - shown)} more`;
      } }, `${number(cards.length - shown)} more`);
      section.append(more);
    }
    return section;
  }

  // ---- timeline: a lane per step, bars for processes, marks for connections ------------------------------------------

  const LANE_BARS = 5;
  const MAXIMUM_MARKS = 3000;
  const WIDTH = 1000;

  function timeline() {
    const lanes = report.steps.length
      ? report.steps.map(s => ({ id: s.id, name: s.name, started: s.started, ended: s.ended }))
      : [];
    if (!lanes.length || report.processes.some(p => p.step === null)) lanes.push({ id: null, name: report.steps.length ? 'no step' : 'job' });
    const byLane = new Map(lanes.map(lane => [lane.id, lane]));
    for (const lane of lanes) Object.assign(lane, { bars: [], marks: [], ends: [] });
    const x = time => Math.max(0, Math.min(WIDTH, seconds(time) / end * WIDTH));
    for (const p of report.processes) {
      if (!p.started || !p.executed) continue;
      const from = x(p.started);
      const to = p.ended ? x(p.ended) : WIDTH;
      const lane = byLane.get(p.step) ?? byLane.get(null);
      if (!lane || to - from < WIDTH / 100) continue;
      let level = lane.ends.findIndex(e => e <= from);
      if (level < 0 && lane.ends.length < LANE_BARS) level = lane.ends.length;
      if (level < 0) continue;
      lane.ends[level] = to;
      lane.bars.push({ p, from, to, level });
    }
    // Refusals first: they must not be the ones that are left out.
    const marks = [...report.connections].sort((a, b) => (a.verdict === 'refused' ? 0 : 1) - (b.verdict === 'refused' ? 0 : 1))
      .slice(0, MAXIMUM_MARKS);
    for (const row of marks) (byLane.get(row.step) ?? byLane.get(null) ?? lanes[0]).marks.push(row);
    const ticks = el('div', { class: 'ticks', 'aria-hidden': 'true' }, [0, 0.25, 0.5, 0.75, 1].map(f => el('span', null, `+${duration(end * f)}`)));
    const brush = el('div', { class: 'brush' });
    const body = el('div', { class: 'lanes' }, lanes.map(lane => drawLane(lane, x)), brush);
    const node = el('section', { class: 'timeline', 'aria-label': 'timeline' },
      el('h2', null, 'Timeline ', el('small', null, 'drag to choose a span; everything below follows it'),
        el('button', { type: 'button', class: 'clear', onclick: () => go({ from: null, to: null }) }, 'whole job')),
      body, ticks);
    wireBrush(body, brush);
    node.refresh = () => {
      const on = state.from !== null && state.to !== null;
      node.classList.toggle('brushed', on);
      const area = laneArea(body);
      if (!on || !area) return;
      brush.style.left = `${area.left + state.from / end * area.width}px`;
      brush.style.width = `${Math.max(2, (state.to - state.from) / end * area.width)}px`;
    };
    new ResizeObserver(() => node.refresh()).observe(body);
    return node;
  }

  function laneArea(body) {
    const svg = body.querySelector('svg');
    if (!svg) return null;
    const outer = body.getBoundingClientRect();
    const inner = svg.getBoundingClientRect();
    return { left: inner.left - outer.left, width: inner.width, page: inner.left };
  }

  function drawLane(lane, x) {
    const levels = Math.max(1, lane.ends.length);
    const height = levels * 14 + 14;
    const svg = el('svg:svg', { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: 'none', role: 'img', 'aria-label': `lane of ${show(lane.name)}` });
    svg.style.height = `${height}px`;
    if (lane.started) {
      const from = x(lane.started);
      svg.append(el('svg:rect', { class: 'span', x: from, y: 0, height, width: Math.max(1, (lane.ended ? x(lane.ended) : WIDTH) - from) }));
    }
    for (const bar of lane.bars) {
      const exit = bar.p.exitCode ?? bar.p.signal;
      svg.append(el('svg:rect', { class: `bar${exit ? ' failed' : ''}`, x: bar.from, y: bar.level * 14 + 2, height: 10,
        width: Math.max(2, bar.to - bar.from), onclick: () => go({ tab: 'processes', row: bar.p.id }) },
      el('svg:title', null, cut(show(command(bar.p.exe, bar.p.argv)), 200))));
    }
    for (const row of lane.marks) {
      svg.append(el('svg:rect', { class: `mark ${row.verdict}`, x: x(row.first) - 1.5, y: levels * 14 + 1, width: 3, height: 11,
        onclick: () => go({ tab: 'network', row: row.id }) },
      el('svg:title', null, `${SIGNS[row.verdict]} ${show(endpoint(row))} ${row.verdict}, ${show(program(row.process))}`)));
    }
    return el('div', { class: 'lane' }, el('span', { class: 'name', title: show(lane.name) }, cut(show(lane.name), 26)), svg);
  }

  function wireBrush(body, brush) {
    let from = null;
    const at = event => {
      const area = laneArea(body);
      return area ? Math.max(0, Math.min(1, (event.clientX - area.page) / area.width)) * end : 0;
    };
    body.addEventListener('pointerdown', event => {
      const area = laneArea(body);
      if (event.button !== 0 || !area || event.clientX < area.page) return;
      from = at(event);
    });
    addEventListener('pointermove', event => {
      if (from === null || Math.abs(at(event) - from) < end / 200) return;
      const to = at(event);
      go({ from: Math.min(from, to).toFixed(3) * 1, to: Math.max(from, to).toFixed(3) * 1 }, true);
    });
    addEventListener('pointerup', () => { from = null; });
    brush.addEventListener('dblclick', () => go({ from: null, to: null }));
  }

  // ---- tabs --------------------------------------------------------------------------------------------------------

  const zone = name => isAddress(name) ? name : name.split('.').slice(-2).join('.');
  const coverageNote = (part, what) => report.coverage[part] === 'notObserved'
    ? `Not observed in this run. Here would be ${what}.` : null;
  const dnsRow = row => ({ ...row, destination: row.name, port: 0, protocol: `dns ${row.type}`, address: row.addresses.join(' '),
    bytesIn: 0, bytesOut: 0, sni: null, leasedName: null, isName: true });

  const networkColumns = [
    { key: 'verdict', title: 'verdict', width: '7.5rem', cell: r => badge(r.verdict), sort: r => ['refused', 'observed', 'allowed'].indexOf(r.verdict) },
    { key: 'destination', title: 'destination', width: 'minmax(14rem, 3fr)', sort: r => r.destination,
      cell: r => [text(r.isName ? r.destination : endpoint(r), 64), r.reason === 'name' && isMismatch(r) ? el('em', null, ' ≠ ', text(r.leasedName, 30)) : null] },
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
    const table = new Table(networkColumns, 'connections and DNS questions', () => all.length
      ? 'Nothing fits the filter.'
      : coverageNote('connections', 'every connection and DNS question') ?? 'No connection was opened and no name was asked for.');
    const groups = {
      step: r => stepName(r.step) || 'no step', process: r => program(r.process), zone: r => zone(r.destination),
    };
    const count = el('span', { class: 'shown' });
    const node = el('div', null, filterBar(['refused', 'observed', 'allowed'], Object.keys(groups), count), table.node);
    node.refresh = () => {
      const wanted = words();
      let rows = all.filter(r => (!state.verdict || r.verdict === state.verdict) && inBrush(r) && matches(r, wanted));
      count.textContent = `${number(rows.length)} of ${number(all.length)}`;
      rows = sorted(rows, networkColumns, r => ['refused', 'observed', 'allowed'].indexOf(r.verdict));
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
    return [...groups].flatMap(([key, members]) => [{ heading: key, note: `· ${many(members.length, 'row', 'rows')}` }, ...members]);
  }

  function filterBar(verdicts, groups, ...more) {
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
      groups.length ? choose('group', 'not grouped', groups) : null, ...more);
  }

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
    const open = new Set(report.processes.length <= 300 ? processes.keys() : roots.map(p => p.id));
    const marked = new Map();
    for (const rows of [...refused, ...observed]) for (const row of rows) {
      if (!marked.has(row.process) || row.verdict === 'refused') marked.set(row.process, row.verdict);
    }
    for (const finding of report.findings) if (!marked.has(finding.process)) marked.set(finding.process, 'warning');
    for (const id of marked.keys()) for (const p of ancestry(id)) open.add(p.id);

    const columns = [
      { key: 'command', title: 'process', width: 'minmax(20rem, 5fr)', cell: p => {
        const node = el('span', { class: 'tree' },
          children.has(p.id) && !p.flat ? el('button', { type: 'button', class: 'toggle', 'aria-expanded': String(open.has(p.id)),
            'aria-label': 'children', onclick: () => { if (!open.delete(p.id)) open.add(p.id); tab.refresh(); } }, open.has(p.id) ? '▾' : '▸')
            : el('span', { class: 'toggle' }),
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
      { key: 'exit', title: 'exit', width: '5rem', align: 'right', cell: p => p.signal !== null ? `signal ${p.signal}` : p.exitCode !== null ? String(p.exitCode) : '' },
    ];
    const table = new Table(columns, 'processes', () => report.processes.length ? 'Nothing fits the filter.'
      : coverageNote('processes', 'the tree of all processes') ?? 'No process was seen.');
    const count = el('span', { class: 'shown' });
    const tab = el('div', null, filterBar([], [], count,
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
    tab.table = table;
    tab.find = id => processes.get(id);
    return tab;
  }

  function simpleTab(rows, columns, label, nothing) {
    const table = new Table(columns, label, () => rows.length ? 'Nothing fits the filter.' : nothing);
    const count = el('span', { class: 'shown' });
    const node = el('div', null, rows.length ? filterBar([], [], count) : null, table.node);
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
    { key: 'step', title: 'step', width: 'minmax(6rem, 1.4fr)', cell: r => text(stepName(r.step), 28) },
    { key: 'count', title: 'count', width: '4.5rem', align: 'right', cell: r => number(r.count), sort: r => -r.count },
    { key: 'first', title: 'first', width: '5.5rem', align: 'right', cell: r => since(r.first), sort: r => Date.parse(r.first) },
  ];

  const filesTab = () => simpleTab(report.files, [
    { key: 'change', title: 'change', width: '7rem', cell: r => text(r.change, 12) },
    { key: 'path', title: 'path', width: 'minmax(16rem, 4fr)', cell: r => text(r.path, 90), sort: r => r.path },
    { key: 'tracked', title: 'tracked', width: '5rem', cell: r => r.tracked ? 'by git' : '' }, ...who,
  ], 'changes of files', coverageNote('files', 'the files that the job created, wrote, renamed and removed, tampered ones first')
    ?? 'No file was changed.');

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

  // ---- detail of one row ---------------------------------------------------------------------------------------------

  const detail = el('aside', { class: 'detail', 'aria-label': 'detail', hidden: true });

  function drawDetail(row) {
    detail.hidden = !row;
    document.body.classList.toggle('with-detail', Boolean(row));
    if (!row) return;
    const fields = Object.entries(row).filter(([key]) => !['searchText', 'depth', 'isName', 'argv', 'earlier'].includes(key)
      && !(row.isName && ['destination', 'port', 'protocol', 'address', 'bytesIn', 'bytesOut', 'sni', 'leasedName'].includes(key)));
    detail.replaceChildren(...[
      el('button', { type: 'button', class: 'close', 'aria-label': 'close', onclick: () => go({ row: '' }, true) }, '×'),
      el('h3', null, text(row.isName ? row.name : row.destination !== undefined ? endpoint(row) : row.path ?? row.route ?? base(row.exe ?? row.id), 80)),
      row.verdict ? el('p', null, badge(row.verdict), ` ${cut(show(why(row)), 300)}`) : null,
      breadcrumb(row.argv ? row.id : row.process),
      row.argv ? el('pre', { class: 'argv' }, row.argv.map(a => show(quote(a))).join(' \\\n  ')) : null,
      el('dl', null, fields.flatMap(([key, value]) => [el('dt', null, key), el('dd', null,
        value === null ? el('span', { class: 'faint' }, 'null')
          : key === 'process' || key === 'parent' ? el('a', { href: hashOf({ tab: 'processes', row: value }) }, show(value))
            : text(typeof value === 'object' ? JSON.stringify(value) : value))])),
    ].filter(Boolean));
  }

  // ---- page ----------------------------------------------------------------------------------------------------------

  const makers = { network: networkTab, processes: processesTab, files: filesTab, api: apiTab, policy: policyTab, raw: rawTab };
  const made = {};
  const sizes = {
    network: report.connections.length + report.dns.length, processes: report.processes.length, files: report.files.length,
    api: report.apiCalls.length, policy: report.policy.rules.length, raw: null,
  };
  const tabButtons = TABS.map(name => el('a', { role: 'tab', id: `tab-${name}`, href: '#', 'data-tab': name, 'aria-controls': 'panel' },
    TITLES[name], sizes[name] === null ? null : el('small', null, ` ${number(sizes[name])}`)));
  const panel = el('div', { role: 'tabpanel', id: 'panel' });
  const lanes = timeline();

  function footer() {
    const losses = Object.entries(report.losses);
    return el('footer', null,
      el('p', null, `sallyport ${show(report.tool.version ?? '')} · Linux ${show(report.job.kernel ?? '?')} ${show(report.job.architecture ?? '')} · `,
        `${many(lost, 'event', 'events')} lost${losses.length ? ': ' + losses.map(([r, n]) => `${show(r)} ${number(n)}`).join(', ') : ''}`),
      report.mode.degraded.length ? el('p', null, 'degraded: ', report.mode.degraded.map(show).join(' ')) : null,
      report.recording?.seal ? el('p', null, 'seal of the recording ', el('code', null, show(report.recording.seal)),
        ': compare it with the one in the job’s log') : null,
      el('p', { class: 'keys' }, 'keys: 1–6 tabs · / filter · ↑ ↓ rows · Esc close'));
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

  addEventListener('hashchange', update);
  addEventListener('keydown', event => {
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
  });
  addEventListener('beforeprint', () => made[state.tab]?.table?.draw(true));
  addEventListener('afterprint', () => made[state.tab]?.table?.draw());

  document.getElementById('report').append(verdictBar(), needsYou(), lanes,
    el('nav', { role: 'tablist', 'aria-label': 'tables' }, tabButtons), panel, footer(), detail);
  update();
})();
