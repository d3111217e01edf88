import type { Json } from '../../../shared/encoding/index.ts';
import type { Card } from '../../core/cards.ts';
import { cardName, cardState, stateLine } from '../card-text.ts';
import { claimValue, groupedNumber } from '../claim-text.ts';
import { t } from '../strings/index.ts';
import { civilDateText } from '../time-text.ts';
import { guillochePaths } from './guilloche.ts';

/** The card as it lies in the wallet. `full` shows name and number; the default is masked. */
export function CardFace(props: { readonly card: Card; readonly shown: 'masked' | 'full'; readonly now: number }) {
  const { card, shown, now } = props;
  const name = claimOf(card, 'name');
  const number = claimOf(card, 'personal_administrative_number') ?? claimOf(card, 'document_number');
  const until = claimOf(card, 'date_of_expiry');
  return (
    <article class="id-card" data-state={cardState(card, now)} aria-label={cardName(card)}>
      <svg
        class="guilloche"
        viewBox="0 0 320 200"
        preserveAspectRatio="xMidYMid slice"
        fill="none"
        stroke="#fff"
        stroke-width=".6"
        aria-hidden="true"
      >
        {guillochePaths.map((path) => (
          <path key={path} d={path} />
        ))}
      </svg>
      <div class="issuer">
        <strong>{cardName(card)}</strong>
        <span>{stateLine(card, now)}</span>
      </div>
      <div class="name">{name === undefined ? '' : claimValue(['name'], name, shown)}</div>
      <div class="foot">
        <div>
          {number === undefined ? null : (
            <div class="number num">
              <span aria-hidden={shown === 'masked' ? 'true' : undefined}>
                {groupedNumber(claimValue(['document_number'], number, shown))}
              </span>
              {shown === 'masked' ? <span class="unseen">{`${t('card.masked')} ${lastFour(number)}`}</span> : null}
            </div>
          )}
          <div class="until">
            {typeof until === 'string' ? t('card.cardUntil', { date: civilDateText(until) }) : t('card.cardLongTerm')}
          </div>
        </div>
        <div class="seal" aria-hidden="true">
          虎
          <br />符
        </div>
      </div>
    </article>
  );
}

/** A top-level claim about the person, in either format. */
export function claimOf(card: Card, name: string): Json | undefined {
  const subject: Json | undefined = card.format === 'dc+sd-jwt' ? card.claims : card.claims.credentialSubject;
  if (typeof subject !== 'object' || subject === null || Array.isArray(subject)) return undefined;
  return Object.hasOwn(subject, name) ? subject[name] : undefined;
}

function lastFour(number: Json): string {
  return typeof number === 'string' ? [...number.slice(-4)].join(' ') : '';
}
