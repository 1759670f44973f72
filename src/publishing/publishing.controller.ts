import type { IncomingMessage } from 'node:http';
import { Controller, Inject, Param, Post, Req, Res, UseGuards } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import type { Response } from 'express';
import { limitsConfig } from '../config/namespaces.js';
import { OnListener } from '../http/on-listener.js';
import { isChannelId } from '../http/route.js';
import { SameOriginGuard } from '../http/same-origin.guard.js';
import { RelayService } from '../relay/relay.service.js';
import { bodyFormatOf } from './body-format.js';
import { BodyReader } from './body-reader.js';
import { parseMessages } from './parse-messages.js';
import { confirmation, producerOf } from './producer-headers.js';
import { PublishRefused } from './publish-refused.js';
import { PublishingService, type PublishRequest } from './publishing.service.js';

/** Publishing over HTTP, for job systems without ZeroMQ; see docs/publishing.md. */
@OnListener('admin')
@Controller('channels')
export class PublishingController {
  constructor(
    @Inject(limitsConfig.KEY) private readonly limits: ConfigType<typeof limitsConfig>,
    private readonly bodies: BodyReader,
    private readonly publishing: PublishingService,
    private readonly relay: RelayService,
  ) {}

  @Post(':id')
  @UseGuards(SameOriginGuard)
  async publish(
    @Param('id') id: string,
    @Req() request: IncomingMessage,
    @Res() response: Response,
  ): Promise<void> {
    response.setHeader('Cache-Control', 'no-store');
    try {
      this.publishing.requireOpen();
      await this.answer(await this.publishRequestOf(id, request), response);
    } catch (error) {
      if (error instanceof PublishRefused) {
        this.publishing.refused(error);
        response.set(error.headers);
      }
      throw error;
    }
  }

  private async answer(publishRequest: PublishRequest, response: Response): Promise<void> {
    const { messages, producer } = publishRequest;
    const result = this.publishing.publish(publishRequest);
    // A confirmed message must outlive this process.
    if (this.relay.isOn) await this.relay.whenConfirmed();
    if (result.kind === 'repeated') return void response.status(204).set(confirmation(result.last)).end();
    if (producer) response.set(confirmation(producer));
    response.status(200).json({ position: result.position, messages: messages.length });
  }

  private async publishRequestOf(channelId: string, request: IncomingMessage): Promise<PublishRequest> {
    const { limits } = this;
    if (!isChannelId(channelId, limits.channel_id_bytes))
      throw new PublishRefused(
        'invalid',
        `Expected a channel id of at most ${limits.channel_id_bytes} bytes (limits.channel_id_bytes), ` +
          `got ${Buffer.byteLength(channelId)}`,
      );
    const producer = producerOf(request.headers);
    const format = bodyFormatOf(request.headers);
    const body = await this.bodies.read(request, limits.publish_bytes);
    return { channelId, producer, messages: parseMessages(body, format, { channelId, limits }) };
  }
}
