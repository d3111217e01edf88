import { systemClock } from '../../../shared/clock.ts';
import { type Path, selectPath } from '../../../shared/dcql/index.ts';
import type { Code } from '../../../shared/errors.ts';
import { namesOf } from '../../core/cards.ts';
import {
  type ConsentField,
  chooseCard,
  consentPart,
  type Decision,
  isGood,
  type Part,
  selectedParts,
  toggleClaim,
} from '../../core/consent.ts';
import { plainText } from '../../core/plain-text.ts';
import { cardName, cardState, stateText } from '../card-text.ts';
import { claimLabel, claimValue, isPortrait } from '../claim-text.ts';
import { errorText } from '../error-text.ts';
import { language } from '../preferences.ts';
import { keptText, retentionText } from '../retention-text.ts';
import { approve, declineShow, type Sheet, select } from '../show-flow.ts';
import { t } from '../strings/index.ts';
import { ApproveButton } from './approve-button.tsx';
import { CopyWarning } from './copy-warning.tsx';
import { IconKey } from './icons.tsx';
import { ActionBar, type Fact, Facts, Fault, Screen, Warning } from './screen.tsx';

/** The sheet: who asks, why, for which claims, how long they keep them, and why they are believed. */
export function Consent(props: { readonly sheet: Sheet; readonly fault: Code | undefined }) {
  const { sheet, fault } = props;
  const { opened, decisions, selection } = sheet;
  const parts = selectedParts(decisions, selection);
  const now = systemClock.now();
  const name = plainText(opened.party.name, 60);
  return (
    <Screen title={t('show.title', { name })} step="sheet">
      {sheet.entry === 'link' ? <Warning>{t('show.fromLink')}</Warning> : null}
      {fault === undefined ? null : <Fault text={errorText(fault)} note={t('show.failedNote')} />}
      <Who sheet={sheet} />
      <Why sheet={sheet} />
      {decisions.map((decision, index) => (
        <CardChoice key={index} sheet={sheet} decision={decision} index={index} />
      ))}
      {parts
        .filter(({ card }) => !isGood(card.value, now))
        .map(({ queryId, card }) => (
          <Warning key={queryId}>{t('show.badCard', { state: stateText(cardState(card.value, now)) })}</Warning>
        ))}
      {parts.map((part) => (
        <Fields key={part.queryId} part={part} sheet={sheet} />
      ))}
      {parts.map(({ card }) => (
        <CopyWarning key={card.id} cardId={card.id} />
      ))}
      <ActionBar>
        <button type="button" class="quiet" onClick={() => void declineShow(opened)}>
          {t('show.decline')}
        </button>
        <ApproveButton disabled={parts.length === 0} onApprove={() => void approve(sheet)}>
          <IconKey />
          {t('show.approve')}
        </ApproveButton>
      </ActionBar>
    </Screen>
  );
}

function Who({ sheet }: { readonly sheet: Sheet }) {
  const { party, firstTime } = sheet.opened;
  const name = plainText(party.name, 60);
  return (
    <section class="surface who" aria-label={name}>
      <div class="logo" aria-hidden="true">
        {[...name][0]}
      </div>
      <div>
        <strong>{name}</strong>
        <div class="faint host">
          {plainText(party.host)} · {firstTime ? t('show.first') : t('show.before')}
        </div>
        <span class="tag good">{t('show.known')}</span>
        <div class="faint">{t('show.knownWhy')}</div>
      </div>
    </section>
  );
}

function Why({ sheet }: { readonly sheet: Sheet }) {
  const { request, matchNumber } = sheet.opened;
  const { scene } = request;
  const facts: Fact[] = [];
  if (scene !== undefined) {
    const detail = scene.detail?.[language.value];
    const purpose = plainText(scene.purpose[language.value]);
    facts.push({
      term: t('show.purpose'),
      text: detail === undefined ? purpose : t('show.purposeDetail', { purpose, detail: plainText(detail) }),
    });
    if (scene.legal_basis !== undefined) {
      facts.push({ term: t('show.basis'), text: plainText(scene.legal_basis[language.value]) });
    }
    const kept = retentionText(scene.retention);
    facts.push({
      term: t('show.kept'),
      text: scene.retention === 'none' ? kept : t('retention.then', { time: kept }),
    });
  }
  if (matchNumber !== undefined) {
    facts.push({
      term: t('show.match'),
      text: (
        <span class="match-number num">
          <strong>{matchNumber}</strong> <span class="faint">{t('show.matchHint')}</span>
        </span>
      ),
    });
  }
  return (
    <>
      {facts.length === 0 ? null : <Facts facts={facts} />}
      <p class="faint">{scene === undefined ? t('show.unstated') : t('show.stated')}</p>
    </>
  );
}

/** Which card, where several would do; nothing to choose where one is required and one fits. */
function CardChoice(props: { readonly sheet: Sheet; readonly decision: Decision; readonly index: number }) {
  const { sheet, decision, index } = props;
  const { decisions, selection } = sheet;
  const { choices, required } = decision;
  if (choices.length === 0 || (required && choices.length === 1)) return null;
  const now = systemClock.now();
  const legend = required ? t('show.chooseCard') : t('show.optionalCard');
  const options: readonly (number | undefined)[] = [...(required ? [] : [undefined]), ...choices.keys()];
  return (
    <fieldset class="surface choice">
      <legend>{legend}</legend>
      {options.map((choice) => {
        const cards = choices[choice ?? -1] ?? [];
        const label = cards.map(({ card }) => cardName(card.value)).join(' + ');
        const note = cards
          .map(({ card }) =>
            [
              claimValue(['name'], nameOf(card.value.claims), 'masked'),
              stateText(cardState(card.value, now)),
              card.value.format === 'jwt_vc_json' ? t('card.whole') : '',
            ]
              .filter((text) => text !== '')
              .join(' · '),
          )
          .join(' + ');
        return (
          <label key={choice ?? 'none'}>
            <input
              type="radio"
              name={`choice-${index}`}
              checked={selection.choices[index] === choice}
              onChange={() => select(sheet, chooseCard(decisions, selection, index, choice))}
            />
            <span>
              <strong>{choice === undefined ? t('show.optionalOff') : label}</strong>
              {note === '' ? null : <span class="faint block">{note}</span>}
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function nameOf(claims: Part['card']['value']['claims']) {
  const [name = null] = [...selectPath(claims, ['name']), ...selectPath(claims, ['credentialSubject', 'name'])];
  return name;
}

function Fields(props: { readonly part: Part; readonly sheet: Sheet }) {
  const { part, sheet } = props;
  const consent = consentPart(part, sheet.selection, sheet.opened);
  return (
    <section class="stack" aria-label={t('show.fields')}>
      <div class="between">
        <h2>{t('show.fields')}</h2>
        <span class="faint">{cardName(part.card.value)}</span>
      </div>
      {consent.selective ? null : <Warning>{t('show.whole')}</Warning>}
      <ul class="surface fields">
        {consent.fields.map((field) => (
          <FieldRow
            key={field.path.join('.')}
            field={field}
            part={part}
            sheet={sheet}
            onToggle={() => select(sheet, toggleClaim(part, sheet.selection, field.path))}
          />
        ))}
        {consent.missing.map((path) => (
          <li key={path.join('.')}>
            <span>
              <span class="faint">{claimLabel(path, namesOf(part.card.value, path))}</span>
              <span class="block">{t('show.missing')}</span>
            </span>
            <span class="tag sunk">{t('show.optionalOff')}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function FieldRow(props: {
  readonly field: ConsentField;
  readonly part: Part;
  readonly sheet: Sheet;
  readonly onToggle: () => void;
}) {
  const { field, part, sheet, onToggle } = props;
  const { claims } = part.card.value;
  const label = claimLabel(field.path, namesOf(part.card.value, field.path));
  const [value = null] = selectPath(claims, field.path);
  const { scene } = sheet.opened.request;
  const note = scene?.claims.find((claim) => samePath(claim.path, field.path))?.note?.[language.value];
  const differs =
    scene !== undefined && note === undefined && field.retention !== undefined && field.retention !== scene.retention;
  return (
    <li>
      <span>
        <span class="faint">{label}</span>
        <strong class="block num">
          {field.chosen
            ? isPortrait(field.path)
              ? t('value.portrait')
              : claimValue(field.path, value, 'masked')
            : t('show.optionalOff')}
        </strong>
        {note === undefined ? null : <span class="faint block">{plainText(note)}</span>}
        {differs && field.retention !== undefined ? <span class="faint block">{keptText(field.retention)}</span> : null}
      </span>
      {field.required ? (
        <span class={`tag ${field.asked ? 'good' : 'warn'}`}>
          {t(field.asked ? 'show.required' : 'show.goesAlong')}
        </span>
      ) : (
        <label class="toggle">
          <input
            type="checkbox"
            checked={field.chosen}
            aria-label={t('show.include', { name: label })}
            onChange={onToggle}
          />
          <span aria-hidden="true">{t('show.optional')}</span>
        </label>
      )}
    </li>
  );
}

function samePath(stated: readonly (string | number | null)[], path: Path): boolean {
  const own = path[0] === 'credentialSubject' ? path.slice(1) : path;
  return JSON.stringify(stated) === JSON.stringify(own);
}
