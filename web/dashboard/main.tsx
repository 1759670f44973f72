import { render } from 'preact';
import { takeToken } from '../access-token.js';
import { AdminApi } from './admin-api.js';
import { DashboardStore } from './dashboard-store.js';
import { RenderPace } from './render-pace.js';
import { Dashboard } from './view/dashboard.js';

// First, so that the page makes its requests only after the token has left the address bar.
const token = takeToken(window);
const root = document.querySelector('#dashboard')!;
const pace = new RenderPace(draw);
const store = new DashboardStore(new AdminApi(new URL('.', document.baseURI), token), pace);

function draw(): void {
  render(<Dashboard store={store} pace={pace} />, root);
}

// A link with another token, opened in this tab, changes only the fragment.
addEventListener('hashchange', () => {
  if (takeToken(window) !== token) location.reload();
});
pace.inputChanged();
// Updates the texts that depend only on the time: the age of the data and the seconds until the next attempt.
setInterval(pace.dataChanged, 1000);
