import fc from 'fast-check';

/** JSON Schema as far as the API's document uses it. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  minItems?: number;
  maxItems?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
}

/** Values that a schema allows: any text in any script, numbers at their limits. @param resolve gives what a $ref means */
export function allowedBy(schema: Schema, resolve: (ref: string) => Schema): fc.Arbitrary<unknown> {
  const of = (inner: Schema) => allowedBy(inner, resolve);
  if (schema.$ref) return of(resolve(schema.$ref));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const either = schema.anyOf ?? schema.oneOf;
  if (either) return fc.oneof(...either.map(of));
  const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'anything'];
  return fc.oneof(...types.map((type) => ofType(type, schema, of)));
}

function ofType(type: string, schema: Schema, of: (inner: Schema) => fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  if (type === 'null') return fc.constant(null);
  if (type === 'boolean') return fc.boolean();
  if (type === 'string') return text(schema);
  if (type === 'integer') return fc.integer(limits(schema));
  if (type === 'number') return fc.double({ min: schema.minimum ?? -1e9, max: schema.maximum ?? 1e9, noNaN: true });
  if (type === 'array')
    return fc.array(of(schema.items ?? {}), {
      minLength: schema.minItems ?? 0,
      maxLength: Math.min(schema.maxItems ?? 4, (schema.minItems ?? 0) + 4),
    });
  if (type !== 'object') return fc.jsonValue();
  const { properties = {}, required = [], additionalProperties: others } = schema;
  const known = fc.record(Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, of(inner)])), {
    requiredKeys: required,
  });
  if (Object.keys(properties).length > 0 || typeof others !== 'object') return known;
  return fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), of(others), { maxKeys: 3 });
}

function limits({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): { min: number; max: number } {
  const min = exclusiveMinimum === undefined ? minimum : exclusiveMinimum + 1;
  const max = exclusiveMaximum === undefined ? maximum : exclusiveMaximum - 1;
  return { min: min ?? Number.MIN_SAFE_INTEGER, max: max ?? Number.MAX_SAFE_INTEGER };
}

function text({ minLength = 0, maxLength = 200, pattern, format }: Schema): fc.Arbitrary<string> {
  if (format === 'date-time')
    return fc.date({ min: new Date('1971-01-01'), max: new Date('2199-12-31'), noInvalidDate: true }).map((at) => at.toISOString());
  if (format === 'date')
    return fc
      .date({ min: new Date('1971-01-01'), max: new Date('2199-12-31'), noInvalidDate: true })
      .map((at) => at.toISOString().slice(0, 10));
  if (format === 'email') return fc.emailAddress();
  if (format === 'uri') return fc.webUrl();
  if (pattern && pattern !== '\\S') return fc.stringMatching(new RegExp(pattern), { maxLength });
  const any = fc.string({
    unit: fc.oneof(fc.constantFrom('a', ' ', "'", '<', '%', 'ä', '漢', '\u202e'), fc.constant('\n')),
    minLength,
    maxLength,
  });
  return fc.oneof(any, fc.string({ minLength, maxLength: Math.min(maxLength, 50) }), fc.constant('x'.repeat(maxLength)));
}

/** One change of a value that the schema does not allow: each as a value that must be refused. Only the object's own fields. */
export function refusedBy(
  schema: Schema,
  valid: Record<string, unknown>,
  resolve: (ref: string) => Schema,
): [what: string, value: unknown][] {
  const { properties = {}, required = [] } = schema;
  const wrong: [string, unknown][] = [
    ['an unknown field', { ...valid, is_admin: true }],
    ['a list', [valid]],
    ['a text', 'x'],
    ['null', null],
  ];
  for (const name of required) wrong.push([`no ${name}`, Object.fromEntries(Object.entries(valid).filter(([key]) => key !== name))]);
  for (const [name, given] of Object.entries(properties)) {
    const inner = given.$ref ? resolve(given.$ref) : given;
    const types = inner.type === undefined ? [] : [inner.type].flat();
    const put = (what: string, value: unknown) => wrong.push([`${name}: ${what}`, { ...valid, [name]: value }]);
    if (types.length > 0 && !types.includes('object')) put('an object', { a: 1 });
    if (types.length > 0 && !types.includes('array')) put('a list', ['x']);
    if (types.length > 0 && !types.includes('null')) put('null', null);
    if (types.includes('string') && inner.maxLength !== undefined) put('too long', 'x'.repeat(inner.maxLength + 1));
    if (types.includes('string') && (inner.minLength ?? 0) > 0) put('empty', '');
    if (types.includes('string') && inner.format === undefined) put('a NUL', `a\0b`);
    if (types.includes('string')) put('a number', 12.5);
    if (types.includes('integer')) for (const number of [1.5, 1e300, '1e3']) put(String(number), number);
    if (inner.maximum !== undefined && inner.maximum < Number.MAX_SAFE_INTEGER) put('too much', inner.maximum + 1);
    if (inner.minimum !== undefined && inner.minimum > Number.MIN_SAFE_INTEGER) put('too little', inner.minimum - 1);
    if (inner.enum) put('none of the choices', 'none of them');
  }
  return wrong;
}
