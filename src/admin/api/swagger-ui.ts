import { readFile } from 'node:fs/promises';

/** A file of the page. */
interface UiFile {
  readonly type: string;
  readonly body: string | Buffer;
}

/** Where the build puts the files of Swagger UI. */
const FOLDER = new URL('./', import.meta.resolve('#dist/swagger-ui/swagger-ui.css'));

/** The files that are served, with their types. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ['swagger-ui.css', 'text/css; charset=utf-8'],
  ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
]);

/** The script of the page. The policy of the page permits no script in the page itself. */
const START: UiFile = {
  type: 'text/javascript; charset=utf-8',
  body: `SwaggerUIBundle({ url: '/api-json', dom_id: '#api', deepLinking: true });\n`,
};

/** The page. */
export const API_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>recodex-monitor: admin API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/api/swagger-ui.css">
<div id="api"></div>
<script src="/api/swagger-ui-bundle.js"></script>
<script src="/api/start.js"></script>
</html>
`;

/** Permits only files of this server, and the icons in the style sheet. */
export const API_PAGE_POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `connect-src 'self'`,
  `img-src 'self' data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ');

/** Reads the files of Swagger UI when they are requested. They take 1.8 MB, and most monitors never need them. */
export class SwaggerUi {
  private readonly files = new Map<string, Promise<UiFile>>();

  /** A file by its name; `undefined` if there is none, or if the monitor was built without it. */
  async file(name: string): Promise<UiFile | undefined> {
    const type = TYPES.get(name);
    if (name === 'start.js') return START;
    if (type === undefined) return undefined;
    let file = this.files.get(name);
    if (!file) this.files.set(name, (file = read(name, type)));
    return file.catch(() => {
      this.files.delete(name);
      return undefined;
    });
  }
}

async function read(name: string, type: string): Promise<UiFile> {
  return { type, body: await readFile(new URL(name, FOLDER)) };
}
