// Timeline: a lane per step, bars for processes, marks for connections and below them for changes of files, a brush that zooms and that
// everything below follows.

const LANE_BARS = 5;
const MAXIMUM_MARKS = 3000; // of connections, and as many of files
const WIDTH = 1000;
const CHANGES_HEIGHT = 8;
const HOW = 'drag to zoom into a span; everything below follows it';

// Ends the listeners of the timeline before this one.
let timelineEnd = new AbortController();

function timeline() {
  timelineEnd.abort();
  timelineEnd = new AbortController();
  const lanes = report.steps.length
    ? report.steps.map(s => ({ id: s.id, name: s.name, started: s.started, ended: s.ended }))
    : [];
  if (!lanes.length || report.processes.some(p => p.step === null)) lanes.push({ id: null, name: report.steps.length ? 'no step' : 'job' });
  // Refusals first, and what git tracks: they must not be the ones that are left out.
  const foremost = (rows, isForemost) => [...rows.filter(isForemost), ...rows.filter(row => !isForemost(row))];
  const marks = foremost(report.connections, row => row.verdict === 'refused');
  const changes = foremost(report.files, row => row.tracked);
  const ticks = el('div', { class: 'ticks', 'aria-hidden': 'true' });
  const brush = el('div', { class: 'brush' });
  const body = el('div', { class: 'lanes' });
  const told = el('small', null, HOW);
  const node = el('section', { class: 'timeline', 'aria-label': 'timeline' },
    el('h2', null, 'Timeline ', told,
      el('button', { type: 'button', class: 'clear', onclick: () => go({ from: null, to: null }) }, 'whole job')),
    body, ticks);
  wireBrush(body, brush);
  const keys = wireKeys(body, told);
  // What is drawn: of the whole job, or of the span that was chosen.
  let drawn = null;
  node.refresh = () => {
    const on = state.from !== null && state.to !== null;
    node.classList.toggle('brushed', on);
    const next = on ? { from: state.from, to: Math.max(state.to, state.from + 0.001) } : { from: 0, to: Math.max(end, 0.001) };
    if (drawn && drawn.from === next.from && drawn.to === next.to) return;
    drawn = sight = next;
    layOut(lanes, marks, changes);
    ticks.replaceChildren(...[0, 0.25, 0.5, 0.75, 1].map(f => el('span', null, `+${(on ? moment : duration)(sight.from + (sight.to - sight.from) * f)}`)));
    const focused = body.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    body.replaceChildren(...lanes.map(drawLane), brush);
    keys(focused);
  };
  return node;
}

// A time of the job, as exactly as a part of what is in sight needs.
function moment(at) {
  const digits = Math.max(at < 9.995 ? 2 : at < 59.95 ? 1 : 0, Math.min(3, Math.ceil(1 - Math.log10((sight.to - sight.from) / 4))));
  const [hours, minutes, rest] = [Math.floor(at / 3600), Math.floor(at / 60 % 60), (at % 60).toFixed(digits)];
  return [hours && `${hours} h`, (hours || minutes) && `${minutes} min`, `${rest} s`].filter(Boolean).join(' ');
}

// Seconds of the job from the left to the right edge.
let sight = { from: 0, to: 1 };

const placeAt = at => (at - sight.from) / (sight.to - sight.from) * WIDTH;
const isInView = (from, to) => to >= sight.from && from <= sight.to;
const clamped = x => Math.max(0, Math.min(WIDTH, x));

function layOut(lanes, marks, changes) {
  const byLane = new Map(lanes.map(lane => [lane.id, lane]));
  for (const lane of lanes) Object.assign(lane, { bars: [], marks: [], changes: [], ends: [] });
  for (const p of report.processes) {
    if (!p.started || !p.executed) continue;
    const [began, ended] = [seconds(p.started), p.ended ? seconds(p.ended) : Math.max(end, sight.to)];
    if (!isInView(began, ended)) continue;
    const [from, to] = [clamped(placeAt(began)), clamped(placeAt(ended))];
    const lane = byLane.get(p.step) ?? byLane.get(null);
    if (!lane || to - from < WIDTH / 100) continue;
    let level = lane.ends.findIndex(e => e <= from);
    if (level < 0 && lane.ends.length < LANE_BARS) level = lane.ends.length;
    if (level < 0) continue;
    lane.ends[level] = to;
    lane.bars.push({ p, from, to, level });
  }
  for (const [kind, rows] of Object.entries({ marks, changes })) {
    for (const row of rows.filter(row => isInView(seconds(row.first), seconds(row.first))).slice(0, MAXIMUM_MARKS)) {
      (byLane.get(row.step) ?? byLane.get(null) ?? lanes[0])[kind].push(row);
    }
  }
}

function laneArea(body) {
  const svg = body.querySelector('svg');
  if (!svg) return null;
  const outer = body.getBoundingClientRect();
  const inner = svg.getBoundingClientRect();
  return { left: inner.left - outer.left, width: inner.width, page: inner.left };
}

function drawLane(lane) {
  const levels = Math.max(1, lane.ends.length);
  const height = levels * 14 + 14 + (lane.changes.length ? CHANGES_HEIGHT : 0);
  const svg = el('svg:svg', { viewBox: `0 0 ${WIDTH} ${height}`, preserveAspectRatio: 'none', role: 'group', 'aria-label': `lane of ${show(lane.name)}` });
  svg.style.height = `${height}px`;
  const [started, ended] = [lane.started ? seconds(lane.started) : 0, lane.ended ? seconds(lane.ended) : Infinity];
  if (lane.started && isInView(started, ended)) {
    const [from, to] = [clamped(placeAt(started)), clamped(placeAt(ended))];
    svg.append(el('svg:rect', { class: 'span', x: from, y: 0, height, width: Math.max(1, to - from) }));
  }
  for (const bar of lane.bars) {
    const exit = bar.p.exitCode ?? bar.p.signal;
    svg.append(item(`bar${exit ? ' failed' : ''}`, { x: bar.from, y: bar.level * 14 + 2, height: 10, width: Math.max(2, bar.to - bar.from) },
      bar.p.id, 'processes', cut(show(command(bar.p.exe, bar.p.argv)), 200)));
  }
  // The foremost last, over the others.
  for (const row of lane.marks.toReversed()) {
    svg.append(item(`mark ${row.verdict}`, { x: placeAt(seconds(row.first)) - 1.5, y: levels * 14 + 1, width: 3, height: 11 }, row.id, 'network',
      `${SIGNS[row.verdict]} ${show(endpoint(row))} ${row.verdict}, ${show(program(row.process))}`));
  }
  for (const row of lane.changes.toReversed()) {
    const width = row.tracked ? 6 : 3;
    svg.append(item(`mark file${row.tracked ? ' tracked' : ''}`, { x: placeAt(seconds(row.first)) - width / 2, y: levels * 14 + 14, width, height: CHANGES_HEIGHT - 2 },
      row.id, 'files', `${row.tracked ? '! ' : ''}${cut(show(row.path), 120)} ${show(row.change)}${row.tracked ? ', tracked by git' : ''}, ${show(program(row.process))}`));
  }
  return el('div', { class: 'lane' }, el('span', { class: 'name', title: show(lane.name) }, cut(show(lane.name), 26)), svg);
}

// A bar or a mark: leads to its row.
const item = (kind, place, id, tab, label) => el('svg:rect', { class: `item ${kind}`, ...place, role: 'link', tabindex: -1, 'data-key': id,
  'aria-label': label, onclick: () => go({ tab, row: id }) }, el('svg:title', null, label));

const placeOf = item => Number(item.getAttribute('x'));

// One stop of the Tab key for all bars and marks; arrows go from one to the next in time, and from lane to lane, where changes of files are
// a lane of their own: they are many. What it gives is to be called with the key of what had the focus, when they are drawn anew.
function wireKeys(body, told) {
  let lanes = [];
  let stop;
  body.addEventListener('focusin', event => {
    if (!event.target.matches('.item')) return;
    stop.setAttribute('tabindex', '-1');
    stop = event.target;
    stop.setAttribute('tabindex', '0');
    told.textContent = stop.getAttribute('aria-label');
  });
  body.addEventListener('focusout', () => { told.textContent = HOW; });
  body.addEventListener('keydown', event => {
    const lane = lanes.findIndex(items => items.includes(event.target));
    if (lane < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const at = lanes[lane].indexOf(event.target);
    const across = { ArrowUp: lanes[lane - 1], ArrowDown: lanes[lane + 1] }[event.key];
    const next = across ? across.reduce((a, b) => Math.abs(placeOf(b) - placeOf(stop)) < Math.abs(placeOf(a) - placeOf(stop)) ? b : a)
      : { ArrowLeft: lanes[lane][at - 1], ArrowRight: lanes[lane][at + 1], Home: lanes[lane][0], End: lanes[lane].at(-1) }[event.key];
    const box = event.target.getBBox();
    if (next) next.focus();
    else if (event.key === 'Enter') event.target.dispatchEvent(new MouseEvent('click', { bubbles: true }));
    else if (event.key === '[') span(timeAt(box.x), state.to ?? end);
    else if (event.key === ']') span(state.from ?? 0, timeAt(box.x + box.width));
    else if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
  });
  return focused => {
    lanes = [...body.querySelectorAll('svg')].flatMap(svg => ['.item:not(.file)', '.item.file'].map(kind => [...svg.querySelectorAll(kind)]))
      .map(items => items.sort((a, b) => placeOf(a) - placeOf(b))).filter(items => items.length);
    const same = focused ? lanes.flat().find(item => item.dataset.key === focused) : null;
    stop = same ?? lanes[0]?.[0];
    stop?.setAttribute('tabindex', '0');
    same?.focus({ preventScroll: true });
  };
}

const timeAt = x => sight.from + x / WIDTH * (sight.to - sight.from);

const span = (from, to) => go({ from: Math.max(0, Math.min(from, to)).toFixed(3) * 1, to: Math.min(end, Math.max(from, to)).toFixed(3) * 1 }, true);

// While somebody drags, the span is shown where it is; when they let go, it is what the lanes show.
function wireBrush(body, brush) {
  let from = null;
  let to = null;
  const at = event => {
    const area = laneArea(body);
    return area ? timeAt(clamped((event.clientX - area.page) / area.width * WIDTH)) : sight.from;
  };
  body.addEventListener('pointerdown', event => {
    const area = laneArea(body);
    if (event.button !== 0 || !area || event.clientX < area.page) return;
    from = at(event);
  });
  const { signal } = timelineEnd;
  addEventListener('pointermove', event => {
    if (from === null || (to === null && Math.abs(at(event) - from) < (sight.to - sight.from) / 200)) return;
    to = at(event);
    const area = laneArea(body);
    brush.classList.add('held');
    brush.style.left = `${area.left + placeAt(Math.min(from, to)) / WIDTH * area.width}px`;
    brush.style.width = `${Math.max(2, Math.abs(placeAt(to) - placeAt(from)) / WIDTH * area.width)}px`;
  }, { signal });
  const leave = isDone => () => {
    brush.classList.remove('held');
    const chosen = isDone && to !== null ? [from, to] : null;
    from = to = null;
    if (chosen) span(...chosen);
  };
  addEventListener('pointerup', leave(true), { signal });
  addEventListener('pointercancel', leave(false), { signal });
  body.addEventListener('dblclick', event => event.target.matches('.item') || go({ from: null, to: null }));
}
