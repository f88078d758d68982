export { callerOf, type Caller } from './caller.ts';
export { moneyFrom, toMoneyMessage } from './money-message.ts';
export { idFrom, idIn, nameOf } from './names.ts';
export { cursorIn, pageSizeOf, pageTokenOf, type Cursor } from './page-token.ts';
export { missing } from './refusals.ts';
export { optionalTextFrom, textFrom } from './text.ts';
export { requiredTimeFrom, timeFrom } from './time.ts';
export { maskedFields } from './update-mask.ts';
