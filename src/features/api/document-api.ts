import { z } from 'zod';
import { api, type Operation } from '../../platform/web/api.js';

/** The document of the API, for whoever writes a program that uses it: it holds no data. @param read gives it */
export function documentOperation(read: () => object): Operation {
  return api(
    'get',
    '/openapi.json',
    {
      ...{ id: 'getDocument', tag: 'Document', summary: 'This document', may: 'anyone', example: {} },
      answer: z.looseObject({ openapi: z.string() }),
    },
    () => read() as { openapi: string },
  );
}
