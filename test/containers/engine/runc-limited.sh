#!/bin/sh
# Starts runc. A machine without CAP_SYS_RESOURCE can't give a container more open files than this process may have.
set -eu
limit=$(ulimit -H -n)
previous=
for word; do
  case $previous in
    --bundle) specification=$word/config.json ;;
    --process) specification=$word ;;
    *) specification= ;;
  esac
  if [ -n "$specification" ] && [ "$limit" != unlimited ]; then
    asked=$(sed -n -E 's/.*"type":"RLIMIT_NOFILE","hard":([0-9]+).*/\1/p' "$specification")
    if [ "${asked:-0}" -gt "$limit" ]; then
      sed -i -E 's/("type":"RLIMIT_NOFILE","hard":)[0-9]+(,"soft":)[0-9]+/\1'"$limit"'\2'"$limit"'/' "$specification"
    fi
  fi
  previous=$word
done
exec runc "$@"
