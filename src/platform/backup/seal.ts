import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, scrypt, scryptSync } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';

const MAGIC = Buffer.from('SFLOW-1\n');
const [SALT, NONCE, TAG] = [16, 16, 16];
const HEAD = MAGIC.length + SALT + NONCE;
const CHUNK = 65_536;
/** 128 MB and half a second for each guess at the passphrase (OWASP's first choice for scrypt). */
const SCRYPT = { N: 2 ** 17, r: 8, p: 1, maxmem: 160 * 1024 * 1024 };

/** The bytes are not what was sealed, or not with this key. */
export class SealBroken extends Error {}

/**
 * What a passphrase opens. Whatever is sealed carries the salt, so the passphrase alone opens it; the keys are worked out once.
 * A stream is sealed in pieces of 64 KiB with AES-256-GCM, each with its number and whether it is the last in its nonce (the
 * STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár 2015), so no piece can be changed, moved, or left out at the end.
 */
export class SealKeys {
  readonly #keys = new Map<string, Buffer>();

  constructor(private readonly passphrase: string) {}

  /** Works out the key of a salt beforehand, beside what else goes on; else everything waits for it where it is needed first. */
  async prepare(salt: Buffer): Promise<void> {
    if (this.#keys.has(salt.toString('hex'))) return;
    const key = await new Promise<Buffer>((resolve, reject) => {
      scrypt(this.passphrase.normalize('NFKC'), salt, 32, SCRYPT, (error, made) => (error ? reject(error) : resolve(made)));
    });
    this.#keys.set(salt.toString('hex'), key);
  }

  /** Tells passphrases of one salt apart without telling anything of them. */
  mark(salt: Buffer): string {
    return Buffer.from(hkdfSync('sha256', this.#key(salt), '', 'serviceflow backup mark', 8)).toString('hex');
  }

  /** @param about what it is, such as the path in the archive: put elsewhere it can't be opened */
  sealer(salt: Buffer, about: string): Transform {
    const nonce = randomBytes(NONCE);
    return new Sealer(Buffer.concat([MAGIC, salt, nonce]), this.#streamKey(salt, nonce, about));
  }

  /** Its stream fails with SealBroken. */
  opener(about: string): Transform {
    return new Opener((salt, nonce) => this.#streamKey(salt, nonce, about));
  }

  #streamKey(salt: Buffer, nonce: Buffer, about: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#key(salt), nonce, `serviceflow backup ${about}`, 32));
  }

  #key(salt: Buffer): Buffer {
    const name = salt.toString('hex');
    const key = this.#keys.get(name) ?? scryptSync(this.passphrase.normalize('NFKC'), salt, 32, SCRYPT);
    this.#keys.set(name, key);
    return key;
  }
}

export function newSalt(): Buffer {
  return randomBytes(SALT);
}

/** How many bytes that many become. */
export function sealedBytes(plain: number): number {
  return HEAD + plain + TAG * Math.max(1, Math.ceil(plain / CHUNK));
}

function nonceOf(index: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(index, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

/** Cuts what comes into pieces of one length; the last one, which may be shorter, is known as such. */
abstract class InPieces extends Transform {
  #waiting: Buffer[] = [];
  #length = 0;
  #index = 0;

  constructor(private readonly size: number) {
    super();
  }

  protected abstract piece(bytes: Buffer, index: number, isLast: boolean): Buffer;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.feed(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  protected feed(chunk: Buffer): void {
    this.#waiting.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= this.size) return;
    let rest = Buffer.concat(this.#waiting);
    // More than one piece is here, so the first is not the last.
    for (; rest.length > this.size; rest = rest.subarray(this.size)) {
      this.push(this.piece(rest.subarray(0, this.size), this.#index++, false));
    }
    this.#waiting = [rest];
    this.#length = rest.length;
  }

  override _flush(done: TransformCallback): void {
    try {
      done(null, this.piece(Buffer.concat(this.#waiting), this.#index, true));
    } catch (error) {
      done(error as Error);
    }
  }
}

class Sealer extends InPieces {
  constructor(
    head: Buffer,
    private readonly key: Buffer,
  ) {
    super(CHUNK);
    this.push(head);
  }

  protected piece(bytes: Buffer, index: number, isLast: boolean): Buffer {
    const cipher = createCipheriv('aes-256-gcm', this.key, nonceOf(index, isLast));
    return Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  }
}

class Opener extends InPieces {
  #head: Buffer | null = Buffer.alloc(0);
  #key: Buffer | undefined;

  constructor(private readonly keyOf: (salt: Buffer, nonce: Buffer) => Buffer) {
    super(CHUNK + TAG);
  }

  protected override feed(chunk: Buffer): void {
    if (this.#head === null) {
      super.feed(chunk);
      return;
    }
    const head = Buffer.concat([this.#head, chunk]);
    this.#head = head;
    if (head.length < HEAD) return;
    if (!head.subarray(0, MAGIC.length).equals(MAGIC)) throw new SealBroken('it was not sealed by ServiceFLOW');
    this.#key = this.keyOf(head.subarray(MAGIC.length, MAGIC.length + SALT), head.subarray(MAGIC.length + SALT, HEAD));
    this.#head = null;
    super.feed(head.subarray(HEAD));
  }

  protected piece(bytes: Buffer, index: number, isLast: boolean): Buffer {
    if (!this.#key || bytes.length < TAG) throw new SealBroken('it is cut off');
    const opener = createDecipheriv('aes-256-gcm', this.#key, nonceOf(index, isLast), { authTagLength: TAG });
    opener.setAuthTag(bytes.subarray(bytes.length - TAG));
    try {
      return Buffer.concat([opener.update(bytes.subarray(0, bytes.length - TAG)), opener.final()]);
    } catch {
      throw new SealBroken('the passphrase is not the right one, or it is damaged');
    }
  }
}
