/** Metrics of RPKI data and of their sources. */
import type { RpkiStatus } from '@tsbgp/rpki';
import type { Exposition } from '../metrics/exposition.ts';
import type { RpkiCacheState } from '../rpki-control.ts';

export function addRpkiMetrics(out: Exposition, { total, files, ready, octets }: RpkiStatus, caches: readonly RpkiCacheState[]): void {
  out.gauge('tsbgp_rpki_ready', 'Whether all files were read, and data of a cache are there if there are caches.').set(ready ? 1 : 0);
  out
    .gauge('tsbgp_rpki_vrps', 'VRPs that take part in origin validation.')
    .add({ family: 'ipv4' }, total.ipv4)
    .add({ family: 'ipv6' }, total.ipv6);
  out.gauge('tsbgp_rpki_aspas', 'Customer ASes with an ASPA.').set(total.aspas);
  out.gauge('tsbgp_rpki_vrp_bytes', 'Memory of the VRPs.').set(octets);
  const synced = out.gauge('tsbgp_rpki_cache_synced', 'Whether the cache is in sync.');
  const vrps = out.gauge('tsbgp_rpki_cache_vrps', 'VRPs that the cache gives.');
  const aspas = out.gauge('tsbgp_rpki_cache_aspas', 'ASPAs that the cache gives.');
  const serial = out.gauge('tsbgp_rpki_cache_serial', 'Serial of the data; absent without data.');
  const age = out.gauge('tsbgp_rpki_cache_data_age_seconds', 'Age of the last complete answer; absent without data.');
  const expiry = out.gauge('tsbgp_rpki_cache_data_expires_seconds', 'Until the data may not be used any longer; absent without data.');
  const connects = out.counter('tsbgp_rpki_cache_connects_total', 'Connections to the cache.');
  const updates = out.counter('tsbgp_rpki_cache_updates_total', 'Complete answers of the cache.');
  const errors = out.counter('tsbgp_rpki_cache_errors_total', 'Failures of the cache and of connections to it.');
  for (const { config, status } of caches) {
    const labels = { cache: config.name };
    synced.add(labels, status.phase === 'synced' ? 1 : 0);
    vrps.add({ ...labels, family: 'ipv4' }, status.ipv4).add({ ...labels, family: 'ipv6' }, status.ipv6);
    aspas.add(labels, status.aspas);
    if (status.serial !== undefined) serial.add(labels, status.serial);
    if (status.updatedSeconds !== undefined) age.add(labels, status.updatedSeconds);
    if (status.expiresSeconds !== undefined) expiry.add(labels, status.expiresSeconds);
    connects.add(labels, status.connects);
    updates.add(labels, status.updates);
    errors.add(labels, status.errors);
  }
  const fileAge = out.gauge('tsbgp_rpki_file_age_seconds', 'Since the file was last read without an error; absent before.');
  const wrong = out.gauge('tsbgp_rpki_file_wrong', 'Whether the file as it is now cannot be used.');
  for (const { file, loadedSeconds, error } of files) {
    if (loadedSeconds !== undefined) fileAge.add({ file }, loadedSeconds);
    wrong.add({ file }, error === undefined ? 0 : 1);
  }
}
