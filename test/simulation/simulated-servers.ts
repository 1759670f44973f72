import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { HttpException, type INestApplication } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { WebSocket } from 'ws';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import type { Settings } from '../../src/config/settings.js';
import type { Admission } from '../../src/gateway/admission.js';
import { ChannelController } from '../../src/gateway/channel.controller.js';
import type { ConnectionRegistry } from '../../src/gateway/connection-registry.js';
import { RangeAnswers } from '../../src/gateway/ranges/range-answers.js';
import { EventStreams } from '../../src/gateway/sse/event-streams.js';
import {
  CLIENT_MESSAGE,
  ProgressWsAdapter,
  type ClientMessage,
} from '../../src/gateway/websocket/progress-ws.adapter.js';
import { ProgressGateway } from '../../src/gateway/websocket/progress.gateway.js';
import { ClosingSockets } from '../../src/http/closing-sockets.js';
import type { HttpServers, RequestHandler, UpgradeHandler } from '../../src/http/http-servers.js';
import { keepStreamRequest, parseStreamRequest } from '../../src/http/stream-request.js';
import type { Page } from '../../src/page/page.js';
import { RelayService } from '../../src/relay/relay.service.js';
import type { ConnectRequest } from './client-network.js';
import type { ServerSocket } from './server-socket.js';

/** The HTTP servers without ports: requests come from simulated links, and go to the real handlers. */
export class SimulatedServers {
  readonly closing = new ClosingSockets();
  requestHandler: RequestHandler = () => false;
  upgradeHandler: UpgradeHandler = () => {};
  private controller: ChannelController | undefined;

  constructor(private readonly settings: Settings) {}

  get capacity(): HttpServers['capacity'] {
    const { connections } = this.settings.limits;
    return { clients: connections, connections: connections + 64 };
  }

  /** This object as the class that the services know. They use no other members of it. */
  get asServers(): HttpServers {
    return this as unknown as HttpServers;
  }

  /** Creates everything that answers requests. */
  serve(channels: ChannelsService, connections: ConnectionRegistry, admission: Admission): void {
    const { limits, legacy } = this.settings;
    const servers = this.asServers;
    const streams = new EventStreams(limits, channels, connections, admission, servers);
    this.controller = new ChannelController(
      this.settings,
      channels,
      admission,
      streams,
      {} as Page,
      new RangeAnswers(),
      new RelayService(this.settings.relay, channels),
    );
    const gateway = new ProgressGateway(limits, legacy, channels, connections);
    const adapter = new ProgressWsAdapter({} as INestApplication, servers, admission, limits);
    // As Nest binds a gateway to its adapter.
    adapter.create().on('connection', (webSocket: WebSocket, request: IncomingMessage) => {
      gateway.handleConnection(webSocket, request);
      const callback = (message: ClientMessage): Promise<void> =>
        Promise.resolve(gateway.handleMessage(webSocket, message));
      adapter.bindMessageHandlers(webSocket, [
        { message: CLIENT_MESSAGE, methodName: 'handleMessage', callback, isAckHandledManually: false },
      ]);
      adapter.bindClientDisconnect(webSocket, () => gateway.handleDisconnect(webSocket));
    });
  }

  async listen(): Promise<void> {}

  releaseSharedSockets(): void {}

  close(): Promise<void> {
    this.closing.destroyAll();
    return Promise.resolve();
  }

  /** A client has sent a request. @param onChannel called with the channel of the request, before it is handled */
  accept(
    { url, webSocket, protocols }: ConnectRequest,
    link: ServerSocket,
    onChannel: (id: string) => void,
  ): void {
    // The services use only those methods of a socket that `ServerSocket` has.
    const socket = link as unknown as Socket;
    const request = new IncomingMessage(socket);
    const { pathname, search } = new URL(url);
    Object.assign(request, {
      method: 'GET',
      url: pathname + search,
      httpVersionMajor: 1,
      httpVersionMinor: 1,
    });
    request.headers = webSocket ? upgradeHeaders(protocols) : { accept: 'text/event-stream' };
    const maxIdBytes = this.settings.limits.channel_id_bytes;
    const streamRequest = parseStreamRequest(request, { listener: 'public', webSocket, maxIdBytes });
    keepStreamRequest(request, streamRequest);
    if (streamRequest.route.kind === 'channel') onChannel(streamRequest.route.id);
    if (webSocket) return this.upgradeHandler(streamRequest, request, socket, Buffer.alloc(0));

    const response = new ServerResponse(request);
    response.sendDate = false;
    response.assignSocket(socket);
    // Node.js reads the socket of a request until the response ends.
    socket.resume();
    response.on('finish', () => link.destroySoon());
    if (!this.requestHandler(streamRequest, request, response)) this.answer(request, response);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const vary = (): void => {};
    const status = (code: number): ServerResponse => Object.assign(response, { statusCode: code });
    try {
      const express = Object.assign(response, { vary, status }) as unknown as Response;
      this.controller!.answer(request as unknown as Request, express);
    } catch (error) {
      response.writeHead(error instanceof HttpException ? error.getStatus() : 500).end();
    }
  }
}

function upgradeHeaders(protocols: readonly string[]): IncomingMessage['headers'] {
  return {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
    ...(protocols.length > 0 ? { 'sec-websocket-protocol': protocols.join(', ') } : {}),
  };
}
