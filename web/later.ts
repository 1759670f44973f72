// What the page loads after its first render, as one file: the first progress does not wait for it.
export { JobActions } from './view/job-actions.js';
export { Timeline } from './view/timeline.js';
