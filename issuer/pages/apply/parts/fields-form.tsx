import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { ethnicGroupName } from '../../../../shared/id-card/index.ts';
import { goTo, saveFields } from '../actions.ts';
import { application, isBusy, language, text } from '../state.ts';
import type { FieldName, Fields } from '../views.ts';
import { AskedNote } from './asked-note.tsx';
import { PhotoShown } from './photo-step.tsx';

const longTerm = 'long-term';
const groups = Array.from({ length: 56 }, (_, at) => String(at + 1).padStart(2, '0'));

/** What was read, where the applicant has not said otherwise. */
function initialValues(): Record<FieldName, string> {
  const now = application.value;
  const value = (name: FieldName) => String(now?.fields[name] ?? now?.read[name]?.value ?? '');
  return {
    name: value('name'),
    sex: value('sex'),
    ethnicity: value('ethnicity'),
    birthdate: value('birthdate'),
    address: value('address'),
    number: value('number'),
    authority: value('authority'),
    valid_from: value('valid_from'),
    valid_until: value('valid_until'),
  };
}

/** What is empty is not said. */
function fieldsOf({ sex, ...rest }: Record<FieldName, string>): Fields {
  const said = Object.entries(rest).map(([name, value]) => [name, value.trim().normalize('NFC')] as const);
  const filled: Omit<Fields, 'sex'> = Object.fromEntries(said.filter(([, value]) => value !== ''));
  return { ...filled, ...(sex === '1' && { sex: 1 as const }), ...(sex === '2' && { sex: 2 as const }) };
}

export function FieldsForm() {
  const t = text.value;
  const [values, setValues] = useState(initialValues);
  const { front, back } = application.value ?? {};
  const set = (name: FieldName) => (value: string) => setValues((before) => ({ ...before, [name]: value }));
  const input = (name: Exclude<FieldName, 'sex' | 'ethnicity'>, more: object = {}) => (
    <Line name={name} value={values[name]}>
      <input
        id={name}
        aria-describedby={`${name}-mark`}
        autocomplete="off"
        value={values[name]}
        onInput={(event) => set(name)(event.currentTarget.value)}
        {...more}
      />
    </Line>
  );
  const isLongTerm = values.valid_until === longTerm;
  return (
    <main class="wide">
      <AskedNote />
      <form
        class="surface stack"
        onSubmit={(event) => {
          event.preventDefault();
          void saveFields(fieldsOf(values));
        }}
      >
        <h1>{t('fieldsTitle')}</h1>
        <p class="soft">{t('fieldsHint')}</p>
        <div class="beside">
          {front && <PhotoShown side="front" photo={front} />}
          <div class="lines">
            {input('name')}
            <Line name="sex" value={values.sex}>
              <select
                id="sex"
                aria-describedby="sex-mark"
                value={values.sex}
                onChange={(e) => set('sex')(e.currentTarget.value)}
              >
                <option value="">{t('choose')}</option>
                <option value="1">{t('male')}</option>
                <option value="2">{t('female')}</option>
              </select>
            </Line>
            <Line name="ethnicity" value={values.ethnicity}>
              <select
                id="ethnicity"
                aria-describedby="ethnicity-mark"
                value={values.ethnicity}
                onChange={(e) => set('ethnicity')(e.currentTarget.value)}
              >
                <option value="">{t('choose')}</option>
                {groups.map((code) => (
                  <option key={code} value={code}>
                    {ethnicGroupName(code, language.value) ?? code}
                  </option>
                ))}
              </select>
            </Line>
            {input('birthdate', { type: 'date' })}
            {input('address')}
            {input('number', { spellcheck: false, maxLength: 18, class: 'num' })}
          </div>
        </div>
        <div class="beside">
          {back && <PhotoShown side="back" photo={back} />}
          <div class="lines">
            {input('authority')}
            {input('valid_from', { type: 'date' })}
            {isLongTerm ? null : input('valid_until', { type: 'date' })}
            <label class="tick">
              <input
                type="checkbox"
                checked={isLongTerm}
                onChange={(e) => set('valid_until')(e.currentTarget.checked ? longTerm : '')}
              />
              {t('valid_until')}: {t('longTerm')}
            </label>
          </div>
        </div>
        <div class="row ends">
          <button type="button" class="quiet" disabled={isBusy.value} onClick={() => goTo('back')}>
            {t('backTo')}
          </button>
          <button type="submit" disabled={isBusy.value}>
            {t('save')}
          </button>
        </div>
      </form>
    </main>
  );
}

/** A line of the card; marked while what stands there is what was read and that is doubtful, or nothing was read. */
function Line(props: { readonly name: FieldName; readonly value: string; readonly children: ComponentChildren }) {
  const t = text.value;
  const { name, value, children } = props;
  const read = application.value?.read[name];
  const isDoubtful = read?.doubtful === true && String(read.value) === value;
  const mark = isDoubtful ? t('doubtful') : read === undefined && value === '' ? t('unread') : '';
  return (
    <div class={mark === '' ? 'field' : 'field marked'}>
      <div class="line">
        <label for={name}>{t(name)}</label>
        <span id={`${name}-mark`} class={mark === '' ? '' : 'tag warn'}>
          {mark}
        </span>
      </div>
      {children}
    </div>
  );
}
