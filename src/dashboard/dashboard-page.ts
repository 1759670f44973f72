import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { readAssets } from '../page/built-web.js';
import { assetResponses, htmlResponse, type PageResponse } from '../page/static-response.js';

const DIST_DASHBOARD = new URL('./', import.meta.resolve('#dist/dashboard/index.html'));

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Dashboard not built</title>
<p>This monitor was built without its dashboard. To see it here, build it with <code>npm run build</code>.
</html>
`;

/** The dashboard and its assets. All are served from memory: no request reads a file. */
@Injectable()
export class DashboardPage {
  readonly html: PageResponse;
  private readonly assets: ReadonlyMap<string, PageResponse>;

  /** @param directory the folder of the built files; if they do not exist, the page says so */
  constructor(directory: URL = DIST_DASHBOARD) {
    const { html, assets } = read(directory);
    this.html = htmlResponse(html);
    this.assets = assetResponses(assets);
  }

  /** An asset by its file name, `<name>-<hash>.<ext>`. */
  asset(name: string): PageResponse | undefined {
    return this.assets.get(name);
  }
}

function read(directory: URL): { html: Buffer; assets: ReadonlyMap<string, Buffer> } {
  try {
    return { html: readFileSync(new URL('index.html', directory)), assets: readAssets(directory) };
  } catch (error) {
    // A source checkout without a build.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      return { html: Buffer.from(NOT_BUILT), assets: new Map() };
    throw error;
  }
}
