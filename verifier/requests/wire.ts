import { problemTable, type WireErrors } from '../../shared/server/wire.ts';

/** What a relying party or a desk is told. */
export const apiErrors: WireErrors = {
  style: 'problem',
  table: {
    ...problemTable,
    session_required: {
      status: 403,
      error: 'session_required',
      description: 'Only the browser that started this request may see it.',
    },
    response_code: {
      status: 403,
      error: 'response_code',
      description: 'The code is not this request’s, was used, or came back with another browser.',
    },
  },
};

/** What a wallet is told at request_uri: any error ends the flow (5.10); `request_expired` lets it say what to do. */
export const walletErrors: WireErrors = {
  style: 'problem',
  table: {
    ...problemTable,
    request_expired: {
      status: 410,
      error: 'request_expired',
      description: 'This request is over. Ask for a new code.',
    },
  },
};
