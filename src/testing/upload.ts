import type { Client, Reply, RequestOptions } from './client.js';

export interface SentFile {
  name: string;
  bytes: Buffer | string;
}

/** Sends a form with a file, as a browser does. @param file null: none was chosen */
export function upload(
  client: Client,
  path: string,
  fields: Record<string, string>,
  file: ({ field: string } & SentFile) | null,
): Promise<Reply> {
  return sendForm(client, path, fields, file ? [file] : []);
}

/** Sends a form with files in its field `files`, as a browser does. */
export function uploadFiles(
  client: Client,
  path: string,
  fields: Record<string, string>,
  files: SentFile[],
  options: RequestOptions = {},
): Promise<Reply> {
  const named = files.map((file) => ({ field: 'files', ...file }));
  return sendForm(client, path, fields, named, options);
}

/** Sends a form with files, each in its field. */
export function sendForm(
  client: Client,
  path: string,
  fields: Record<string, string>,
  files: ({ field: string } & SentFile)[],
  options: RequestOptions = {},
): Promise<Reply> {
  const boundary = '----a-boundary-that-no-file-has';
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  for (const { field, name, bytes } of files) {
    // As browsers write it: what would end the name is encoded.
    const filename = name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
    const head = `Content-Disposition: form-data; name="${field}"; filename="${filename}"\r\nContent-Type: text/html\r\n\r\n`;
    parts.push(Buffer.from(`--${boundary}\r\n${head}`), Buffer.from(bytes), Buffer.from('\r\n'));
  }
  const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  const headers = { origin: client.url, 'content-type': `multipart/form-data; boundary=${boundary}`, ...options.headers };
  return client.send('POST', path, { ...options, body, headers });
}
