import {
  BadRequestException,
  Controller,
  Delete,
  Get,
  HttpCode,
  Inject,
  Logger,
  NotFoundException,
  Param,
  Query,
  Req,
  Res,
  UseGuards,
} from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Request, Response } from 'express';
import type { Channel } from '../channels/channel.js';
import { ChannelsService } from '../channels/channels.service.js';
import { limitsConfig } from '../config/namespaces.js';
import { ConnectionRegistry } from '../gateway/connection-registry.js';
import { OnListener } from '../http/on-listener.js';
import { isChannelId } from '../http/route.js';
import { SameOriginGuard } from '../http/same-origin.guard.js';
import { channelHash } from '../logging/channel-hash.js';
import { streamJson } from '../messages/stream-json.js';
import type { ChannelConnections } from './channel-connections.js';
import { ChannelFilter } from './channel-filter.js';
import { ChannelPages, type ChannelPage } from './channel-pages.js';
import { channelQuery, channelsQuery, readQuery } from './query-parameters.js';

/** Bytes of the messages in one answer, so that one request does not block the event loop. */
const MESSAGE_BYTES = 256 * 1024;

/** Connections in one answer. */
const LISTED_CONNECTIONS = 1000;

/** The channels for operators: a list, one channel with its newest messages, and the removal of a channel. */
@OnListener('admin')
@Controller('channels')
@UseGuards(SameOriginGuard)
export class AdminChannelsController {
  private readonly logger = new Logger(AdminChannelsController.name);

  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    private readonly channels: ChannelsService,
    private readonly pages: ChannelPages,
    private readonly connections: ConnectionRegistry,
  ) {}

  @Get()
  list(@Query() query: unknown): Promise<ChannelPage> {
    const { state, prefix, ...start } = readQuery(channelsQuery, query);
    return this.pages.read(new ChannelFilter(state, prefix), start);
  }

  // Express computes the ETag of the body and answers 304 to a client with this ETag. A script's fetch() sends
  // `no-cache` with If-None-Match, but it expects the 304 too.
  @Get(':id')
  show(
    @Param('id') id: string,
    @Query() query: unknown,
    @Req() request: Request,
    @Res() response: Response,
  ): void {
    const { messages } = readQuery(channelQuery, query);
    const channel = this.channels.find(this.checked(id));
    if (!channel) throw unknownChannel(id);
    delete request.headers['cache-control'];
    response.type('application/json').send(describeChannel(channel, messages));
  }

  @Get(':id/connections')
  showConnections(@Param('id') id: string): ChannelConnections {
    if (!this.channels.find(this.checked(id))) throw unknownChannel(id);
    const all = this.connections.ofChannel(id);
    const connections = all.slice(0, LISTED_CONNECTIONS).map(({ kind, clientAddress, clientSource }) => ({
      kind,
      address: clientAddress,
      source: clientSource,
    }));
    return { connections, total: all.length };
  }

  @Delete(':id')
  @HttpCode(204)
  remove(@Param('id') id: string): void {
    if (!this.channels.delete(this.checked(id))) throw unknownChannel(id);
    const channel = channelHash(id);
    this.logger.log({ message: 'An operator has deleted a channel', channel });
    this.logger.debug({ message: 'The deleted channel', channel, id });
  }

  private checked(id: string): string {
    const { channel_id_bytes: maxBytes } = this.limits;
    if (isChannelId(id, maxBytes)) return id;
    throw new BadRequestException(
      `Expected a channel id of 1 to ${maxBytes} bytes, got ${Buffer.byteLength(id)} bytes`,
    );
  }
}

/** The text of the answer. The messages are written as streams have them. */
function describeChannel(channel: Channel, messages: number): string {
  const { retained, bytes } = channel;
  const first = retained > 0 ? channel.startPosition : null;
  const summary = JSON.stringify({ ...channel.summary(), retained, bytes, first });
  const entries = channel.newestEntries(messages, MESSAGE_BYTES);
  return `{"summary":${summary},"messages":[${entries.map(streamJson).join(',')}]}`;
}

function unknownChannel(id: string): NotFoundException {
  return new NotFoundException(`Expected the id of a channel in memory, got ${JSON.stringify(id)}`);
}
