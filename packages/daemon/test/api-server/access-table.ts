/** The table of docs/security.md: which role may call what. */
import { API_ROLES, ROLE_TIERS, type Tier } from '../../src/api-access.ts';
import { TIERS } from '../../src/api-server/access.ts';

const WORDS: Readonly<Record<Tier, string>> = {
  read: 'read',
  sensitive: 'sensitive read',
  change: 'change',
  operate: 'operator',
};

/** A row for each tier: the roles that have it, and its calls by service. */
export function accessRows(): string[] {
  return (Object.keys(WORDS) as Tier[]).map((tier) => {
    const roles = API_ROLES.filter((role) => ROLE_TIERS[role].includes(tier)).map((role) => `\`${role}\``);
    const calls = Object.entries(TIERS).flatMap(([service, methods]) => {
      const names = Object.keys(methods).filter((method) => methods[method] === tier);
      return names.length === 0 ? [] : [`${service.replace('tsbgp.v1.', '')}: ${names.map((name) => `\`${name}\``).join(', ')}`];
    });
    return `| ${WORDS[tier]} | ${roles.join(', ')} | ${calls.join('; ')} |`;
  });
}
