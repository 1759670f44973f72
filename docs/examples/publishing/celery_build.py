"""A task that publishes its progress. Start a worker: celery -A celery_build worker"""

import os

from celery import Celery

from celery_progress import publish_step

app = Celery(broker=os.environ.get("BROKER", "redis://127.0.0.1:6379"))


@app.task(bind=True, name="build")
def build(self):
    publish_step(self.request.id, "compile")
    publish_step(self.request.id, "test", "FAILED")
