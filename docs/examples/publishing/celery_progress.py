"""Publishes the progress of Celery tasks to recodex-monitor. Import this module in the worker.

The channel of a task is the id of the task: show http://MONITOR/channels/<id> for `build.delay().id`.
Needs only the standard library besides Celery. Settings: the environment variable RECODEX_MONITOR.
"""

import http.client
import json
import logging
import os
import socket
import time
import urllib.error
import urllib.parse
import urllib.request

from celery.signals import task_postrun, task_prerun

MONITOR = os.environ.get("RECODEX_MONITOR", "http://127.0.0.1:4568")
TIMEOUT = 5  # seconds for each attempt
DELAYS = (0, 0.2, 1, 2)  # seconds before each attempt

log = logging.getLogger(__name__)

# What the end of a task means for the people who watch it. A task that is retried starts again on the same channel.
ENDINGS = {"SUCCESS": ["FINISHED"], "RETRY": ["ABORTED"]}
FAILURE = ["FAILED", "FINISHED"]


class Producer:
    """Publishes the messages of one task. Repeats a request until the monitor has answered it."""

    def __init__(self, channel):
        self.url = f"{MONITOR}/channels/{urllib.parse.quote(channel, safe='')}"
        self.id = f"{socket.gethostname()}-{os.getpid()}"
        self.epoch = time.time_ns() // 1_000_000
        self.seq = 0

    def publish(self, *messages):
        """Publishes messages. Never raises: a task must not fail because of its progress."""
        for delay in DELAYS:
            time.sleep(delay)
            status = self._post(json.dumps(messages).encode())
            if status in (200, 204):
                self.seq += 1
                return
            if status == 409:  # The monitor has restarted and does not know this producer.
                self._new_epoch()
            elif 400 <= status < 500:  # A message is invalid: trying again would not help.
                break
        log.warning("%s did not accept the progress (status %s)", self.url, status)
        # The monitor may have accepted the request, so the next request must not have the same number.
        self._new_epoch()

    def _new_epoch(self):
        self.epoch += 1
        self.seq = 0

    def _post(self, body):
        headers = {
            "Content-Type": "application/json",
            "Producer-Id": self.id,
            "Producer-Epoch": str(self.epoch),
            "Producer-Seq": str(self.seq),
        }
        request = urllib.request.Request(self.url, body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except (OSError, ValueError, http.client.HTTPException):
            return 0  # no answer


producers = {}  # of the tasks that run in this process, by their id


@task_prerun.connect
def publish_start(task_id=None, **_):
    producers[task_id] = Producer(task_id)
    producers[task_id].publish({"command": "STARTED"})


def publish_step(task_id, name, state="COMPLETED"):
    """Call this in a task after each of its steps. `state`: COMPLETED, FAILED or SKIPPED."""
    producers[task_id].publish({"command": "TASK", "task_id": name, "task_state": state})


@task_postrun.connect
def publish_end(task_id=None, state=None, **_):
    producers.pop(task_id).publish(*({"command": each} for each in ENDINGS.get(state, FAILURE)))
