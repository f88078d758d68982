export { callerOf, type Caller } from './caller.ts';
export { moneyFrom, toMoneyMessage } from './money-message.ts';
export { idFrom, idIn, nameOf } from './names.ts';
export { cursorIn, pageSizeOf, pageTokenOf, type Cursor } from './page-token.ts';
export { timeFrom } from './time.ts';
export { maskedFields } from './update-mask.ts';
