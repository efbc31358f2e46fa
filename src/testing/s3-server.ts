import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from '../config.js';
import { freePorts } from './faults/fleet.js';
import { until } from './server.js';

const SERVERS = ['object', 'container', 'account'] as const;
/** What Debian calls the programs it is made of. */
export const PACKAGES = ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'];

export interface S3Server extends S3Config {
  endpoint: string;
  stop(): Promise<void>;
}

/** Whether it can be started here; scripts/find-s3-server.ts installs it where that is possible. */
export function hasS3Server(): boolean {
  return [...SERVERS, 'proxy'].every((server) => existsSync(`/usr/bin/swift-${server}-server`));
}

/** By which the program keeps its files there. */
export function s3Environment({ endpoint, bucket, accessKeyId, secretAccessKey }: S3Server): Record<string, string> {
  return { S3_ENDPOINT: endpoint, S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey };
}

/** OpenStack Swift with its S3 interface: one node, in a folder of its own, on free ports, with an empty bucket. */
export async function startS3Server(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'serviceflow-s3-'));
  const ports = await freePorts(SERVERS.length + 1);
  mkdirSync(join(folder, 'devices', 'd1'), { recursive: true });
  SERVERS.forEach((server, index) => {
    writeFileSync(join(folder, `${server}.conf`), storage(folder, server, ports[index] as number));
  });
  writeFileSync(join(folder, 'proxy.conf'), proxy(folder, ports.at(-1) as number));
  execFileSync('/usr/bin/python3', ['-c', RINGS, folder, ...SERVERS.flatMap((server, index) => [server, String(ports[index])])]);
  const children = [...SERVERS, 'proxy'].map((server) =>
    spawn(`/usr/bin/swift-${server}-server`, [join(folder, `${server}.conf`)], { stdio: 'ignore' }),
  );
  const stop = async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  };
  const endpoint = `http://127.0.0.1:${ports.at(-1)}`;
  const config = { endpoint, bucket: 'files', region: 'us-east-1', accessKeyId: 'test:tester', secretAccessKey: 'testing' };
  try {
    await makeBucket(config);
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...config, stop };
}

async function makeBucket({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Config & { endpoint: string }): Promise<void> {
  const client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 });
  const first = { Bucket: bucket, Key: 'first' };
  // Its servers start one by one, and the one that keeps objects has no part in making a bucket.
  const make = async () => {
    try {
      await client.send(new CreateBucketCommand({ Bucket: bucket })).catch((error: Error) => {
        if (error.name !== 'BucketAlreadyOwnedByYou') throw error;
      });
      await client.send(new PutObjectCommand({ ...first, Body: 'first' }));
      await client.send(new DeleteObjectCommand(first));
      return true;
    } catch {
      return false;
    }
  };
  await until(make, 'Swift to keep an object', 60);
  client.destroy();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** Where each part of Swift finds the others: one server of each kind, one copy of everything. */
const RINGS = `
import sys
from swift.common.ring import RingBuilder
folder, rest = sys.argv[1], sys.argv[2:]
for server, port in zip(rest[::2], rest[1::2]):
    builder = RingBuilder(1, 1, 0)
    builder.add_dev({'region': 1, 'zone': 1, 'ip': '127.0.0.1', 'port': int(port), 'device': 'd1', 'weight': 1.0,
                     'replication_ip': '127.0.0.1', 'replication_port': int(port), 'meta': ''})
    builder.rebalance()
    builder.get_ring().save('%s/%s.ring.gz' % (folder, server))
`;

const common = (folder: string, port: number) => `[DEFAULT]
user = ${userInfo().username}
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
swift_dir = ${folder}
log_address = ${folder}/nowhere
`;

const storage = (folder: string, server: string, port: number) => `${common(folder, port)}
devices = ${folder}/devices
mount_check = false
[pipeline:main]
pipeline = ${server}-server
[app:${server}-server]
use = egg:swift#${server}
`;

// There is one of everything, so a slow one must not be taken for a broken one. Nothing listens at port 1: no cache.
const proxy = (folder: string, port: number) => `${common(folder, port)}
[pipeline:main]
pipeline = catch_errors cache s3api tempauth slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
conn_timeout = 20
node_timeout = 60
error_suppression_limit = 100000
error_suppression_interval = 0
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:1
[filter:s3api]
use = egg:swift#s3api
location = us-east-1
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
`;
