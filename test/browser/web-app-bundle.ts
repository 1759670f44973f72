import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rolldown } from 'rolldown';
import { markedBlock } from '../fixtures/markdown.js';

const PAGE = readFileSync('docs/web-app.md', 'utf8');
const FIXTURES = resolve('test/fixtures/web-app');

/** The files of the recipe, by the names of their blocks. */
const RECIPE: Readonly<Record<string, string>> = {
  followJob: `${FIXTURES}/followJob.js`,
  reducer: `${FIXTURES}/reducer.js`,
  selectors: `${FIXTURES}/selectors.js`,
  container: `${FIXTURES}/container.jsx`,
};

const RESOLVED: readonly (readonly [specifier: RegExp, file: string])[] = [
  [/^recodex-monitor-client$/, resolve('client/client.ts')],
  [/^(redux-actions|immutable)$/, `${FIXTURES}/$1.js`],
  [/^react-redux$/, `${FIXTURES}/react-redux.jsx`],
  [/\/components\/Assignments\/EvaluationProgress$/, `${FIXTURES}/evaluation-progress.jsx`],
  [/\/helpers\/followJob\.js$/, RECIPE['followJob']!],
  [/\/redux\/modules\/evaluationProgress\.js$/, RECIPE['reducer']!],
  [/\/redux\/selectors\/evaluationProgress\.js$/, RECIPE['selectors']!],
  [/\/submission\.js$/, `${FIXTURES}/submission.js`],
  [/\/container\.jsx$/, RECIPE['container']!],
];

/** The script of a small application with the files of docs/web-app.md. It defines `submit` and `showTodaysProgress`. */
export async function webAppBundle(): Promise<string> {
  const build = await rolldown({
    input: `${FIXTURES}/main.jsx`,
    platform: 'browser',
    logLevel: 'warn',
    transform: { define: { 'process.env.NODE_ENV': '"production"' } },
    plugins: [
      {
        name: 'recipe',
        resolveId(specifier) {
          for (const [pattern, file] of RESOLVED) {
            const [, name = ''] = pattern.exec(specifier) ?? [];
            if (pattern.test(specifier)) return file.replace('$1', name);
          }
          return undefined;
        },
        load(path) {
          const [name] = Object.entries(RECIPE).find(([, file]) => file === path) ?? [];
          return name && markedBlock(PAGE, name);
        },
      },
    ],
  });
  const { output } = await build.generate({ format: 'iife' });
  await build.close();
  return output[0].code;
}
