import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectPath } from '../../platform/project.js';
import { until } from '../server.js';
import { freePorts } from './fleet.js';

const PROGRAM = '/usr/sbin/nginx';
/** What Debian calls it. */
export const NGINX_PACKAGE = 'nginx-light';

export interface Nginx {
  url: string;
  /** To which of the ports behind it each request went, in their order; several where it tried another. */
  ports(): number[][];
  close(): Promise<void>;
}

/** Whether it can be started here; scripts/find-nginx.ts installs it where that is possible. */
export function hasNginx(): boolean {
  return existsSync(PROGRAM);
}

/**
 * Debian's nginx with the configuration that docs/scale.md prints, in a folder of its own.
 * @param ports of the processes behind it
 */
export async function startNginx(folder: string, ports: number[]): Promise<Nginx> {
  const [port = 0] = await freePorts(1);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'nginx.conf'), mainConfiguration(folder, documented(port, ports)));
  const child = spawn(PROGRAM, ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', join(folder, 'error.log')], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  await until(
    () =>
      fetch(`${url}/livez`).then(
        (answer) => answer.ok,
        () => false,
      ),
    'nginx',
  );
  return {
    url,
    ports: () =>
      readFileSync(join(folder, 'access.log'), 'utf8')
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(', ').map((address) => Number(address.split(':')[1]))),
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** What is printed for people to copy is what is tested: only addresses and the certificate are others. */
function documented(port: number, ports: number[]): string {
  const [, printed] = /```nginx\n([\s\S]*?)```/.exec(readFileSync(projectPath('docs/scale.md'), 'utf8')) ?? [];
  if (!printed) throw new Error('docs/scale.md has no configuration for nginx.');
  let turn = 0;
  const configuration = printed
    .replace(/server 127\.0\.0\.1:\d+/g, () => `server 127.0.0.1:${ports[turn++]}`)
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port};`)
    .replace(/^ *ssl_certificate.*\n/gm, '')
    // The clients of the tests speak to an address with a port, and without a certificate.
    .replaceAll('$host;', '$http_host;');
  if (turn !== ports.length) throw new Error(`docs/scale.md prints ${turn} processes, the test has ${ports.length}.`);
  return configuration;
}

function mainConfiguration(folder: string, site: string): string {
  return `daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  log_format upstream '$upstream_addr';
  access_log ${folder}/access.log upstream;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  ${site}
}
`;
}
