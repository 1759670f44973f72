import { render } from 'preact';
import { watch } from '../client/client.js';
import { channelOf } from './channel.js';
import { expectedTasks } from './expected.js';
import { resultsUrl } from './results.js';
import { App } from './view/app.js';
import { Watching } from './watching.js';

const { id, url } = channelOf(location);
const expected = expectedTasks(location.search);
const template = document.querySelector<HTMLMetaElement>('meta[name="results-url"]')?.content;
const results = resultsUrl(template, id);
const root = document.querySelector('#page')!;
const watching = new Watching(watch(url), draw);

function draw(): void {
  render(<App id={id} expected={expected} results={results} watching={watching} />, root);
}

draw();
// What only the time changes, such as the elapsed time and the seconds until the next attempt.
setInterval(draw, 500);
