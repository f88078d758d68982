/** The header, draft of W3C Trace Context Level 2, by which an edge tells its callers which trace is theirs. */
export const traceResponse = 'traceresponse';
