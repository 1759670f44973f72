import { translateStartPage, unusableId } from './start-texts.js';

translateStartPage(navigator.languages);

const form = document.querySelector('form')!;
const input = document.querySelector('input')!;
const problem = document.querySelector('#problem')!;

// The fragment may contain a token. It leaves the address bar at once, and goes on to the page of the job. The entry of the
// history keeps it for a reload.
const fragment = location.hash || ((history.state as { fragment?: string } | null)?.fragment ?? '');
history.replaceState({ fragment }, '', location.href.replace(/#.*/s, ''));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  problem.textContent = '';
  const id = input.value.trim();
  try {
    if (id !== '') location.assign(pageOf(id));
  } catch {
    problem.textContent = unusableId(id);
  }
});

/**
 * The page of a job, under the same prefix as this page. Throws if no URL can contain the id. Does not use `channelUrl` of
 * the client library: a chunk that both pages share would cost the page of a job one more request.
 */
function pageOf(id: string): URL {
  if (/^\.\.?$/.test(id)) throw new RangeError('URLs give this name another meaning');
  return new URL(`channels/${encodeURIComponent(id)}${fragment}`, location.href);
}
