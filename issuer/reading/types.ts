/** What a reading of a card photo says. Nothing here is evidence that a card is genuine: it is what the picture shows. */

/** One item as it was read. */
export interface ReadField {
  /** As printed, without spaces; dates as `1996-03-10`, a long-term card as `长期`. Empty: nothing could be read. */
  readonly text: string;
  /** 0 to 1: the recogniser's own mean confidence. It orders readings; it never proves one. */
  readonly confidence: number;
  /** The applicant is asked to look twice, and nothing is concluded from the text. */
  readonly doubtful: boolean;
}

/** What is wrong with a photo, and the figure behind each word (docs/proofing.md says how the limits were found). */
export interface PhotoQuality {
  readonly blur: boolean;
  readonly glare: boolean;
  readonly tooSmall: boolean;
  readonly notACard: boolean;
  readonly wrongSide: boolean;
  readonly scores: {
    /** Steepest edges as a share of the contrast, 0 to 1; higher is sharper. */
    readonly sharpness: number;
    /** Share of the card that is burnt out. */
    readonly burnt: number;
    /** Width of the card in the photo, in pixels; 0 when none was found. */
    readonly cardWidth: number;
  };
}

/** Quarter turns clockwise by which the card lay in the photo. */
export type Orientation = 0 | 90 | 180 | 270;

export interface FrontReading {
  readonly quality: PhotoQuality;
  /** Absent fields: no card was found. */
  readonly fields: {
    readonly name?: ReadField;
    readonly sex?: ReadField;
    readonly ethnicity?: ReadField;
    readonly birthdate?: ReadField;
    readonly address?: ReadField;
    readonly number?: ReadField;
  };
  /** The printed portrait, JPEG. Only when the number could be read: then it is known to be upright. */
  readonly portrait?: Uint8Array;
  readonly orientation: Orientation;
}

export interface BackReading {
  readonly quality: PhotoQuality;
  readonly fields: {
    readonly authority?: ReadField;
    readonly validFrom?: ReadField;
    readonly validUntil?: ReadField;
  };
  readonly orientation: Orientation;
}

export interface CardReader {
  /**
   * `photo`: JPEG or PNG that intake has judged and re-encoded; EXIF is not looked at. Refused: `unavailable`
   * (too many photos waiting, a reading over its time, closed); a photo of nothing is no refusal but `notACard`.
   */
  readFront(photo: Uint8Array): Promise<FrontReading>;
  readBack(photo: Uint8Array): Promise<BackReading>;
  /** Ends the threads; readings under way are refused. */
  close(): Promise<void>;
}
