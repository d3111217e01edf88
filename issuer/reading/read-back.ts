/** The back: who issued the card and how long it holds. The way up is the one in which the dates are dates. */
import { backWindows as at, frontWindows, scales } from './layout.ts';
import { field, type Recognisers, readItem } from './read-front.ts';
import { hanOnly, isCardPeriod, isWholeNumber, type Validity, validityOf } from './read-items.ts';
import type { Recognised } from './recogniser.ts';
import type { BackReading } from './types.ts';
import { hasEmblem, judge, nothingFound, type View, viewsOf } from './views.ts';

interface Dates extends Validity {
  readonly view: View;
  readonly read: Recognised;
}

export async function readBack(photo: Uint8Array, by: Recognisers): Promise<BackReading> {
  const views = await viewsOf(photo);
  if (views.length === 0) return { quality: nothingFound, fields: {}, orientation: 0 };
  // The emblem says which way is up for nothing; the dates decide.
  const ordered = [...views].sort((a, b) => Number(hasEmblem(b)) - Number(hasEmblem(a)));
  const found = await findDates(ordered, by);
  if (found === undefined) {
    const [view] = ordered;
    if (view === undefined) return { quality: nothingFound, fields: {}, orientation: 0 };
    const isOtherSide = !hasEmblem(view) && (await showsNumber(views, by));
    return {
      quality: judge(view, { isCard: hasEmblem(view), isOtherSide }),
      fields: {},
      orientation: view.orientation,
    };
  }
  const { view, read, from, until } = found;
  const authority = await readItem(view.card, at.authority, by.text, { scale: scales.row, lines: 'one' });
  const issuedBy = hanOnly(authority.text);
  const isPeriod = until === longTerm || isCardPeriod({ from, until });
  return {
    quality: judge(view, { isCard: true, isOtherSide: false }),
    fields: {
      authority: field(issuedBy, authority, !/(公安局|分局)$/u.test(issuedBy) || authority.confidence < 0.8),
      validFrom: field(from, read, !isPeriod),
      validUntil: field(until, read, !isPeriod),
    },
    orientation: view.orientation,
  };
}

const longTerm = '长期';

async function findDates(views: readonly View[], by: Recognisers): Promise<Dates | undefined> {
  const crop = { scale: scales.digits, lines: 'one' } as const;
  let partial: Dates | undefined;
  for (const view of views) {
    const read = await readItem(view.card, at.validity, by.digits, crop, '0123456789.-');
    const dates = validityOf(read.text);
    if (isCardPeriod(dates)) return { view, read, ...dates };
    if (dates.from === '') continue;
    // Two characters stand where the second date would: digits cannot say 长期.
    const words = await readItem(view.card, at.validity, by.text, { ...crop, scale: scales.row });
    if (/[长期]/u.test(words.text)) return { view, read: words, from: dates.from, until: longTerm };
    partial ??= { view, read, ...dates };
  }
  return partial;
}

async function showsNumber(views: readonly View[], by: Recognisers): Promise<boolean> {
  const crop = { scale: scales.digits, lines: 'one' } as const;
  for (const { card } of views) {
    const { text } = await readItem(card, frontWindows.number, by.digits, crop, '0123456789X');
    if (isWholeNumber(text)) return true;
  }
  return false;
}
