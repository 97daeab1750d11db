// Last part of the job's page: fetches the report, and again when the job has gone on, and leaves alone who is reading.

const AT_MOST_A_FIFTH = 4; // the pause is this many times what looking and drawing took
const stateLine = document.getElementById('state');
const noticeList = document.getElementById('notices');
let drawn = null;
let held = false;
let isWired = false;

addEventListener('pointerdown', () => { held = true; });
addEventListener('pointerup', () => { held = false; });
addEventListener('pointercancel', () => { held = false; });

// Somebody drags the brush, or has marked text to copy it: what they hold must not vanish.
const isBusy = () => held || (drawn !== null && !getSelection().isCollapsed && root.contains(getSelection().anchorNode));

function tell(progress) {
  stateLine.textContent = progress.state;
  stateLine.className = `state ${progress.kind}`;
  document.getElementById('amount').textContent = progress.amount;
  if (progress.isRunning) root.dataset.running = 'yes';
  else delete root.dataset.running;
  noticeList.replaceChildren(...progress.notices.map(notice => el('li', null, notice)));
}

async function look() {
  const began = performance.now();
  let pause = 2000;
  try {
    const answer = await fetch(`${root.dataset.job}/state`, { cache: 'no-store', headers: { accept: 'application/json' } });
    if (answer.status === 401 || answer.status === 404 || answer.redirected) {
      stateLine.textContent = answer.status === 404 ? 'not there any more' : 'signed out: load the page anew';
      return;
    }
    const progress = await answer.json();
    pause = progress.lookAgainMs;
    if (progress.version !== drawn && !isBusy()) {
      tell(progress);
      if (progress.hasReport) {
        const report = await fetch(`${root.dataset.job}/report.json`);
        if (!report.ok) throw new Error(`report.json: ${report.status}`);
        draw(await report.json());
        if (!isWired) wire();
        isWired = true;
      }
      drawn = progress.version;
    } else if (progress.version !== drawn) {
      pause ||= 1000;
    }
    if (pause === 0) return;
  } catch (error) {
    stateLine.textContent = `not up to date: ${error.message}`;
    pause = 5000;
  }
  setTimeout(whenSeen, Math.max(pause, AT_MOST_A_FIFTH * (performance.now() - began)));
}

// A page in the background asks for nothing.
function whenSeen() {
  if (!document.hidden) look();
  else document.addEventListener('visibilitychange', whenSeen, { once: true });
}

look();
