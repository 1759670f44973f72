import { render } from 'preact';
import { watch } from '../client/lazy-client.js';
import { takeToken } from './access-token.js';
import { expectedTasks } from './expected-tasks.js';
import { JobStore } from './job-store.js';
import { languageOf, loadLaterMessages, loadMessages } from './language.js';
import { setLaterTexts } from './later-texts.js';
import { loadStylesheet } from './load-stylesheet.js';
import type { Messages } from './messages/en.js';
import { onPrinting } from './printing.js';
import { resultsUrl } from './results-url.js';
import laterStyles from './style/later.css?url';
import { setTexts } from './texts.js';
import { App, type LaterParts } from './view/app.js';
import { channelOfPage } from './watched-channel.js';

/** Milliseconds after which a page that could not load its texts is loaded again. */
const RELOAD_DELAY = 3000;
/** Milliseconds without motion after the first draw: a late join needs the processors for its messages. */
const STILL_TIME = 1000;

// First, so that the page connects only after the token has left the address bar.
const token = takeToken(window);
// A link with another token, opened in this tab, changes only the fragment.
addEventListener('hashchange', () => {
  if (takeToken(window) !== token) location.reload();
});
const { id, url } = channelOfPage(location);
// Connects while the texts load.
const stream = watch(url, { token });
const language = languageOf(navigator.languages);
document.documentElement.lang = language;
loadMessages(language).then(start, () => setTimeout(() => location.reload(), RELOAD_DELAY));

async function start(messages: Messages): Promise<void> {
  setTexts(messages);

  const embedded = new URLSearchParams(location.search).has('embed');
  const template = document.querySelector<HTMLMetaElement>('meta[name="results-url"]')?.content;
  const root = document.querySelector('#page')!;
  root.classList.toggle('embedded', embedded);
  const fixed = {
    id,
    token,
    embedded,
    expected: expectedTasks(location.search),
    results: resultsUrl(template, id),
    json: token === undefined ? `${url}/summary.json` : undefined,
  };
  let later: LaterParts = 'loading';
  let printing = false;
  const draw = (): void => render(<App {...fixed} store={store} later={later} printing={printing} />, root);
  const store = new JobStore(stream, draw);

  onPrinting((isPrinting) => {
    printing = isPrinting;
    draw();
  });
  draw();
  setTimeout(() => root.classList.add('lively'), STILL_TIME);
  // Updates the texts that depend only on the time: the elapsed time and the seconds until the next attempt.
  setInterval(draw, 500);
  later = await loadLaterParts(messages).catch(() => 'failed' as const);
  draw();
}

async function loadLaterParts(messages: Messages): Promise<LaterParts> {
  const loading = [import('./later.js'), loadLaterMessages(language), loadStylesheet(laterStyles)] as const;
  const [parts, laterMessages] = await Promise.all(loading);
  setLaterTexts(laterMessages(messages, parts.durationsOf));
  return parts;
}
