// Makes a .deb and an .rpm of dist-package/, from one tree of files as they are installed. It needs scripts/stage-package.mjs
// to run before. Without dpkg-deb or rpmbuild it says which package it leaves out. PACKAGE_MAINTAINER, `Name <address>`, is
// the maintainer of both packages.
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { maintainerOf } from './maintainer.mjs';
import { isNeededAtRuntime } from './runtime-files.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NPM = 'dist-package';
const STAGE = 'dist-system';
const TREE = join(STAGE, 'tree');
const LIBRARY = 'usr/lib/recodex-monitor';
const DOCUMENTATION = 'usr/share/doc/recodex-monitor';
const UNITS = 'usr/lib/systemd/system';
const CONFIG = 'etc/recodex/monitor/config.yml';
const JOURNAL = 'var/lib/recodex-monitor';
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions/recodex-monitor',
  zsh: 'usr/share/zsh/site-functions/_recodex-monitor',
  fish: 'usr/share/fish/vendor_completions.d/recodex-monitor.fish',
};
/** The folder of zsh on Debian for completions of packages. */
const ZSH_DEBIAN = 'usr/share/zsh/vendor-completions';
const ARCHITECTURES = { x64: { deb: 'amd64', rpm: 'x86_64' }, arm64: { deb: 'arm64', rpm: 'aarch64' } };

process.chdir(ROOT);
const manifest = JSON.parse(fs.readFileSync('package.json', 'utf8'));
const { version } = manifest;
const maintainer = maintainerOf(manifest, process.env);
const architecture = ARCHITECTURES[process.arch];
fs.rmSync(STAGE, { recursive: true, force: true });
if (process.platform !== 'linux' || !architecture) {
  process.stdout.write(`No .deb and no .rpm for ${process.platform} ${process.arch}.\n`);
} else {
  stage();
  if (isInstalled('dpkg-deb')) makeDeb();
  if (isInstalled('rpmbuild')) makeRpm();
}

/** Makes the tree that both packages contain. */
function stage() {
  for (const name of ['bin', 'dist', 'node_modules', 'package.json'])
    copy(join(NPM, name), join(LIBRARY, name), isNeededAtRuntime);
  useSystemNode(join(LIBRARY, 'bin/recodex-monitor.js'));
  fs.mkdirSync(join(TREE, 'usr/bin'), { recursive: true });
  fs.symlinkSync('../lib/recodex-monitor/bin/recodex-monitor.js', join(TREE, 'usr/bin/recodex-monitor'));

  for (const name of ['docs', 'README.md', 'THIRD_PARTY_LICENSES', 'LICENSE', 'sbom.cdx.json'])
    copy(join(NPM, name), join(DOCUMENTATION, name));
  copy('client/README.md', join(DOCUMENTATION, 'client/README.md'));
  for (const name of ['prometheus', 'grafana', 'haproxy', 'kubernetes', 'helm'])
    copy(join('packaging', name), join(DOCUMENTATION, 'examples', name));
  adaptLinks(join(DOCUMENTATION, 'docs'));
  adaptLinks(join(DOCUMENTATION, 'README.md'));
  write(join(DOCUMENTATION, 'changelog.gz'), gzipSync(fs.readFileSync('CHANGELOG.md'), { level: 9 }));
  write(join(DOCUMENTATION, 'copyright'), copyright());
  const man = fs.readFileSync('packaging/man/recodex-monitor.8', 'utf8').replace('@VERSION@', version);
  write('usr/share/man/man8/recodex-monitor.8.gz', gzipSync(man, { level: 9 }));

  for (const [shell, path] of Object.entries(COMPLETIONS))
    write(path, execFileSync(process.execPath, ['dist/main.js', 'completion', shell]));

  for (const name of ['recodex-monitor.service', 'recodex-monitor.socket', 'recodex-monitor@.socket'])
    copy(join('packaging/systemd', name), join(UNITS, name));
  write(join(UNITS, 'recodex-monitor@.service'), templateUnit());
  copy('packaging/config.yml', CONFIG);
  for (const folder of ['var/log/recodex', JOURNAL]) fs.mkdirSync(join(TREE, folder), { recursive: true });
  normalizeModes(TREE);
  fs.chmodSync(join(TREE, CONFIG), 0o640);
  fs.chmodSync(join(TREE, JOURNAL), 0o750);
  fs.chmodSync(join(TREE, LIBRARY, 'bin/recodex-monitor.js'), 0o755);
}

/** Both packages depend on the Node.js of the system. A user's PATH may have an older one first. */
function useSystemNode(path) {
  const text = fs.readFileSync(join(TREE, path), 'utf8');
  const changed = text.replace(/^#!\/usr\/bin\/env -S node /, '#!/usr/bin/env -S /usr/bin/node ');
  if (changed === text) throw new Error(`The first line of ${path} starts no Node.js`);
  write(path, changed);
}

/** Lets the links of the documentation point to the places that files have in a package. */
function adaptLinks(path) {
  const source = join(TREE, path);
  if (fs.statSync(source).isDirectory())
    return fs.readdirSync(source).forEach((name) => adaptLinks(join(path, name)));
  if (!path.endsWith('.md')) return;
  const text = fs.readFileSync(source, 'utf8');
  write(
    path,
    text.replaceAll('(../packaging/', '(../examples/').replaceAll('CHANGELOG.md)', 'changelog.gz)'),
  );
}

/** The unit of one of several monitors. `%i` is the name of the monitor, and of its configuration file. */
function templateUnit() {
  return fs
    .readFileSync('packaging/systemd/recodex-monitor.service', 'utf8')
    .replace('Description=ReCodEx monitor', 'Description=ReCodEx monitor %i')
    .replaceAll(`/${CONFIG}`, '/etc/recodex/monitor/%i.yml')
    .replace('StateDirectory=recodex-monitor', '$&/%i');
}

/** packaging/debian/copyright with the text of LICENSE, indented as the format demands. */
function copyright() {
  const lines = fs.readFileSync('LICENSE', 'utf8').trim().split('\n');
  const text = lines.map((line) => (line === '' ? ' .' : ` ${line}`)).join('\n');
  return fs.readFileSync('packaging/debian/copyright', 'utf8').replace('@LICENSE@', text);
}

function makeDeb() {
  const folder = join(STAGE, 'deb');
  fs.cpSync(TREE, folder, { recursive: true, verbatimSymlinks: true });
  fs.renameSync(join(folder, dirname(COMPLETIONS.zsh)), join(folder, ZSH_DEBIAN));
  fs.mkdirSync(join(folder, 'DEBIAN'));
  for (const name of ['conffiles', 'preinst', 'postinst', 'prerm', 'postrm']) {
    fs.copyFileSync(join('packaging/debian', name), join(folder, 'DEBIAN', name));
    fs.chmodSync(join(folder, 'DEBIAN', name), name === 'conffiles' ? 0o644 : 0o755);
  }
  const size = execFileSync('du', ['-sk', TREE], { encoding: 'utf8' }).split('\t')[0];
  const control = fs
    .readFileSync('packaging/debian/control', 'utf8')
    .replace('@VERSION@', `${version}-1`)
    .replace('@MAINTAINER@', maintainer)
    .replace('@ARCHITECTURE@', architecture.deb)
    .replace('@SIZE@', size);
  fs.writeFileSync(join(folder, 'DEBIAN/control'), control);
  const file = `recodex-monitor_${version}-1_${architecture.deb}.deb`;
  run('dpkg-deb', '--build', '--root-owner-group', '-Zxz', folder, file);
}

function makeRpm() {
  const defines = {
    _topdir: join(ROOT, STAGE, 'rpm'),
    _rpmdir: ROOT,
    _build_name_fmt: '%%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm',
    staged: join(ROOT, TREE),
    package_version: version,
    maintainer,
    vendor_name: maintainer.replace(/ <.*/, ''),
  };
  const options = Object.entries(defines).flatMap(([name, value]) => ['--define', `${name} ${value}`]);
  run(
    'rpmbuild',
    '-bb',
    '--quiet',
    '--target',
    architecture.rpm,
    ...options,
    'packaging/rpm/recodex-monitor.spec',
  );
  process.stdout.write(`recodex-monitor-${version}-1.${architecture.rpm}.rpm\n`);
}

function copy(from, to, filter = () => true) {
  fs.mkdirSync(dirname(join(TREE, to)), { recursive: true });
  fs.cpSync(from, join(TREE, to), { recursive: true, filter });
}

function write(path, content) {
  fs.mkdirSync(dirname(join(TREE, path)), { recursive: true });
  fs.writeFileSync(join(TREE, path), content);
}

/** The mode of a file must not depend on the umask of the build. */
function normalizeModes(path) {
  const stat = fs.lstatSync(path);
  if (stat.isSymbolicLink()) return;
  fs.chmodSync(path, stat.isDirectory() ? 0o755 : 0o644);
  if (stat.isDirectory()) for (const name of fs.readdirSync(path)) normalizeModes(join(path, name));
}

function isInstalled(program) {
  const installed = spawnSync(program, ['--version']).error === undefined;
  const suffix = program === 'rpmbuild' ? '.rpm' : '.deb';
  if (!installed) process.stdout.write(`${program} is not installed: leaving out the ${suffix}.\n`);
  return installed;
}

function run(program, ...args) {
  execFileSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
}
