/** Bytes of a batch at most, so that every gRPC peer takes it. */
export const maxBatch = 64 * 1024;

/** Frames and entries of metadata in a batch at most: that many of the smallest, which are frames of a kind and no more. */
export const maxParts = maxBatch / 4;

/** Bytes of a message that goes in one frame. A larger answer goes in pieces, a larger request its own way. */
export const maxFrame = 32 * 1024;

/** Bytes that may wait to be sent on one stream until no work is taken that would add to them: two of the largest answers. */
export const maxHeld = 8 * 1024 * 1024;

/** Calls that a server takes at once on one stream, and that a caller lets wait for their turn beyond those. */
export const maxCalls = 1_000;
export const maxWaiting = 1_000;

/** The number of the last call on one stream. Numbers have 32 bits, and none is used twice. */
export const lastCall = 2 ** 31 - 1;
