# Runs dockerd in network, mount and process namespaces of its own, until standard input ends. Nothing of it outlives the namespaces.
set -eu
folder=$1
ip link set lo up
# The address of a broker in the documentation.
ip address add 192.0.2.1/32 dev lo
ulimit -n 1048576 2>/dev/null || ulimit -n "$(ulimit -H -n)"
# slirp4netns answers DNS at 10.0.2.3.
dockerd --data-root "$folder/data" --exec-root "$folder/exec" --pidfile "$folder/pid" --dns 10.0.2.3 \
  --host "unix://$folder/docker.sock" --add-runtime limited="$folder/bin/runc-limited" --default-runtime limited &
cat >/dev/null
kill $!
wait $! || true
