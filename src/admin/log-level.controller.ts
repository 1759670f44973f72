import { BadRequestException, Controller, Logger, Put, Req, UseGuards } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import { loggerSettings } from '../config/logger-settings.js';
import type { Settings } from '../config/settings.js';
import { SettingsStore } from '../config/settings.store.js';
import { OnListener } from '../http/on-listener.js';
import { SameOriginGuard } from '../http/same-origin.guard.js';
import { readJsonBody } from './json-body.js';

type Level = Settings['logger']['level'];

/** The body of the request, and of the answer. */
export const logLevelBody = z.strictObject({ level: loggerSettings.shape.level.unwrap() });

/** Changes the level of the log until the next reload or restart. */
@OnListener('admin')
@Controller('log-level')
@UseGuards(SameOriginGuard)
export class LogLevelController {
  private readonly logger = new Logger(LogLevelController.name);

  constructor(private readonly store: SettingsStore) {}

  @Put()
  async change(@Req() request: Request): Promise<{ level: Level }> {
    const body = await readJsonBody(request);
    const result = logLevelBody.safeParse(body);
    if (!result.success)
      throw new BadRequestException(
        `Expected {"level": one of debug, info, warning, error, critical}, got ${JSON.stringify(body).slice(0, 100)}`,
      );
    const { level } = result.data;
    const { settings } = this.store;
    const report = {
      message: 'An operator has changed the level of the log',
      from: settings.logger.level,
      to: level,
    };
    // Logged while the level permits it. Between two levels above `info` the line is not logged.
    const wasLogged = settings.logger.level === 'debug' || settings.logger.level === 'info';
    if (wasLogged) this.logger.log(report);
    this.store.apply({ ...settings, logger: { ...settings.logger, level } });
    if (!wasLogged) this.logger.log(report);
    return { level };
  }
}
