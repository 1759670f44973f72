# The image of recodex-monitor: docs/containers.md. The steps of the build are in packaging/container.

# Debian, because the addon of zeromq needs glibc; Alpine has musl. CI runs the same files on Debian 12.
FROM node:22-bookworm-slim AS build
WORKDIR /src
# A change of a source does not repeat this step.
COPY package.json package-lock.json ./
COPY packaging/container/install.sh packaging/container/
RUN sh packaging/container/install.sh
COPY . .
RUN sh packaging/container/build.sh

FROM node:22-bookworm-slim
ARG VERSION=1.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="recodex-monitor" \
      org.opencontainers.image.description="Streams the progress of running ReCodEx jobs to the people who watch them." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.base.name="docker.io/library/node:22-bookworm-slim"
COPY --from=build /src/dist-system/image/ /
# A new volume gets the owner of this folder. There is no VOLUME: an engine would keep a nameless volume for each container.
RUN install --directory --owner=1000 --group=1000 --mode=0750 /var/lib/recodex-monitor
# These variables override a configuration file. A file for a machine without containers listens on loopback, where a
# container is not reachable, and logs to a file, which a read-only container can't write.
# Only loopback and the private network may reach the admin port and the ZeroMQ port: they have no access control.
# ADMIN_PUBLIC: probes and Prometheus reach the admin port through the network of the container, which protects the port.
# Without it, a monitor without auth.admin would not start on this address.
ENV RECODEX_MONITOR_WEBSOCKET_URI="*:4567" \
    RECODEX_MONITOR_ADMIN_URI="*:4568" \
    RECODEX_MONITOR_ADMIN_PUBLIC="true" \
    RECODEX_MONITOR_ZEROMQ_URI="*:7894" \
    RECODEX_MONITOR_LOGGER_FILE="off"
# glibc returns memory to the system after a burst.
ENV MALLOC_MMAP_THRESHOLD_=16384
EXPOSE 4567 4568 7894
# A number: Kubernetes cannot check that a name is not root. The base names this user "node".
USER 1000:1000
WORKDIR /
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["node", "/opt/recodex-monitor/healthcheck.mjs"]
# The first line of this program sets V8's flags. It starts Node.js by exec, so Node.js is PID 1 and gets the signals.
ENTRYPOINT ["recodex-monitor"]
