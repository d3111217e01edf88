/**
 * CSV as RFC 4180 has it, from a stream of bytes: comma, CRLF or LF, fields in double quotes where they hold one of
 * those, a quote doubled inside quotes. Strict UTF-8; a byte order mark at the very start is tolerated.
 * A record may span lines inside quotes and carries the number of its first line.
 */
export type CsvFault = 'utf8' | 'csv_quote' | 'csv_control' | 'csv_record_size';

/** A fault the reader cannot go past: what follows it could be anything. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly line: number;
  readonly fault: CsvFault;
  constructor(line: number, fault: CsvFault) {
    super(fault);
    this.line = line;
    this.fault = fault;
  }
}

export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** UTF-16 units of one record; a person's row has a few hundred. */
const maxRecord = 16_384;

/** Records one after the other; empty lines are skipped. Throws CsvError. */
export async function* readCsv(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<CsvRecord> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  let line = 1;
  for await (const chunk of chunks) {
    rest += decode(decoder, line, chunk);
    const cut = yield* takeRecords(rest, line, false);
    rest = rest.slice(cut.end);
    line = cut.line;
    if (rest.length > maxRecord) throw new CsvError(line, 'csv_record_size');
  }
  rest += decode(decoder, line);
  yield* takeRecords(rest, line, true);
}

function decode(decoder: TextDecoder, line: number, chunk?: Uint8Array): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    throw new CsvError(line, 'utf8');
  }
}

/** All records that end within `text`; at the end of the file the last one needs no line break. */
function* takeRecords(
  text: string,
  firstLine: number,
  last: boolean,
): Generator<CsvRecord, { end: number; line: number }> {
  let start = 0;
  let line = firstLine;
  for (;;) {
    const record = takeRecord(text, start, line, last);
    if (record === undefined) return { end: start, line };
    if (record.end - start > maxRecord) throw new CsvError(line, 'csv_record_size');
    if (record.fields.length > 1 || record.fields[0] !== '') yield { line, fields: record.fields };
    start = record.end;
    line = record.line;
  }
}

const QUOTE = '"';

function takeRecord(
  text: string,
  start: number,
  firstLine: number,
  last: boolean,
): { fields: string[]; end: number; line: number } | undefined {
  if (start >= text.length) return undefined;
  const fields: string[] = [];
  let line = firstLine;
  let at = start;
  for (;;) {
    let field: string;
    if (text[at] === QUOTE) {
      const quoted = takeQuoted(text, at + 1, last, firstLine);
      if (quoted === undefined) return undefined;
      field = quoted.field;
      at = quoted.end;
      line += quoted.breaks;
    } else {
      const end = plainEnd(text, at);
      field = text.slice(at, end);
      at = end;
      if (field.includes(QUOTE)) throw new CsvError(line, 'csv_quote');
    }
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    if (/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f]/.test(field)) throw new CsvError(line, 'csv_control');
    if (at >= text.length && !last) return undefined;
    fields.push(field);
    if (at >= text.length) return { fields, end: at, line };
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (text[at] === '\n') return { fields, end: at + 1, line: line + 1 };
    if (text[at] === '\r' && text[at + 1] === '\n') return { fields, end: at + 2, line: line + 1 };
    if (text[at] === '\r' && at + 1 >= text.length && !last) return undefined;
    // Text behind a closing quote, or a carriage return alone.
    throw new CsvError(line, text[at] === '\r' ? 'csv_control' : 'csv_quote');
  }
}

function plainEnd(text: string, from: number): number {
  let at = from;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2c || unit === 0x0a || unit === 0x0d) break;
    at += 1;
  }
  return at;
}

function takeQuoted(
  text: string,
  from: number,
  last: boolean,
  line: number,
): { field: string; end: number; breaks: number } | undefined {
  let at = from;
  for (;;) {
    const quote = text.indexOf(QUOTE, at);
    if (quote === -1 || (quote === text.length - 1 && !last)) {
      if (last) throw new CsvError(line, 'csv_quote');
      return undefined;
    }
    if (text[quote + 1] === QUOTE) {
      at = quote + 2;
      continue;
    }
    const field = text.slice(from, quote).replaceAll('""', QUOTE);
    return { field, end: quote + 1, breaks: field.split('\n').length - 1 };
  }
}
