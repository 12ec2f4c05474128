/** `tsbgp mrt dump` and `tsbgp mrt status`: the files that the daemon writes. */
import type { MrtDump, MrtMessages, MrtTables } from '@tsbgp/api';
import type { Command } from 'commander';
import type { Invocation } from '../invocation.ts';
import { count } from '../terminal/units.ts';

export function addMrtFiles(mrt: Command, invocation: Invocation): void {
  mrt
    .command('dump')
    .description('the daemon writes its tables to a file now, as `mrt.tables` of its configuration says')
    .action(async () => {
      const { dump } = await invocation.ask((daemon) => daemon.call((client, options) => client.mrt.dumpTables({}, options)));
      await invocation.done(sentence(dump!), json(dump!));
    });

  mrt
    .command('status')
    .description('the files that the daemon writes: when, where, and what became of the last one')
    .action(async () => {
      const { tables, messages } = await invocation.ask((daemon) => daemon.call((client, options) => client.mrt.getMrt({}, options)));
      if (invocation.isJson) {
        await invocation.printJson({
          ...(tables !== undefined && { tables: tablesJson(tables) }),
          ...(messages !== undefined && { messages: messagesJson(messages) }),
        });
        return;
      }
      if (tables !== undefined) await invocation.print(...lines(tables));
      if (messages !== undefined) await invocation.print(...(tables === undefined ? [] : ['']), ...messageLines(messages));
      if (tables === undefined && messages === undefined)
        await invocation.print('no files are configured: see mrt in docs/configuration.md');
    });
}

function lines({ file, everyMinutes, keep, running, dumps, failures, nextAt, last, lastError }: MrtTables): string[] {
  return [
    `tables    ${file}`,
    `written   ${everyMinutes === 0 ? 'on demand' : `every ${everyMinutes} minutes, next at ${time(nextAt)}`}${keep === 0 ? '' : `, ${count(keep)} files stay`}`,
    `so far    ${count(dumps)} written, ${count(failures)} failed${running ? ', one is being written' : ''}`,
    ...(last === undefined ? [] : [`last      ${sentence(last)}`]),
    ...(lastError === '' ? [] : [`failed    ${lastError}`]),
  ];
}

function messageLines({ file, rotateMinutes, keep, path, records, files, failures, droppedOctets, lastError }: MrtMessages): string[] {
  return [
    `messages  ${file}`,
    `written   a file for ${rotateMinutes} minutes${keep === 0 ? '' : `, ${count(keep)} files stay`}`,
    `so far    ${count(records)} records, ${count(files)} whole files, ${count(failures)} failed`,
    path === '' ? 'now       no file is open' : `now       ${path}.new`,
    ...(droppedOctets === 0n ? [] : [`lost      ${count(droppedOctets)} octets of records`]),
    ...(lastError === '' ? [] : [`failed    ${lastError}`]),
  ];
}

function messagesJson({ file, rotateMinutes, keep, path, records, files, failures, droppedOctets, lastError }: MrtMessages): object {
  return {
    file,
    rotateMinutes,
    keep,
    ...(path !== '' && { path }),
    records: Number(records),
    files: Number(files),
    failures: Number(failures),
    droppedOctets: Number(droppedOctets),
    ...(lastError !== '' && { lastError }),
  };
}

function sentence({ path, routes, peers, seconds, fileOctets }: MrtDump): string {
  const from = `${count(peers - 1)} ${peers === 2 ? 'neighbor' : 'neighbors'}`;
  return `${path}: ${count(routes)} routes of ${from}, ${count(fileOctets)} octets, in ${seconds.toFixed(1)} s`;
}

function tablesJson({ file, everyMinutes, keep, running, dumps, failures, nextAt, last, lastError }: MrtTables): object {
  return {
    file,
    everyMinutes,
    keep,
    running,
    dumps: Number(dumps),
    failures: Number(failures),
    ...(nextAt !== undefined && { nextAt: time(nextAt) }),
    ...(last !== undefined && { last: json(last) }),
    ...(lastError !== '' && { lastError }),
  };
}

function json({ path, startedAt, seconds, peers, records, routes, octets, fileOctets }: MrtDump): object {
  return {
    path,
    startedAt: time(startedAt),
    seconds,
    peers,
    records: Number(records),
    routes: Number(routes),
    octets: Number(octets),
    fileOctets: Number(fileOctets),
  };
}

function time(at: MrtDump['startedAt']): string {
  return at === undefined ? '' : new Date(Number(at.seconds) * 1000).toISOString().slice(0, 19).concat('Z');
}
