// A private mosquitto like the demo's: MQTT for the gateways, WebSockets and the page's files for the clinic.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const PASSWORD = 'right & proper #1';

const freePort = () => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    server.close(() => resolve(port));
  });
});

export async function newBroker(files) {
  const work = mkdtempSync(join(tmpdir(), 'strided-browser.'));
  const [port, pagePort] = [await freePort(), await freePort()];
  writeFileSync(join(work, 'passwords'), `gateway:${PASSWORD}\nclinician:${PASSWORD}\n`, { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-U', join(work, 'passwords')]);
  const configure = (withPage) => writeFileSync(join(work, 'mosquitto.conf'), [
    ...(process.getuid() === 0 ? ['user root'] : []),
    'persistence true', `persistence_location ${work}/`, 'autosave_interval 1', 'autosave_on_changes true',
    'allow_anonymous false', `password_file ${work}/passwords`, `log_dest file ${work}/mosquitto.log`,
    `listener ${port} 127.0.0.1`,
    ...(withPage ? [`listener ${pagePort} 127.0.0.1`, 'protocol websockets', `http_dir ${files}`] : []), '',
  ].join('\n'));
  let child = null;
  const publish = (topic, payload, retain = true) => execFileSync('mosquitto_pub', [
    '-p', port, '-u', 'gateway', '-P', PASSWORD, '-q', '1', '-t', topic, ...(retain ? ['-r'] : []),
    ...(payload === null ? ['-n'] : ['-s']),
  ], { input: payload === null ? '' : typeof payload === 'string' || Buffer.isBuffer(payload) ? payload : JSON.stringify(payload), timeout: 10_000, stdio: ['pipe', 'ignore', 'pipe'] });
  return {
    pagePort,
    publish,
    /** Without the page's listener, gateways can speak while no page can listen. */
    async start(withPage = true) {
      configure(withPage);
      child = spawn('mosquitto', ['-c', join(work, 'mosquitto.conf')], { stdio: 'ignore' });
      for (let i = 0; ; i++) {
        try {
          publish('ready', '1', false);
          return;
        } catch (error) {
          if (i > 50) throw error;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    },
    async stop() {
      if (!child) return;
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      child = null;
    },
    remove: () => rmSync(work, { recursive: true, force: true }),
  };
}
