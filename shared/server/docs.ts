/** `/openapi.json` and `/docs`: the interface of a service for programs and for people. */
import type { Json, JsonObject } from '../encoding/index.ts';
import { type ApiInfo, openApi } from './openapi.ts';
import { type Html, html, pageReply } from './page.ts';
import { type Reply, type Route, route } from './routes.ts';

/** The routes given, and the two that describe them all. */
export function withDocs(routes: readonly Route[], info: ApiInfo): readonly Route[] {
  const all: Route[] = [...routes];
  const document = lazy(() => openApi(all, info));
  const page = lazy(() => docsPage(document()));
  all.push(
    route({
      method: 'GET',
      path: '/openapi.json',
      summary: 'This interface as OpenAPI 3.1',
      tag: 'documentation',
      cors: 'public',
      replies: { 200: { description: 'The document.', type: 'application/json' } },
      handle: async () => ({ json: document() }),
    }),
    route({
      method: 'GET',
      path: '/docs',
      summary: 'This interface as a page',
      tag: 'documentation',
      replies: { 200: { description: 'The page.', type: 'text/html' } },
      handle: async () => page(),
    }),
  );
  return all;
}

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function docsPage(document: JsonObject): Reply {
  const info = objectOf(document.info);
  const tags = listOf(document.tags).map((tag) => textOf(objectOf(tag).name));
  const operations = operationsOf(document);
  const schemes = objectOf(objectOf(document.components).securitySchemes);
  const body = html`
<header>
  <h1>${textOf(info.title)}</h1>
  <p class="soft">${textOf(info.description)}</p>
  <p class="faint">${textOf(info.version)} · <a href="openapi.json">OpenAPI 3.1</a></p>
</header>
<nav aria-label="Sections">${tags.map((tag) => html`<a href="#${anchor(tag)}">${tag}</a> `)}</nav>
<main>
${schemesSection(schemes)}
${tags.map(
  (tag) => html`<section id="${anchor(tag)}"><h2>${tag}</h2>
${operations.filter((operation) => operation.tags.includes(tag)).map(operationArticle)}</section>`,
)}
</main>`;
  return pageReply({ title: textOf(info.title), language: 'en', body, css });
}

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly tags: readonly string[];
  readonly definition: JsonObject;
}

function operationsOf(document: JsonObject): readonly Operation[] {
  return Object.entries(objectOf(document.paths)).flatMap(([path, item]) =>
    Object.entries(objectOf(item)).flatMap(([method, value]) => {
      const definition = objectOf(value);
      return 'responses' in definition
        ? [{ method: method.toUpperCase(), path, tags: listOf(definition.tags).map(textOf), definition }]
        : [];
    }),
  );
}

function schemesSection(schemes: JsonObject): Html | false {
  if (Object.keys(schemes).length === 0) return false;
  return html`<section id="authentication"><h2>authentication</h2>
<dl class="surface">${Object.entries(schemes).map(([name, scheme]) => html`<dt><code>${name}</code></dt><dd>${textOf(objectOf(scheme).description)}</dd>`)}</dl></section>`;
}

function operationArticle({ method, path, definition }: Operation): Html {
  const security = listOf(definition.security).flatMap((entry) => Object.keys(objectOf(entry)));
  const parameters = listOf(definition.parameters).map(objectOf);
  const content = objectOf(objectOf(definition.requestBody).content);
  return html`<article class="surface" id="${textOf(definition.operationId)}">
<h3><span class="tag ${method === 'GET' ? 'good' : method === 'DELETE' ? 'bad' : 'warn'}">${method}</span> <code>${path}</code></h3>
<p>${textOf(definition.summary)}</p>
${security.length > 0 && html`<p class="faint">Needs <code>${security.join(', ')}</code></p>`}
${
  parameters.length > 0 &&
  html`<h4>Parameters</h4><ul>${parameters.map(
    (parameter) =>
      html`<li><code>${textOf(parameter.name)}</code> <span class="faint">${textOf(parameter.in)}${parameter.required === true && ', required'}</span> ${brief(objectOf(parameter.schema))}</li>`,
  )}</ul>`
}
${Object.entries(content).map(([media, value]) => html`<h4>Body <code>${media}</code></h4>${schemaBlock(objectOf(objectOf(value).schema))}`)}
<h4>Answers</h4>
<dl>${Object.entries(objectOf(definition.responses)).map(([status, value]) => answer(status, objectOf(value)))}</dl>
</article>`;
}

function answer(status: string, definition: JsonObject): Html {
  const own = Object.entries(objectOf(definition.content)).flatMap(([media, value]) => {
    const schema = objectOf(objectOf(value).schema);
    // Refusals all look alike; the document names their schema once.
    return schema.$ref === undefined ? [{ media, schema }] : [];
  });
  return html`<dt><code>${status}</code></dt><dd>${textOf(definition.description)}${own.map(
    ({ media, schema }) =>
      html` <span class="faint"><code>${media}</code></span>${Object.keys(schema).length > 0 && schemaBlock(schema)}`,
  )}</dd>`;
}

function schemaBlock(schema: JsonObject): Html {
  return html`<details><summary>Schema</summary><pre tabindex="0">${JSON.stringify(schema, null, 2)}</pre></details>`;
}

function brief(schema: JsonObject): string {
  const values = listOf(schema.enum);
  return values.length > 0 ? values.map(String).join(' | ') : textOf(schema.type);
}

function anchor(tag: string): string {
  return `tag-${tag.replace(/[^A-Za-z0-9]+/g, '-')}`;
}

function objectOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

const css = `
body { padding: 2rem 1rem 4rem; }
header, nav, main { max-width: 52rem; margin: 0 auto; }
header { display: grid; gap: .35rem; }
header p { max-width: 42rem; }
nav { position: sticky; top: 0; padding: .75rem 0; margin-top: 1rem; background: var(--paper); border-bottom: 1px solid var(--line); display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; z-index: 1; }
a { color: var(--jade); }
nav a { min-height: 2rem; display: inline-flex; align-items: center; }
section { scroll-margin-top: 4rem; margin-top: 2rem; display: grid; grid-template-columns: minmax(0, 1fr); gap: .9rem; }
section > h2 { text-transform: capitalize; }
article, dl.surface { padding: 1.1rem 1.25rem; }
h3 { margin: 0; font-size: var(--step-0); display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
h3 code { font-size: 1rem; overflow-wrap: anywhere; }
h4 { margin: .9rem 0 .25rem; font-size: .875rem; color: var(--ink-soft); }
article > p { margin-top: .4rem; }
ul { margin: 0; padding-left: 1.1rem; }
dl { margin: 0; display: grid; grid-template-columns: 5.5rem 1fr; gap: .3rem .75rem; }
dl.surface { grid-template-columns: 9rem 1fr; }
dt, dd { margin: 0; min-width: 0; }
code, pre { font-family: var(--mono); font-size: .9em; overflow-wrap: anywhere; }
pre { margin: .4rem 0 0; padding: .8rem; background: var(--surface-sunk); border-radius: var(--radius-small); overflow: auto; max-height: 24rem; }
summary { cursor: pointer; color: var(--jade); line-height: 2rem; width: fit-content; }
@media (max-width: 30rem) { dl, dl.surface { grid-template-columns: 1fr; } dd { margin-bottom: .4rem; } }
`;
