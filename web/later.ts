// What the page loads after its first render, as one file: the first progress does not wait for it.
export { durationsOf } from './messages/durations.js';
export { showInTab } from './tab.js';
export { Announcement } from './view/announcement.js';
export { Estimate } from './view/estimate.js';
export { JobActions } from './view/job-actions.js';
export { LastTask } from './view/last-task.js';
export { Timeline } from './view/timeline.js';
