// Head of the page: the verdict bar, and a card for each thing that needs somebody.

function verdictBar() {
  const item = (count, word, kind) => el('span', { class: `count ${count ? kind : 'none'}` },
    el('b', null, number(count)), ` ${word}`);
  const github = report.job.github;
  const job = github ? [github.repository, github.workflow, github.jobName ?? github.job].filter(Boolean).join(' · ') :
    report.job.command.length ? command(null, report.job.command) : 'unknown command';
  const mode = [report.mode.asked ?? 'mode unknown', report.mode.inForce ?? 'unknown'].map(show).join(' · ');
  const [sign, kind] = refused.length ? ['✗', 'refused']
    : report.findings.length || !report.complete ? ['!', 'warning']
      : observed.length ? ['?', 'observed']
        : fresh.length ? ['+', 'warning'] : root.dataset.running ? ['…', 'pending'] : ['✓', 'allowed'];
  return el('header', { class: `verdict ${kind}` },
    el('span', { class: 'sign', 'aria-hidden': 'true' }, sign),
    el('h1', null, root.dataset.heading ?? 'Sallyport'),
    el('div', { class: 'counts' },
      item(refused.length, 'refused', 'refused'),
      compared ? el('a', { href: hashOf({ tab: 'network', new: 'new', row: '' }) }, item(fresh.length, 'new', 'warning')) : null,
      observed.length ? item(observed.length, 'would be refused', 'observed') : null,
      item(report.findings.length, report.findings.length === 1 ? 'finding' : 'findings', 'warning')),
    el('div', { class: 'facts' },
      el('span', { class: report.mode.inForce === 'degraded' ? 'warning' : null }, mode),
      root.dataset.running ? el('span', { class: 'running' }, '● running') : null,
      report.complete && root.dataset.running ? null
        : el('span', { class: report.complete ? null : 'warning' }, report.complete ? 'complete' : '! incomplete')),
    el('div', { class: 'facts job' }, text(job, github ? 120 : 60),
        github?.runId ? el('span', null, 'run ', text(github.runId, 24)) : null,
        github?.sha ? el('span', { title: show(github.sha) }, 'commit ', text(github.sha.slice(0, SHORT_COMMIT))) : null,
        github?.eventName ? el('span', null, text(github.eventName, 24)) : null,
      report.ended || root.dataset.running ? el('span', null, duration(end)) : null,
      root.dataset.running ? null : el('span', null, report.signal !== null ? `signal ${report.signal}` : report.exitCode !== null ? `exit ${report.exitCode}` : 'no exit seen')));
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

// New and not refused: a refusal has its card already.
function newCard(rows) {
  const row = rows[0];
  return card('warning',
    [el('span', { class: 'sign' }, '+'), text(endpoint(row), 70), el('small', null, `new · ${show(row.protocol)} · ${show(row.verdict)}`)],
    [
      breadcrumb(row.process),
      el('p', { class: 'where' },
        row.step !== null ? el('span', null, 'step ', text(stepName(row.step), 50)) : null,
        el('span', null, many(rows.reduce((sum, r) => sum + r.count, 0), 'connection', 'connections'), ', first at ', since(row.first))),
      el('p', { class: 'why' }, root.dataset.job ? 'no earlier run of this job reached it or tried to.' : 'not in the earlier run that this one was compared with.'),
    ],
    [el('a', { href: hashOf({ tab: 'network', row: row.id, q: '', verdict: '', new: '' }) }, 'show in table')]);
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
        [el('dt', null, show(name)), el('dd', null, name === 'difference' ? difference(fact) : text(fact, 160))])),
    ], []);
}

// The agent writes it as one line, for evidence is one wherever it is shown; here its lines stand below each other.
const difference = fact => el('pre', null, fact.split(' ⏎ ').map(show).join('\n'));

function lossCard() {
  const lines = Object.entries(report.losses).map(([reason, count]) =>
    el('li', null, reason === 'before-protection' && protection() || `${show(reason)}: ${number(count)}`));
  const recording = report.recording;
  return card('warning', [el('span', { class: 'sign' }, '!'), 'Incomplete: the rest may miss something'],
    [
      recording && recording.verdict !== 'intact'
        ? el('p', { class: 'why' }, `The recording is ${show(recording.verdict)} at frame ${recording.frame}${recording.detail ? `: ${show(recording.detail)}` : ''}.`) : null,
      el('ul', null, lines),
    ].filter(Boolean), []);
}

function degradedCard() {
  return card('warning', [el('span', { class: 'sign' }, '!'), 'Degraded: this machine cannot do everything'],
    [el('ul', null, report.mode.degraded.map(sentence => el('li', null, show(sentence))))], []);
}

// Cards that somebody asked to see; kept when the page is drawn anew.
let askedCards = 0;

function needsYou() {
  const cards = [
    ...refused.map(rows => () => decisionCard(rows, 'refused')),
    ...fresh.filter(rows => rows.every(row => row.verdict !== 'refused')).map(rows => () => newCard(rows)),
    ...report.findings.map(finding => () => findingCard(finding)),
    ...report.mode.degraded.length ? [degradedCard] : [],
    ...report.complete ? [] : [lossCard],
    ...observed.map(rows => () => decisionCard(rows, 'observed')),
  ];
  // Without a policy everything is observed: a few of them show the kind, the table has them all.
  const first = Math.max(askedCards, Math.min(SHOWN_CARDS, Math.max(SHOWN_OBSERVED, cards.length - observed.length)));
  if (!cards.length) {
    return el('section', { class: 'needs quiet' }, el('p', null, root.dataset.running
      ? '✓ Nothing needs you so far.' : '✓ Nothing needs you: nothing was refused, nothing was found, nothing was lost.'));
  }
  const list = el('div', { class: 'cards' }, cards.slice(0, first).map(make => make()));
  const section = el('section', { class: 'needs', 'aria-label': 'needs you' }, el('h2', null, 'Needs you'), list);
  if (cards.length > first) {
    let shown = first;
    const more = el('button', { type: 'button', class: 'more', onclick: () => {
      list.append(...cards.slice(shown, shown + 50).map(make => make()));
      shown += 50;
      askedCards = shown;
      if (shown >= cards.length) more.remove();
      else more.textContent = `${number(cards.length - shown)} more`;
    } }, `${number(cards.length - shown)} more`);
    section.append(more);
  }
  return section;
}
