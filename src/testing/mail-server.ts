import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  /** To whom the envelope says. */
  to: string[];
  /** As it came over the wire. */
  raw: string;
  mail: ParsedMail;
}

export interface MailServer {
  url: string;
  port: number;
  /** What came, in the order in which it came. */
  received: ReceivedMail[];
  /** What it says to an address from now on; undefined: it takes it. */
  refuse(how: (address: string) => { code: number; text: string } | undefined): void;
  /** Waited for before it says that it has a mail. */
  beforeAnswer(wait: () => Promise<void>): void;
  /** Its port is closed, until open() is called. */
  shut(): Promise<void>;
  open(): Promise<void>;
  close(): Promise<void>;
}

/** A mail server that reads what it gets: a real one, on the loopback address. */
export async function startMailServer(): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  let refusal: Parameters<MailServer['refuse']>[0] = () => undefined;
  let wait: () => Promise<void> = async () => {};
  const options: SMTPServerOptions = {
    authOptional: true,
    // Whoever is connected is cut off when it shuts.
    closeTimeout: 50,
    disabledCommands: ['STARTTLS'],
    onRcptTo({ address }, _session, done) {
      const refused = refusal(address);
      done(refused && Object.assign(new Error(refused.text), { responseCode: refused.code }));
    },
    async onData(stream, session, done) {
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk as Buffer);
      const raw = Buffer.concat(chunks);
      received.push({
        to: session.envelope.rcptTo.map(({ address }) => address),
        raw: raw.toString('latin1'),
        mail: await simpleParser(raw),
      });
      await wait();
      done();
    },
  };
  let server: SMTPServer;
  let port = 0;
  const open = async () => {
    server = new SMTPServer(options);
    // A client that is killed cuts its connection.
    server.on('error', () => {});
    server.listen(port, '127.0.0.1');
    await once(server.server, 'listening');
    port = (server.server.address() as AddressInfo).port;
  };
  const shut = () => new Promise<void>((resolve) => server.close(() => resolve()));
  await open();
  return {
    ...{ url: `smtp://127.0.0.1:${port}`, port, received, open, shut, close: shut },
    refuse: (how) => {
      refusal = how;
    },
    beforeAnswer: (next) => {
      wait = next;
    },
  };
}
