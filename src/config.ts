import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import type { Secrets } from './platform/secrets.js';
import { StartError } from './platform/start-error.js';

const whole = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int(error).min(least, error).max(most, error);
};
const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;
const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https address' });

/** Every environment variable of the program. `docs/configuration.md` lists the same ones: a test compares them. */
export const Environment = z.object({
  PORT: whole(0, 65535).default(3000),
  HOST: z.string().min(1).default('0.0.0.0'),
  DATA_DIR: z.string().min(1).default('./data'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }).optional(),
  DATABASE_POOL: whole(2, 200).default(10),
  PUBLIC_URL: HttpUrl.optional(),
  SESSION_SECRET: z
    .string()
    .refine((value) => secretsIn(value).every((secret) => secret.length >= 32), 'must have at least 32 characters')
    .optional(),
  TRUSTED_PROXIES: z
    .string()
    .refine((list) => entries(list).every(isNetwork), 'must be addresses or networks, separated by commas')
    .default(''),
  S3_BUCKET: z.string().min(1).optional(),
  S3_ENDPOINT: HttpUrl.optional(),
  S3_REGION: z.string().min(1).default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(1).optional(),
  MAX_PHOTO_MB: whole(1, 500).default(40),
  MAX_VIDEO_MB: whole(1, 2000).default(200),
  WEBHOOKS_PRIVATE_NETWORKS: z
    .string()
    .refine((list) => entries(list).every(isNetwork), 'must be addresses or networks, separated by commas')
    .default(''),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an address such as smtp://user:password@mail.example.com:587' }).optional(),
  MAIL_FROM: z.email('must be an e-mail address').optional(),
  SMS_WEBHOOK_URL: HttpUrl.optional(),
  SMS_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_[A-Za-z0-9+/]{32,}={0,2}$/, 'must be whsec_ and at least 24 bytes in base64')
    .optional(),
  FFMPEG_PATH: z.string().min(1).optional(),
  BACKUP_DIR: z.string().min(1).optional(),
  BACKUP_SECOND_DIR: z.string().min(1).optional(),
  BACKUP_AT: z.union([z.literal('off'), whole(0, 23)], { error: 'must be an hour from 0 to 23, or off' }).default(3),
  BACKUP_PASSPHRASE: z.string().min(12, 'must have at least 12 characters').optional(),
  API_REQUESTS_PER_MINUTE: whole(1, 1_000_000).default(600),
  LOG_LEVEL: z.enum(LEVELS, `must be one of ${LEVELS.join(', ')}`).default('info'),
  OBSERVE: z.enum(['on', 'off'], 'must be on or off').default('on'),
  METRICS_TOKEN: z.string().min(32, 'must have at least 32 characters').optional(),
  SENTRY_DSN: z
    .url({ protocol: /^https?$/, error: 'must be the address that the server of faults gives you' })
    .refine((dsn) => /^https?:\/\/[^/@]+@[^/]+\/.*\d+$/.test(dsn), 'must be the address that the server of faults gives you')
    .optional(),
});

/** What `X_FILE` may be given for. */
export const SECRETS = [
  ...(['DATABASE_URL', 'SESSION_SECRET', 'S3_SECRET_ACCESS_KEY', 'SMTP_URL', 'SMS_WEBHOOK_SECRET'] as const),
  ...(['BACKUP_PASSPHRASE', 'METRICS_TOKEN'] as const),
] as const;

export interface S3Config {
  /** Undefined: Amazon's own. */
  endpoint: string | undefined;
  bucket: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Config {
  port: number;
  host: string;
  dataDir: string;
  /** Undefined: the embedded Postgres of `dataDir`. */
  databaseUrl: string | undefined;
  /** Connections of one process, besides the one that listens. */
  databasePool: number;
  /** Origin under which browsers reach the shop, without a trailing slash. */
  publicUrl: string | undefined;
  /** The first signs; what an older one signed still holds. */
  sessionSecrets: Secrets;
  trustedProxies: string[];
  /** Where photos and videos are kept; undefined: in `dataDir`. */
  s3: S3Config | undefined;
  /** Of one photo, and of one video. */
  maxPhotoBytes: number;
  maxVideoBytes: number;
  /** Private addresses and networks that webhooks may be sent to; without encryption, too. */
  webhooksPrivateNetworks: string[];
  /** How mail goes out; undefined: people send it by hand. */
  mail: { url: string; from: string } | undefined;
  /** The program that sends text messages; undefined: people send them by hand. */
  sms: { url: string; secret: string } | undefined;
  /** Undefined: the one in PATH, if there is one. */
  ffmpegPath: string | undefined;
  backup: {
    folder: string;
    /** Where each nightly one is copied to. */
    secondFolder: string | undefined;
    /** Hour of the day on the shop's clock; null: not by itself. */
    at: number | null;
    /** Undefined: they are not sealed. */
    passphrase: string | undefined;
  };
  /** Of one token. */
  apiRequestsPerMinute: number;
  logLevel: string;
  /** Whether it is kept how long answers take, and how the processes are. */
  observe: boolean;
  /** Opens /metrics from other machines. */
  metricsToken: string | undefined;
  /** Where faults are sent as well. */
  sentryDsn: string | undefined;
}

/**
 * Reads and checks the environment.
 * @throws StartError with one sentence that names the variable.
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    Object.keys(Environment.shape).map((name) => [name, isSecret(name) ? readSecret(env, name) : env[name] || undefined]),
  );
  const parsed = Environment.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new StartError(`${issue?.path.join('.')} ${issue?.message}. See docs/configuration.md.`);
  }
  const values = parsed.data;
  // This program speaks plain http. Unless it believes the proxy in front, no cookie counts as sent over https.
  if (values.PUBLIC_URL?.startsWith('https:') && entries(values.TRUSTED_PROXIES).length === 0)
    throw new StartError('PUBLIC_URL is https, so TRUSTED_PROXIES must name the proxy that speaks it. See docs/configuration.md.');
  const dataDir = resolve(values.DATA_DIR);
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir,
    databaseUrl: values.DATABASE_URL,
    databasePool: values.DATABASE_POOL,
    publicUrl: values.PUBLIC_URL && new URL(values.PUBLIC_URL).origin,
    sessionSecrets: secretsIn(values.SESSION_SECRET ?? keptSecret(dataDir, 'session-secret')),
    trustedProxies: entries(values.TRUSTED_PROXIES),
    s3: bucketOf(values),
    maxPhotoBytes: values.MAX_PHOTO_MB * 1_000_000,
    maxVideoBytes: values.MAX_VIDEO_MB * 1_000_000,
    webhooksPrivateNetworks: entries(values.WEBHOOKS_PRIVATE_NETWORKS),
    mail: pair(values, 'SMTP_URL', 'MAIL_FROM', (url, from) => ({ url, from })),
    sms: pair(values, 'SMS_WEBHOOK_URL', 'SMS_WEBHOOK_SECRET', (url, secret) => ({ url, secret })),
    ffmpegPath: values.FFMPEG_PATH,
    backup: {
      folder: resolve(values.BACKUP_DIR ?? join(dataDir, 'backups')),
      secondFolder: values.BACKUP_SECOND_DIR && resolve(values.BACKUP_SECOND_DIR),
      at: values.BACKUP_AT === 'off' ? null : values.BACKUP_AT,
      passphrase: values.BACKUP_PASSPHRASE,
    },
    apiRequestsPerMinute: values.API_REQUESTS_PER_MINUTE,
    logLevel: values.LOG_LEVEL,
    observe: values.OBSERVE === 'on',
    metricsToken: values.METRICS_TOKEN,
    sentryDsn: values.SENTRY_DSN,
  };
}

/** @throws StartError when only a part of it is given: files must not end up where nobody looks for them */
function bucketOf(values: z.output<typeof Environment>): S3Config | undefined {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = values;
  if (bucket && accessKeyId && secretAccessKey)
    return { bucket, accessKeyId, secretAccessKey, region: values.S3_REGION, endpoint: values.S3_ENDPOINT };
  if (bucket || accessKeyId || secretAccessKey || values.S3_ENDPOINT)
    throw new StartError(
      'S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY belong together: set all three, or none of them. See docs/configuration.md.',
    );
  return undefined;
}

/** Two variables of which none is of use alone. @throws StartError when only one of them is given */
function pair<Both>(
  values: z.output<typeof Environment>,
  one: 'SMTP_URL' | 'SMS_WEBHOOK_URL',
  other: 'MAIL_FROM' | 'SMS_WEBHOOK_SECRET',
  both: (first: string, second: string) => Both,
): Both | undefined {
  const [first, second] = [values[one], values[other]];
  if (first && second) return both(first, second);
  if (first || second) throw new StartError(`${one} and ${other} belong together: set both, or none of them. See docs/configuration.md.`);
  return undefined;
}

function entries(list: string): string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
}

/** An address, or a network such as 10.0.0.0/8. */
function isNetwork(entry: string): boolean {
  const [, address = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

/**
 * One secret, or several: one in each line, or with commas between them. A comma in what would else be too short belongs to the
 * secret, so that one from before there could be several stays what it was.
 */
function secretsIn(value: string): Secrets {
  const lines = value
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  const secrets = lines.flatMap((line) => {
    const parts = entries(line);
    return parts.every((part) => part.length >= 32) ? parts : [line];
  });
  const [first, ...older] = secrets;
  return [first ?? '', ...older];
}

function isSecret(name: string): name is (typeof SECRETS)[number] {
  return (SECRETS as readonly string[]).includes(name);
}

/** One secret, as it is or from its file. @throws StartError when both are given, or the file can't be read */
export function readSecret(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const file = env[`${name}_FILE`];
  if (!file) return env[name] || undefined;
  if (env[name]) throw new StartError(`${name} and ${name}_FILE are both set: keep one of them.`);
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new StartError(`${name}_FILE names a file that can't be read: ${(error as Error).message}.`);
  }
}

/** A secret that nobody configured: made on the first start and kept beside the data. */
function keptSecret(dataDir: string, name: string): string {
  const folder = join(dataDir, 'secrets');
  const file = join(folder, name);
  if (existsSync(file)) return checkedSecret(file);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // Written whole under another name, then linked: of two processes that start at once one makes it, both read it.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw new StartError(
        `The folder ${folder} can't be written (${(error as Error).message}): give DATA_DIR a folder that this user owns.`,
      );
    }
  }
  return checkedSecret(file);
}

function checkedSecret(file: string): string {
  const secret = readFileSync(file, 'utf8').trim();
  if (secretsIn(secret).some((one) => one.length < 32))
    throw new StartError(`${file} is damaged: it must hold at least 32 characters. Remove it and everybody signs in anew.`);
  return secret;
}
