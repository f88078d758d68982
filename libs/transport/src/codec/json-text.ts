import { unusual } from './compilable.ts';

/** Strings of up to so many characters are looked at one by one, which is cheaper than a call of the runtime. */
const shortString = 64;

const secondsPerDay = 86_400;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const [firstSecond, lastSecond] = [-62_135_596_800, 253_402_300_799];
const longestDuration = 315_576_000_000;

const thousandths = Array.from({ length: 1_000 }, (_, value) => String(value).padStart(3, '0'));
const twoDigits = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'));

/** The dates of days that have been written before: times that are written together are of few. */
const dates = new Map<number, string>();
const mostDates = 1_000;

/** As `JSON.stringify` writes it. */
export function quoted(value: string): string {
  return value.length <= shortString && isPrintable(value) ? `"${value}"` : JSON.stringify(value);
}

export function timestampText(seconds: unknown, nanos: unknown): string {
  if (typeof seconds !== 'bigint' || typeof nanos !== 'number') throw unusual;
  const second = Number(seconds);
  if (second < firstSecond || second > lastSecond || nanos < 0) throw unusual;

  const day = Math.floor(second / secondsPerDay);
  return `"${dateText(day)}T${timeText(second - day * secondsPerDay)}${fractionText(nanos)}Z"`;
}

export function durationText(seconds: unknown, nanos: unknown): string {
  if (typeof seconds !== 'bigint' || typeof nanos !== 'number') throw unusual;
  const second = Number(seconds);
  if (Math.abs(second) > longestDuration || second * nanos < 0) throw unusual;

  const sign = second < 0 || nanos < 0 ? '-' : '';
  return `"${sign}${Math.abs(second)}${fractionText(Math.abs(nanos))}s"`;
}

/** Whether JSON has each character as it is. */
function isPrintable(value: string): boolean {
  for (let index = 0; index < value.length; index++) {
    const code = value.charCodeAt(index);
    if (code < 0x20 || code === 0x22 || code === 0x5c || code >= 0xd800) return false;
  }
  return true;
}

/** The date of a day that is counted from 1970-01-01. */
function dateText(day: number): string {
  const known = dates.get(day);
  if (known !== undefined) return known;
  if (dates.size === mostDates) dates.clear();
  const text = newDateText(day);
  dates.set(day, text);
  return text;
}

/**
 * The same, worked out. Years are taken to start in March, where a leap day is the last one, and the days of months are 30.6 on average; 400 years have 146,097 days.
 */
function newDateText(day: number): string {
  const days = day + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const month = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * month + 2) / 5) + 1;
  const year = era * 400 + yearOfEra + (month < 10 ? 0 : 1);

  return `${digits(Math.floor(year / 100))}${digits(year % 100)}-${digits(month < 10 ? month + 3 : month - 9)}-${digits(dayOfMonth)}`;
}

function timeText(second: number): string {
  const minute = Math.floor(second / 60);
  return `${digits(Math.floor(minute / 60))}:${digits(minute % 60)}:${digits(second % 60)}`;
}

/** Three, six or nine digits, or none. */
function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  if (!Number.isInteger(nanos) || nanos > 999_999_999) throw unusual;

  if (nanos % 1_000_000 === 0) return `.${thousandths[nanos / 1_000_000] ?? ''}`;
  if (nanos % 1_000 === 0) return `.${String(nanos / 1_000).padStart(6, '0')}`;
  return `.${String(nanos).padStart(9, '0')}`;
}

function digits(value: number): string {
  return twoDigits[value] ?? '';
}
