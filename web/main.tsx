import { render } from 'preact';
import { watch } from '../client/client.js';
import { expectedTasks } from './expected-tasks.js';
import { JobStore } from './job-store.js';
import { resultsUrl } from './results-url.js';
import { App } from './view/app.js';
import { channelOfPage } from './watched-channel.js';

const { id, url } = channelOfPage(location);
const expected = expectedTasks(location.search);
const template = document.querySelector<HTMLMetaElement>('meta[name="results-url"]')?.content;
const results = resultsUrl(template, id);
const root = document.querySelector('#page')!;
const store = new JobStore(watch(url), draw);

function draw(): void {
  render(<App id={id} expected={expected} results={results} store={store} />, root);
}

draw();
// Updates the texts that depend only on the time: the elapsed time and the seconds until the next attempt.
setInterval(draw, 500);
