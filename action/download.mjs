// A file over HTTPS into memory. Certificates are checked whatever NODE_TLS_REJECT_UNAUTHORIZED says.
import { once } from 'node:events';
import { get } from 'node:https';

const [REDIRECTS, DEADLINE_MS] = [5, 60_000];

export async function download(address, maxBytes, headers = {}) {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  let url = new URL(address);
  for (let hop = 0; hop <= REDIRECTS; hop++) {
    if (url.protocol !== 'https:') {
      throw new Error(`${url.protocol}//${url.host} is not https`);
    }
    const options = { headers: { 'user-agent': 'sallyport', ...headers }, signal, rejectUnauthorized: true };
    const [response] = await once(get(url, { ...options, agent: false }), 'response'); // A kept one is judged later.
    if (response.statusCode === 200) {
      const chunks = [];
      for await (const chunk of response) { // Throws when it ends early.
        chunks.push(chunk);
        if ((maxBytes -= chunk.length) < 0) {
          throw new Error(`${url} is longer than expected`);
        }
      }
      return Buffer.concat(chunks);
    }
    response.destroy();
    if (response.statusCode < 300 || response.statusCode > 399 || !response.headers.location) {
      throw new Error(`${url} answers ${response.statusCode}`);
    }
    const next = new URL(response.headers.location, url);
    [headers, url] = [next.origin === url.origin ? headers : {}, next]; // A token is for the host that it was meant for.
  }
  throw new Error(`more than ${REDIRECTS} redirects`);
}
