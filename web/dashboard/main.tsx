import { render } from 'preact';
import { AdminApi } from './admin-api.js';
import { DashboardStore } from './dashboard-store.js';
import { RenderPace } from './render-pace.js';
import { Dashboard } from './view/dashboard.js';

const root = document.querySelector('#dashboard')!;
const pace = new RenderPace(draw);
const store = new DashboardStore(new AdminApi(new URL('.', document.baseURI)), pace);

function draw(): void {
  render(<Dashboard store={store} pace={pace} />, root);
}

pace.inputChanged();
// Updates the texts that depend only on the time: the age of the data and the seconds until the next attempt.
setInterval(pace.dataChanged, 1000);
