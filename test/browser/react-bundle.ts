import { build, type Rolldown } from 'vite';

/** A script with JSX and its packages as one module. */
export async function bundleReact(source: string): Promise<string> {
  const name = 'app.jsx';
  const built = (await build({
    configFile: false,
    root: import.meta.dirname,
    mode: 'development',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: { alias: { 'recodex-monitor-client': 'recodex-monitor' } },
    plugins: [
      {
        name: 'app',
        resolveId: (id) => (id === name ? `${import.meta.dirname}/${name}` : undefined),
        load: (id) => (id.endsWith(`/${name}`) ? source : undefined),
      },
    ],
    build: {
      write: false,
      minify: false,
      rolldownOptions: { input: name, output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  return built.output[0].code;
}
