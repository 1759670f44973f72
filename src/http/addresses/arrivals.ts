import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { rootConfig } from '../../config/namespaces.js';
import { ThrottledWarning } from '../../logging/throttled-warning.js';
import { AddressLease } from './address-lease.js';
import { AddressLimits } from './address-limits.js';
import { ClientAddresses, peerAddress } from './client-addresses.js';
import type { ClientSource } from './client-source.js';
import { takeProxyHeader } from './proxy-header-reader.js';

/** New connections of the public server: finds out for which address each counts. */
@Injectable()
export class Arrivals {
  /** Connections of trusted proxies that were closed because they did not begin with a PROXY header. */
  invalidProxyHeaders = 0;
  /** Connections that were closed without an answer, because their address had far too many. */
  dropped = 0;

  private readonly clients: ClientAddresses;
  private readonly invalid = new ThrottledWarning(
    new Logger(Arrivals.name),
    'A trusted proxy sent no header of the PROXY protocol: its connection is closed. Let it send the header, or set proxy_protocol to false',
  );
  /** One function for all connections. */
  private readonly released: (this: Socket) => void;

  constructor(
    @Inject(rootConfig.KEY) private readonly root: ConfigType<typeof rootConfig>,
    private readonly limits: AddressLimits,
  ) {
    this.clients = new ClientAddresses(root);
    this.released = function (this: Socket): void {
      const lease = AddressLease.of(this);
      if (lease) limits.release(lease);
    };
  }

  /** Counts an accepted connection. Returns false if it was closed. */
  accept(socket: Socket): boolean {
    const lease = new AddressLease(this.limits, peerAddress(socket));
    lease.attachTo(socket);
    socket.on('close', this.released);
    if (this.clients.isProxy(lease.peer)) return true;
    return this.occupy(lease, socket);
  }

  /** Calls `serve` when the address of the client is known. Reads the header of the PROXY protocol before. */
  serve(socket: Socket, serve: (socket: Socket) => void): void {
    const lease = AddressLease.of(socket);
    if (!lease || !this.root.proxy_protocol || !this.clients.isProxy(lease.peer)) return serve(socket);
    const proxy = lease.peer;
    takeProxyHeader(socket, {
      ready: (client) => {
        if (client !== undefined) {
          lease.peer = client;
          lease.isReported = true;
        }
        if (this.clients.isProxy(lease.peer) || this.occupy(lease, socket)) serve(socket);
      },
      failed: (reason) => {
        this.invalidProxyHeaders++;
        this.invalid.warn({ proxy, reason });
      },
    });
  }

  /** The client that sent a request: its address, its source, and the host that it used if a trusted proxy reports it. */
  clientOf({ socket, headers }: IncomingMessage): {
    clientAddress: string;
    clientSource: ClientSource;
    forwardedHost: string | undefined;
  } {
    const lease = AddressLease.of(socket);
    const peer = lease?.peer ?? peerAddress(socket);
    const { address, source } = this.clients.locate(peer, headers);
    const clientSource = lease?.isReported && source !== 'header' ? 'proxy-protocol' : source;
    const forwardedHost = this.clients.isProxy(peer) ? headers['x-forwarded-host']?.toString() : undefined;
    return { clientAddress: address, clientSource, forwardedHost };
  }

  private occupy(lease: AddressLease, socket: Socket): boolean {
    lease.exceeded = this.limits.occupy(lease, lease.peer);
    if (!this.limits.isFlooding(lease)) return true;
    this.dropped++;
    socket.destroy();
    return false;
  }
}
