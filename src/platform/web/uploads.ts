import type { Request, Response } from 'express';
import multer, { MulterError } from 'multer';
import { Invalid } from '../errors.js';

/** The one file that a form may carry. */
export interface UploadSpec {
  field: string;
  maxBytes: number;
}

export interface UploadedFile {
  /** As the browser says: to be shown, never a path and never a type. */
  name: string;
  bytes: Buffer;
}

/**
 * Reads a form that carries a file into memory; its other fields become the request's body.
 * @returns null when no file was chosen
 * @throws Invalid at the file's field when it is too large or the form can't be read
 */
export async function receiveFile(spec: UploadSpec, request: Request): Promise<UploadedFile | null> {
  if (!request.is('multipart/form-data')) return null;
  const limits = { fileSize: spec.maxBytes, files: 1, fields: 50, fieldSize: 65_536, fieldNameSize: 100, headerPairs: 20 };
  const read = multer({ storage: multer.memoryStorage(), limits, defParamCharset: 'utf8' }).single(spec.field);
  await new Promise<void>((resolve, reject) => {
    read(request, request.res as Response, (error: unknown) => (error ? reject(tell(error, spec)) : resolve()));
  });
  const { file } = request;
  // The parser makes it without a prototype, which the check of fields takes for something else than an object.
  request.body = { ...request.body };
  return file && (file.size > 0 || file.originalname) ? { name: file.originalname.slice(0, 200), bytes: file.buffer } : null;
}

function tell(error: unknown, { field, maxBytes }: UploadSpec): unknown {
  const code = error instanceof MulterError ? error.code : '';
  if (code === 'LIMIT_FILE_SIZE') return new Invalid({ [field]: `The file is larger than ${sizeOf(maxBytes)}.` });
  // What is left are forms that no page of ours sends: cut off, malformed, with more or other files.
  if (error instanceof Error) return new Invalid({ [field]: 'The file did not arrive whole. Please choose it again.' });
  return error;
}

function sizeOf(bytes: number): string {
  return bytes >= 1_000_000 ? `${bytes / 1_000_000} MB` : `${bytes / 1000} kB`;
}
