/** OpenAPI 3.1 from the routes themselves: what is served and what is described cannot differ. */
import { type $ZodType, toJSONSchema } from 'zod/v4/core';
import type { Json, JsonObject } from '../encoding/index.ts';
import type { ReplyRule, Route } from './routes.ts';

export interface ApiInfo {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly baseUrl: string;
}

const bodyMedia = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain',
  bytes: 'application/octet-stream',
} as const;

/** The document; tags and paths in the order of the routes. */
export function openApi(routes: readonly Route[], info: ApiInfo): JsonObject {
  const base = new URL(info.baseUrl);
  const paths: { [path: string]: JsonObject } = {};
  const securitySchemes: JsonObject = {};
  for (const route of routes) {
    const path = route.path.replace(/:([A-Za-z]+)/g, '{$1}');
    const place = route.place === 'well-known' ? path + base.pathname.replace(/\/$/, '') : path;
    const item = paths[place] ?? {};
    paths[place] = item;
    if (route.place === 'well-known') item.servers = [{ url: base.origin }];
    item[route.method.toLowerCase()] = operation(route);
    if (route.auth !== undefined) securitySchemes[route.auth.name] = route.auth.openapi;
  }
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version, description: info.description },
    servers: [{ url: info.baseUrl.replace(/\/$/, '') }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: { securitySchemes, schemas: { Problem: problemSchema, OAuthError: oauthSchema } },
  };
}

function operation(route: Route): JsonObject {
  return {
    operationId: operationId(route),
    summary: route.summary,
    tags: [route.tag],
    ...(route.auth !== undefined && { security: [{ [route.auth.name]: [] }] }),
    ...parametersOf(route),
    ...(route.body !== undefined && {
      requestBody: {
        required: true,
        content: Object.fromEntries(
          // Bytes have no JSON schema: in OpenAPI 3.1 the media type says it all.
          (route.body.media ?? [bodyMedia[route.body.type]]).map((media) => [
            media,
            route.body?.type === 'bytes' ? {} : { schema: inputSchema(route.body?.schema) },
          ]),
        ),
      },
    }),
    responses: responses(route),
  };
}

function operationId(route: Route): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return [route.method.toLowerCase(), ...words].join('_');
}

function parametersOf(route: Route): JsonObject {
  const names = [...route.path.matchAll(/:([A-Za-z]+)/g)].map((match) => match[1] ?? '');
  const path = properties(route.params);
  const query = properties(route.query);
  const parameters: Json[] = [
    ...names.map((name) => ({ name, in: 'path', required: true, schema: path.schemas[name] ?? { type: 'string' } })),
    ...Object.entries(query.schemas).map(([name, schema]) => ({
      name,
      in: 'query',
      required: query.required.includes(name),
      schema,
    })),
    ...Object.entries(route.describedHeaders ?? {}).map(([name, description]) => ({
      name,
      in: 'header',
      description,
      schema: { type: 'string' },
    })),
  ];
  return parameters.length === 0 ? {} : { parameters };
}

function properties(schema: $ZodType | undefined): {
  readonly schemas: JsonObject;
  readonly required: readonly Json[];
} {
  const { properties: found, required } = inputSchema(schema);
  return {
    schemas: typeof found === 'object' && found !== null && !Array.isArray(found) ? found : {},
    required: Array.isArray(required) ? required : [],
  };
}

/** Every refusal the edge itself can give, then those of the route. */
function responses(route: Route): JsonObject {
  const problem = refusal(route);
  const own = Object.entries(route.replies).map(([status, rule]) => [
    status,
    reply(rule, Number(status) >= 400 ? problem : {}),
  ]);
  return {
    ...(route.auth !== undefined && {
      401: { description: 'Credentials are missing or not valid.', content: problem },
      403: { description: 'Not allowed for this principal.', content: problem },
    }),
    ...(route.body !== undefined && {
      413: { description: 'The body is too large.', content: problem },
      415: { description: 'The content type or encoding is not accepted.', content: problem },
    }),
    ...(route.rate !== undefined && { 429: { description: 'Too many requests; see Retry-After.', content: problem } }),
    default: { description: 'Refused.', content: problem },
    ...Object.fromEntries(own),
  };
}

function refusal(route: Route): JsonObject {
  if (route.wireErrors?.style === 'oauth')
    return { 'application/json': { schema: { $ref: '#/components/schemas/OAuthError' } } };
  return { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
}

function reply(rule: ReplyRule, otherwise: JsonObject): JsonObject {
  const type = rule.type ?? 'application/json';
  const content =
    rule.schema === undefined && rule.type === undefined
      ? otherwise
      : { [type]: rule.schema === undefined ? {} : { schema: schemaOf(rule.schema, 'output') } };
  return { description: rule.description, ...(Object.keys(content).length > 0 && { content }) };
}

function inputSchema(schema: $ZodType | undefined): JsonObject {
  return schema === undefined ? {} : schemaOf(schema, 'input');
}

function schemaOf(schema: $ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as JsonObject;
}

const problemSchema: JsonObject = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'request_id'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', description: 'Stable; branch on this.' },
    request_id: { type: 'string' },
    at: { type: 'string', description: 'Where in the request, never what.' },
  },
};

const oauthSchema: JsonObject = {
  type: 'object',
  required: ['error', 'error_description'],
  properties: { error: { type: 'string' }, error_description: { type: 'string' } },
};
