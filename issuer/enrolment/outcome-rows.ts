import { type OutcomeTable, outcomeTable } from './outcome-table.ts';

/**
 * The table that holds where an authority gives none of its own. Only what cannot be true of any living holder of a
 * valid card is refused by a machine; every other doubt is a person's to settle.
 */
export const defaultOutcomeTable: OutcomeTable = outcomeTable.parse({
  version: '2026-1',
  rows: [
    {
      outcome: 'refuse',
      reason: 'number_invalid',
      when: { checks: ['number.check-digit', 'number.date'], results: ['fail'] },
    },
    { outcome: 'refuse', reason: 'number_invalid', when: { checks: ['number.region'], results: ['fail'] } },
    { outcome: 'refuse', reason: 'card_expired', when: { checks: ['validity.current'], results: ['fail'] } },
    {
      outcome: 'review',
      reason: 'deceased_or_lost',
      priority: true,
      when: { checks: ['register.alive', 'register.card'], results: ['fail'] },
    },
    {
      outcome: 'review',
      reason: 'duplicate',
      priority: true,
      when: { checks: ['duplicate.*'], results: ['fail', 'doubt'] },
    },
    { outcome: 'review', reason: 'data_differs', when: { checks: ['register.*'], results: ['fail', 'doubt'] } },
    { outcome: 'review', reason: 'other_kind_of_number', when: { checks: ['number.kind'], results: ['doubt'] } },
    { outcome: 'review', reason: 'number_doubtful', when: { checks: ['number.*'], results: ['fail', 'doubt'] } },
    { outcome: 'review', reason: 'face_doubtful', when: { checks: ['face.*'], results: ['fail', 'doubt'] } },
    {
      outcome: 'review',
      reason: 'card_doubtful',
      when: { checks: ['card.*', 'validity.*', 'typed.*'], results: ['fail', 'doubt'] },
    },
    { outcome: 'review', reason: 'other_doubt', when: { checks: ['*'], results: ['fail', 'doubt'] } },
  ],
  approve: {
    passed: ['card.*', 'number.*', 'validity.*', 'typed.number', 'typed.dates', 'register.*', 'duplicate.*'],
    reason: 'checks_passed',
  },
  otherwise: { outcome: 'review', reason: 'person_decides' },
});
