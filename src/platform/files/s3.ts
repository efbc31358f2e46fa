import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type S3ServiceException,
} from '@aws-sdk/client-s3';
import type { S3Config } from '../../config.js';
import { NotFound } from '../errors.js';
import { StartError } from '../start-error.js';
import type { FileStore, Stored } from './store.js';
import type { TemporaryFolder } from './temporary.js';

/**
 * A store in a bucket of Amazon S3, or of what speaks like it; its keys are `ab/` and the 64 digits of the hash. Files are
 * received and made on the disk, and sent when they are whole.
 * @throws StartError when the bucket can't be reached
 */
export async function openS3Store(config: S3Config, temporary: TemporaryFolder): Promise<FileStore> {
  const client = connect(config);
  await reach(client, config);
  const at = (sha256: Buffer) => ({ Bucket: config.bucket, Key: keyOf(sha256) });
  const find = (sha256: Buffer) => describe(client, at(sha256), sha256);
  return {
    temporary: () => temporary.path(),
    sweepTemporary: (before) => temporary.sweep(before),
    find,
    has: async (sha256) => (await find(sha256)) !== null,
    // Before the lock: it may take minutes. What is there already is as new again.
    prepare: (path, sha256) => send(client, at(sha256), path, sha256),
    keep: async (path, sha256) => {
      // The sweeper may have taken the old one, and with it ours, before we had the lock.
      if (!(await find(sha256))) await send(client, at(sha256), path, sha256);
      await rm(path, { force: true });
    },
    read: async (sha256, range) => {
      const part = range && { Range: `bytes=${range.first}-${range.last}` };
      const { Body } = await client.send(new GetObjectCommand({ ...at(sha256), ...part })).catch(notFound);
      if (!(Body instanceof Readable)) throw new NotFound();
      return Body;
    },
    remove: async (sha256) => {
      await client.send(new DeleteObjectCommand(at(sha256)));
    },
    list: () => list(client, config.bucket),
  };
}

function connect({ endpoint, region, accessKeyId, secretAccessKey }: S3Config): S3Client {
  return new S3Client({
    ...(endpoint && { endpoint }),
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
    // The hash of the content is checked anyway, and what only speaks like S3 knows no other.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}

async function reach(client: S3Client, { bucket, endpoint = 'Amazon S3' }: S3Config): Promise<void> {
  try {
    await client.send(new HeadBucketCommand({ Bucket: bucket }));
  } catch (error) {
    const { $metadata: { httpStatusCode: status } = {}, message } = error as S3ServiceException;
    if (status === 404) throw new StartError(`There is no bucket ${bucket} at ${endpoint}: make it there, or set S3_BUCKET.`);
    if (status === 403)
      throw new StartError(`The bucket ${bucket} at ${endpoint} is closed to us: check S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.`);
    throw new StartError(`Files can't be kept at ${endpoint} (${status ?? message}): check S3_ENDPOINT and S3_REGION.`);
  }
}

/** The only names that become a key. */
function keyOf(sha256: Buffer): string {
  if (sha256.length !== 32) throw new NotFound();
  const name = sha256.toString('hex');
  return `${name.slice(0, 2)}/${name}`;
}

/** The server compares what arrives with the hash, so that nothing else ever stands under it. */
async function send(client: S3Client, at: { Bucket: string; Key: string }, path: string, sha256: Buffer): Promise<void> {
  const command = new PutObjectCommand({ ...at, Body: createReadStream(path), ContentLength: (await stat(path)).size });
  command.middlewareStack.add(
    (next) => (given) => {
      (given.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = sha256.toString('hex');
      return next(given);
    },
    { step: 'build' },
  );
  await client.send(command);
}

async function describe(client: S3Client, at: { Bucket: string; Key: string }, sha256: Buffer): Promise<Stored | null> {
  try {
    const { ContentLength: bytes, LastModified: storedAt } = await client.send(new HeadObjectCommand(at));
    return bytes !== undefined && storedAt ? { sha256, bytes, storedAt } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function* list(client: S3Client, bucket: string): AsyncIterable<Stored> {
  let after: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket: bucket, ...(after && { ContinuationToken: after }) }));
    for (const { Key = '', Size, LastModified } of page.Contents ?? []) {
      const [, name] = /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(Key) ?? [];
      if (name && Size !== undefined && LastModified) yield { sha256: Buffer.from(name, 'hex'), bytes: Size, storedAt: LastModified };
    }
    after = page.NextContinuationToken;
  } while (after);
}

function notFound(error: unknown): never {
  throw isMissing(error) ? new NotFound() : error;
}

function isMissing(error: unknown): boolean {
  return (error as S3ServiceException).$metadata?.httpStatusCode === 404;
}
