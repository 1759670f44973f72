import { render } from 'preact';
import { watch } from '../client/client.js';
import { channelOf } from './channel.js';
import { expectedTasks } from './expected.js';
import { App } from './view/app.js';
import { Watching } from './watching.js';

const { id, url } = channelOf(location);
const expected = expectedTasks(location.search);
const root = document.querySelector('#page')!;
const watching = new Watching(watch(url), draw);

function draw(): void {
  render(<App id={id} expected={expected} watching={watching} />, root);
}

draw();
// What only the time changes: the elapsed time, and the seconds until the next attempt.
setInterval(draw, 500);
