const MS_PER_DAY = 86_400_000
const DAYS_PER_ERA = 146_097

const padded = (value: number, length = 2): string => String(value).padStart(length, '0')

/**
 * A wall time in UTC as records of DingoDB show it: `2026-01-31 23:59:59.123`.
 *
 * The days are counted from 0000-03-01, so that a leap day is the last day of its year; 400 years make one era of 146,097 days.
 *
 * @param wallTimeMs ms since 1970-01-01 UTC, 0 or more
 */
export function wallTimeText(wallTimeMs: number): string {
  const days = Math.floor(wallTimeMs / MS_PER_DAY)
  const ms = Math.floor(wallTimeMs - days * MS_PER_DAY)
  const shifted = days + 719_468
  const era = Math.floor(shifted / DAYS_PER_ERA)
  const dayOfEra = shifted - era * DAYS_PER_ERA
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  // Months from March on have 31, 30, 31, 30, 31 days, and so on: 153 days in five months.
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
  const date = `${padded(year, 4)}-${padded(month)}-${padded(day)}`
  const seconds = Math.floor(ms / 1000)
  const time = `${padded(Math.floor(seconds / 3600))}:${padded(Math.floor(seconds / 60) % 60)}:${padded(seconds % 60)}`
  return `${date} ${time}.${padded(ms % 1000, 3)}`
}
