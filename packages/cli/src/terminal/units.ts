/** Times, counts and sizes for people. */

/** `12s`, `4m 08s`, `3h 05m`, `2d 04h`, `312d`. */
export function duration(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${two(s % 60)}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${two(Math.floor((s % 3600) / 60))}m`;
  if (s < 100 * 86_400) return `${Math.floor(s / 86_400)}d ${two(Math.floor((s % 86_400) / 3600))}h`;
  return `${Math.floor(s / 86_400)}d`;
}

/** 1234567 -> `1,234,567`. */
export function count(value: number | bigint): string {
  return value.toString().replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `1 route`, `1,204 routes`. */
export function counted(value: number | bigint, singular: string, plural = `${singular}s`): string {
  return `${count(value)} ${Number(value) === 1 ? singular : plural}`;
}

/** `812 B`, `14.2 kB`, `83 MB`. */
export function bytes(value: number | bigint): string {
  let rest = Number(value);
  for (const unit of ['B', 'kB', 'MB', 'GB']) {
    if (rest < 1000) return `${rest < 10 && unit !== 'B' ? rest.toFixed(1) : Math.round(rest)} ${unit}`;
    rest /= 1000;
  }
  return `${Math.round(rest)} TB`;
}

/** `14:02:59`, local time. */
export function clockTime(date: Date): string {
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `2026-11-20 14:02:59`, local time. */
export function dateTime(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockTime(date)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

/** ` (2d 04h ago)`; empty for no time. */
export function ago(at: Date | undefined, now: Date): string {
  return at === undefined ? '' : ` (${duration((now.getTime() - at.getTime()) / 1000)} ago)`;
}
