import { Controller, Get } from '@nestjs/common';
import { expect, it } from 'vitest';
import { OnListener } from '../../src/http/on-listener.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

@Controller('forgotten')
class ForgottenController {
  @Get()
  answer(): string {
    return 'answered';
  }

  @Get('allowed')
  @OnListener('admin')
  allowed(): string {
    return 'answered';
  }
}

@OnListener('public')
@Controller('decided')
class DecidedController {
  @Get()
  answer(): string {
    return 'answered';
  }

  @Get('admin')
  @OnListener('admin')
  admin(): string {
    return 'answered';
  }

  @Get('both')
  @OnListener('public', 'admin')
  both(): string {
    return 'answered';
  }
}

@OnListener('public')
@Controller('shared')
class SharedOnPublicController {
  @Get(':id')
  answer(): string {
    return 'public';
  }
}

@OnListener('admin')
@Controller('shared')
class SharedOnAdminController {
  @Get(':id')
  answer(): string {
    return 'admin';
  }
}

const running = setUpMonitor(
  {},
  {
    controllers: [ForgottenController, DecidedController, SharedOnPublicController, SharedOnAdminController],
  },
);

it.each([
  ['/forgotten', 404, 404],
  ['/forgotten/allowed', 404, 200],
  ['/decided', 200, 404],
  ['/decided/admin', 404, 200],
  ['/decided/both', 200, 200],
  ['/unknown', 404, 404],
])('%s answers %i on the public and %i on the admin listener', async (path, onPublic, onAdmin) => {
  for (const [base, status] of [
    [running.monitor.http, onPublic],
    [running.monitor.admin, onAdmin],
  ] as const) {
    const response = await fetch(`${base}${path}?x=1`);
    const body = await response.text();
    expect(response.status).toBe(status);
    if (status === 404) expect(JSON.parse(body)).toMatchObject({ message: `Cannot GET ${path}?x=1` });
    else expect(body).toBe('answered');
  }
});

it('answers one path on each listener with the route of that listener', async () => {
  const { http, admin } = running.monitor;
  const answers = await Promise.all([`${http}/shared/1`, `${admin}/shared/1`].map(textOf));
  expect(answers).toEqual(['public', 'admin']);
});

async function textOf(url: string): Promise<string> {
  return (await fetch(url)).text();
}
