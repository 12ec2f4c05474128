/** ConfigService: the configuration as a whole. Translates between the messages and `Configuration`. */
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { Code, ConnectError, type ConnectRouter } from '@connectrpc/connect';
import { ConfigService, ConfigChange_Effect as Effect, ConfigChange_Type as Type } from '@tsbgp/api';
import { type ConfigError, type ConfigWarning, formatWarning } from '../../config/config-error.ts';
import type { ConfigChange } from '../../config-change/change.ts';
import { describeChange, summarizeChanges } from '../../config-change/describe.ts';
import type { AppliedConfig, Configuration } from '../../configuration.ts';
import { ControlError, type ControlPlane, invalidArgument } from '../../control-plane.ts';
import { StartError } from '../../start-error.ts';
import type { ServiceContext } from '../service-context.ts';
import { line } from './neighbor-config-message.ts';

/** A day. */
const CONFIRM_SECONDS_MAX = 86_400;
const COMMENT_MAX = 200;
const NAME_MAX = 255;

export function addConfigService(router: ConnectRouter, _: ControlPlane, { configuration }: ServiceContext): void {
  const live = (): Configuration => {
    if (configuration !== undefined) return configuration;
    throw new ControlError('failed-precondition', '', 'this daemon runs inside another program and has no configuration file');
  };
  const named = ({ text, name }: { text: string; name: string }) => ({ text, name: line(name || 'configuration', 'name', NAME_MAX) });
  router.service(ConfigService, {
    getConfig({ effective, json }) {
      const { text, name, version, confirmBy } = live().current({ effective, json });
      return { text, file: name, version: BigInt(version), ...confirmation(confirmBy) };
    },
    checkConfig(request) {
      const { errors, warnings } = live().check(named(request));
      return { errors: errors.map((error) => problem(error, error.message)), warnings: warningMessages(warnings) };
    },
    diffConfig(request) {
      const { changes, warnings } = live().diff(named(request));
      return { changes: changes.map(changeMessage), warnings: warningMessages(warnings), summary: summarizeChanges(changes) };
    },
    async applyConfig({ comment, overwrite, confirmWithinSeconds: seconds, ...request }) {
      if (seconds > CONFIRM_SECONDS_MAX) {
        throw invalidArgument('confirm_within_seconds', `found ${seconds}, allowed are 0 to ${CONFIRM_SECONDS_MAX}`);
      }
      const options = {
        comment: line(comment || 'applied through the API', 'comment', COMMENT_MAX),
        overwrite,
        ...(seconds > 0 && { confirmWithinSeconds: seconds }),
      };
      const applied = await applying(() => live().apply(named(request), options));
      return { ...appliedMessage(applied), warnings: warningMessages(applied.warnings), ...confirmation(applied.confirmBy) };
    },
    async confirmConfig() {
      return { version: BigInt(await live().confirm()) };
    },
    listConfigVersions() {
      const { version } = live().current();
      const versions = live().versions();
      return {
        versions: versions.map(({ number, at, comment }) => ({
          number: BigInt(number),
          at: timestampFromDate(at),
          comment,
          current: number === version,
        })),
      };
    },
    async rollbackConfig({ version, overwrite }) {
      const wanted = version === 0n ? undefined : Number(version);
      return appliedMessage(await applying(() => live().rollback(wanted, overwrite)));
    },
  });
}

/** A listener that cannot be opened is a state of the machine, not a wrong value. */
async function applying(action: () => Promise<AppliedConfig>): Promise<AppliedConfig> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof StartError) throw new ConnectError(error.message, Code.FailedPrecondition);
    throw error;
  }
}

function appliedMessage({ changes, version }: AppliedConfig) {
  return { changes: changes.map(changeMessage), summary: summarizeChanges(changes), version: BigInt(version) };
}

function confirmation(confirmBy: Date | undefined) {
  return confirmBy === undefined ? {} : { confirmBy: timestampFromDate(confirmBy) };
}

const TYPES: Readonly<Record<ConfigChange['type'], Type>> = { added: Type.ADDED, removed: Type.REMOVED, changed: Type.CHANGED };

const EFFECTS: Readonly<Record<ConfigChange['effects'][number], Effect>> = {
  nothing: Effect.NOTHING,
  import: Effect.IMPORT,
  export: Effect.EXPORT,
  stream: Effect.STREAM,
  session: Effect.SESSION,
  routes: Effect.ROUTES,
  decision: Effect.DECISION,
  validation: Effect.VALIDATION,
  listener: Effect.LISTENER,
  process: Effect.PROCESS,
  restart: Effect.RESTART,
};

function changeMessage(change: ConfigChange) {
  const { section, subject, type, keys, effects } = change;
  return {
    section,
    subject,
    type: TYPES[type],
    keys: [...keys],
    effects: effects.map((effect) => EFFECTS[effect]),
    text: describeChange(change),
  };
}

function warningMessages(warnings: readonly ConfigWarning[]) {
  return warnings.map((warning) => problem(warning, formatWarning(warning)));
}

function problem({ code, line: at, column, path }: ConfigError | ConfigWarning, message: string) {
  return { code, line: at, column, path, message };
}
