'use strict';
// The page without a job: becomes the first job's page as soon as there is one.
(() => {
  const line = document.getElementById('first');

  async function look() {
    try {
      const answer = await fetch(line.dataset.look, { cache: 'no-store' });
      const { job } = await answer.json();
      if (/^[0-9a-f]{32}$/.test(job ?? '')) {
        location.assign(`/jobs/${job}`);
        return;
      }
      line.textContent = 'waiting for the first job…';
    } catch {
      line.textContent = 'the server does not answer; it is asked again';
    }
    setTimeout(look, 2000);
  }

  look();
})();
