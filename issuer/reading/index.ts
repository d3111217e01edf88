/**
 * Reading a resident identity card from photos of its two sides (GA 461: ID-1, 85.6 x 54.0 mm), on the issuer and
 * offline: the card is found and straightened, every item is read from its own crop. In threads of its own.
 */
export { createCardReader } from './card-reader.ts';
export type { BackReading, CardReader, FrontReading, PhotoQuality, ReadField } from './types.ts';
