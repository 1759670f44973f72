import { Injectable } from '@nestjs/common';
import type { BuiltWeb } from './built-web.js';
import { withMeta } from './meta.js';
import { assetResponses, htmlResponse, type PageResponse } from './static-response.js';

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Page not built</title>
<p>This monitor was built without its page. To watch a job here, build it with <code>npm run build</code>.
</html>
`;

/** The notice on the start page, by the status of the response. */
const NOTICES: ReadonlyMap<number, string> = new Map([
  [200, ''],
  [400, 'This address has no valid job id.'],
  [404, 'There is nothing at this address.'],
]);

/** The text in `web/start.html` after which the notice is inserted. */
const NOTICE_PLACE = 'role="alert">';

/** The page of a job, the start page, and their assets. All are served from memory: no request reads a file. */
@Injectable()
export class Page {
  private readonly template: Buffer;
  private jobPage: { readonly resultsUrl: string | null; readonly body: Buffer } | undefined;
  private readonly startBodies: ReadonlyMap<number, Buffer>;
  private readonly assets: ReadonlyMap<string, PageResponse>;

  /**
   * @param web `undefined`: the files were not built, and the pages say so
   * @param settings `results_url`: the address of the results of a job, with `{id}` for the id
   */
  constructor(
    web: BuiltWeb | undefined,
    private readonly settings: { readonly results_url: string | null } = { results_url: null },
  ) {
    const notBuilt = Buffer.from(NOT_BUILT);
    this.template = web?.html ?? notBuilt;
    this.startBodies = new Map(
      [...NOTICES].map(([status, text]) => [status, withNotice(web?.start ?? notBuilt, text)]),
    );
    this.assets = assetResponses(web?.assets ?? new Map());
  }

  /**
   * The page of a job, the same for every channel.
   *
   * @param origins sites that may show it in a frame; none by default
   * @param embedded the page that is made for frames; pages of the monitor's own origin may show it too
   */
  html(origins: readonly string[] = [], embedded = false): PageResponse {
    return htmlResponse(this.jobPageBody(), embedded ? [`'self'`, ...origins] : origins);
  }

  /** The start page. @param status 200, 400 or 404; selects the notice */
  start(status = 200): PageResponse {
    return htmlResponse(this.startBodies.get(status)!);
  }

  /** An asset by its file name, `<name>-<hash>.<ext>`. */
  asset(name: string): PageResponse | undefined {
    return this.assets.get(name);
  }

  // Renders the page again only after a reload has changed `page.results_url`.
  private jobPageBody(): Buffer {
    const { results_url: resultsUrl } = this.settings;
    if (this.jobPage?.resultsUrl !== resultsUrl) {
      this.jobPage = { resultsUrl, body: withMeta(this.template, 'results-url', resultsUrl) };
    }
    return this.jobPage.body;
  }
}

function withNotice(html: Buffer, notice: string): Buffer {
  return Buffer.from(html.toString().replace(NOTICE_PLACE, `${NOTICE_PLACE}${notice}`));
}
