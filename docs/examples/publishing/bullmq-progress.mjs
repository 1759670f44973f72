// Publishes the progress of BullMQ jobs to recodex-monitor. Needs Node.js 18 or newer.
// The channel of a job is `<queue>-<job id>`. A job reports its steps with
// `job.updateProgress({ task_id: 'compile', task_state: 'COMPLETED' })`.

const ATTEMPT_TIMEOUT = 5000;
const DELAYS = [0, 200, 1000, 2000];

/** Publishes the messages of one job, in order. Repeats a request until the monitor has answered it. */
class Producer {
  #url;
  #epoch = Date.now();
  #seq = 0;
  #waiting = [];
  #running = false;

  constructor(url) {
    this.#url = url;
  }

  /** Returns at once. Messages that wait for an answer to an earlier request are sent together. */
  publish(...messages) {
    this.#waiting.push(...messages);
    if (!this.#running) void this.#run();
  }

  async #run() {
    this.#running = true;
    while (this.#waiting.length > 0) await this.#send(JSON.stringify(this.#waiting.splice(0, 1000)));
    this.#running = false;
  }

  async #send(body) {
    let status = 0;
    for (const delay of DELAYS) {
      await new Promise((resolve) => setTimeout(resolve, delay));
      status = await this.#post(body);
      if (status === 200 || status === 204) return void this.#seq++;
      // The monitor has restarted and does not know this producer.
      if (status === 409) this.#startEpoch();
      // A message is invalid: trying again would not help.
      else if (status >= 400 && status < 500) break;
    }
    process.emitWarning(`${this.#url} did not accept the progress (status ${status})`);
    // The monitor may have accepted the request, so the next request must not have the same number.
    this.#startEpoch();
  }

  #startEpoch() {
    this.#epoch++;
    this.#seq = 0;
  }

  async #post(body) {
    const headers = {
      'Content-Type': 'application/json',
      'Producer-Id': 'bullmq',
      'Producer-Epoch': String(this.#epoch),
      'Producer-Seq': String(this.#seq),
    };
    try {
      const signal = AbortSignal.timeout(ATTEMPT_TIMEOUT);
      const response = await fetch(this.#url, { method: 'POST', headers, body, signal });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return 0; // no answer
    }
  }
}

/** Publishes the events of a `QueueEvents` of BullMQ. Run this in one process for each queue. */
export function publishProgress(queueEvents, { queue, monitor = 'http://127.0.0.1:4568' }) {
  /** The producers of the jobs that have not ended. */
  const producers = new Map();
  const producerOf = (jobId) => {
    const url = `${monitor}/channels/${encodeURIComponent(`${queue}-${jobId}`)}`;
    if (!producers.has(jobId)) producers.set(jobId, new Producer(url));
    return producers.get(jobId);
  };

  queueEvents.on('active', ({ jobId }) => producerOf(jobId).publish({ command: 'STARTED' }));
  queueEvents.on('progress', ({ jobId, data }) => {
    const { task_id, task_state } = Object(data);
    if (typeof task_id === 'string') producerOf(jobId).publish({ command: 'TASK', task_id, task_state });
  });
  // An attempt has failed or its worker has died. Another attempt follows on the same channel, at once or after a delay.
  // A job without a producer has not started.
  const abort = (jobId) => producers.get(jobId)?.publish({ command: 'ABORTED' });
  queueEvents.on('waiting', ({ jobId, prev }) => prev === 'active' && abort(jobId));
  queueEvents.on('delayed', ({ jobId }) => abort(jobId));
  const end = (jobId, ...commands) => {
    producerOf(jobId).publish(...commands.map((command) => ({ command })));
    producers.delete(jobId);
  };
  queueEvents.on('completed', ({ jobId }) => end(jobId, 'FINISHED'));
  queueEvents.on('failed', ({ jobId }) => end(jobId, 'FAILED', 'FINISHED'));
}
