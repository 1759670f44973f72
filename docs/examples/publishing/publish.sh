#!/bin/sh
# Runs the steps of a build and publishes its progress to recodex-monitor. Needs curl.
# Usage: publish.sh JOB
set -eu

MONITOR=${MONITOR:-http://127.0.0.1:4568}
JOB=${1:?usage: publish.sh JOB}

# Each run of this script is a new epoch of the same producer.
epoch=$(date +%s)
seq=0

new_epoch() {
  epoch=$((epoch + 1))
  seq=0
}

# publish MESSAGE: sends the same request until the monitor has answered it. A build never fails because of its progress.
publish() {
  for delay in 0 1 2 4; do
    sleep "$delay"
    status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 \
      --header 'Content-Type: application/json' \
      --header 'Producer-Id: publish.sh' \
      --header "Producer-Epoch: $epoch" \
      --header "Producer-Seq: $seq" \
      --data-binary "$1" \
      "$MONITOR/channels/$JOB") || status=000
    case $status in
      200 | 204)
        seq=$((seq + 1))
        return
        ;;
      409) new_epoch ;;         # The monitor has restarted and does not know this producer.
      000 | 5??) ;;             # No answer, or the monitor restarts: try again.
      *) break ;;               # The message is invalid: trying again would not help.
    esac
  done
  echo "publish.sh: $MONITOR did not accept $1 (status $status)" >&2
  # The monitor may have accepted the request, so the next message must not have the same number.
  new_epoch
}

# step NAME COMMAND...: runs a command and publishes its result.
step() {
  name=$1
  shift
  state=COMPLETED
  "$@" || state=FAILED
  publish "{\"command\":\"TASK\",\"task_id\":\"$name\",\"task_state\":\"$state\"}"
}

# FINISHED ends the channel, also when the script fails.
trap 'publish "{\"command\":\"FINISHED\"}"' EXIT

publish '{"command":"STARTED"}'
step compile sleep 0.1
step test false
