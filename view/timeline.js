// Timeline: a lane per step, bars for processes, marks for connections, a brush that everything below follows.

const LANE_BARS = 5;
const MAXIMUM_MARKS = 3000;
const WIDTH = 1000;

// Ends the listeners of the timeline before this one.
let timelineEnd = new AbortController();

function timeline() {
  timelineEnd.abort();
  timelineEnd = new AbortController();
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
  const { signal } = timelineEnd;
  addEventListener('pointermove', event => {
    if (from === null || Math.abs(at(event) - from) < end / 200) return;
    const to = at(event);
    go({ from: Math.min(from, to).toFixed(3) * 1, to: Math.max(from, to).toFixed(3) * 1 }, true);
  }, { signal });
  addEventListener('pointerup', () => { from = null; }, { signal });
  brush.addEventListener('dblclick', () => go({ from: null, to: null }));
}
