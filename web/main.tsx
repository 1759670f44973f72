import { render } from 'preact';
import { watch } from '../client/client.js';
import { takeToken } from './access-token.js';
import { expectedTasks } from './expected-tasks.js';
import { JobStore } from './job-store.js';
import { resultsUrl } from './results-url.js';
import { App } from './view/app.js';
import { channelOfPage } from './watched-channel.js';

// First, so that the page connects only after the token has left the address bar.
const token = takeToken(window);
const { id, url } = channelOfPage(location);
const expected = expectedTasks(location.search);
const template = document.querySelector<HTMLMetaElement>('meta[name="results-url"]')?.content;
const results = resultsUrl(template, id);
const root = document.querySelector('#page')!;
const store = new JobStore(watch(url, { token }), draw);

function draw(): void {
  render(<App id={id} expected={expected} results={results} token={token} store={store} />, root);
}

// A link with another token, opened in this tab, changes only the fragment.
addEventListener('hashchange', () => {
  if (takeToken(window) !== token) location.reload();
});
draw();
// Updates the texts that depend only on the time: the elapsed time and the seconds until the next attempt.
setInterval(draw, 500);
