import type { Client, Reply } from './client.js';

/** Sends a form with a file, as a browser does. @param file null: none was chosen */
export function upload(
  client: Client,
  path: string,
  fields: Record<string, string>,
  file: { field: string; name: string; bytes: Buffer | string } | null,
): Promise<Reply> {
  const boundary = '----a-boundary-that-no-file-has';
  const parts = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  if (file) {
    const head = `Content-Disposition: form-data; name="${file.field}"; filename="${file.name}"\r\nContent-Type: text/html\r\n\r\n`;
    parts.push(Buffer.from(`--${boundary}\r\n${head}`), Buffer.from(file.bytes), Buffer.from('\r\n'));
  }
  const body = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  const headers = { origin: client.url, 'content-type': `multipart/form-data; boundary=${boundary}` };
  return client.send('POST', path, { body, headers });
}
