/** A client that knows nothing of tsbgp.v1 but where it is: what grpcurl does, with the generic parts of Connect. */
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import {
  create,
  createFileRegistry,
  type DescMessage,
  type FileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toJson,
} from '@bufbuild/protobuf';
import { type FileDescriptorProto, FileDescriptorProtoSchema, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { reflectionV1, reflectionV1alpha } from '@tsbgp/api';
import { type Served, serve } from '../../test/api-server/serve.ts';

const NOT_FOUND = 5;
const OWN = ['GlobalService', 'NeighborService', 'RibService', 'InjectionService', 'ControlService'].map((name) => `tsbgp.v1.${name}`);

type Reflection = Client<typeof reflectionV1.ServerReflection> | Client<typeof reflectionV1alpha.ServerReflection>;
type Question = { [Case in QuestionInit['case']]: Extract<QuestionInit, { case: Case }> }[QuestionInit['case']];
type QuestionInit =
  | { case: 'listServices'; value: string }
  | { case: 'fileByFilename'; value: string }
  | { case: 'fileContainingSymbol'; value: string }
  | { case: 'allExtensionNumbersOfType'; value: string };

for (const [version, service] of [
  ['v1', reflectionV1.ServerReflection],
  ['v1alpha', reflectionV1alpha.ServerReflection],
] as const) {
  suite(`reflection ${version}`, { timeout: 20_000 }, () => {
    let api: Served;
    let reflection: Reflection;
    before(async () => {
      api = await serve();
      reflection = createClient(service, createGrpcTransport({ baseUrl: api.url })) as Reflection;
    });
    after(() => api.stop());

    async function ask(...questions: Question[]) {
      async function* requests() {
        for (const messageRequest of questions) yield { messageRequest };
      }
      const answers = [];
      for await (const { messageResponse } of reflection.serverReflectionInfo(requests())) answers.push(messageResponse);
      return answers;
    }

    /** Every file that a symbol needs, each asked for by name until nothing is missing. */
    async function resolve(symbol: string): Promise<FileRegistry> {
      const files = new Map<string, FileDescriptorProto>();
      const questions: Question[] = [{ case: 'fileContainingSymbol', value: symbol }];
      for (let question = questions.pop(); question !== undefined; question = questions.pop()) {
        const [answer] = await ask(question);
        assert.equal(answer?.case, 'fileDescriptorResponse');
        for (const bytes of answer.value.fileDescriptorProto) {
          const file = fromBinary(FileDescriptorProtoSchema, bytes);
          files.set(file.name, file);
        }
        for (const file of files.values()) {
          for (const name of file.dependency) if (!files.has(name)) questions.push({ case: 'fileByFilename', value: name });
        }
      }
      // Each file after those that it imports.
      const inOrder = new Set<FileDescriptorProto>();
      const add = (file: FileDescriptorProto): void => {
        for (const name of file.dependency) add(files.get(name)!);
        inOrder.add(file);
      };
      for (const file of files.values()) add(file);
      return createFileRegistry(create(FileDescriptorSetSchema, { file: [...inOrder] }));
    }

    test('lists every service, itself and health included', async () => {
      const [answer] = await ask({ case: 'listServices', value: '' });
      assert.equal(answer?.case, 'listServicesResponse');
      const names = answer.value.service.map(({ name }) => name);
      for (const name of [...OWN, 'bgp.BgpService', 'rustbgpd.v1.PeerGroupService', 'grpc.health.v1.Health', service.typeName])
        assert.ok(names.includes(name), name);
    });

    test('several questions in one call are answered in order', async () => {
      const answers = await ask(
        { case: 'listServices', value: '' },
        { case: 'fileContainingSymbol', value: 'tsbgp.v1.Nothing' },
        { case: 'fileByFilename', value: 'tsbgp/v1/rib.proto' },
      );
      assert.deepEqual(
        answers.map((answer) => answer.case),
        ['listServicesResponse', 'errorResponse', 'fileDescriptorResponse'],
      );
      assert.equal(answers[1]?.case === 'errorResponse' && answers[1].value.errorCode, NOT_FOUND);
    });

    test('finds services, methods, messages, fields and enums, and the details of errors', async () => {
      const symbols = [
        'bgp.BgpService.AddRouteStream',
        'rustbgpd.v1.RibService.WatchRoutes',
        'rustbgpd.v1.ErrorDetail',
        'bgp.ExtendedCommunity.TwoOctetAsSpecific',
        'tsbgp.v1.RibService',
        'tsbgp.v1.RibService.WatchRoutes',
        'tsbgp.v1.Route',
        'tsbgp.v1.Route.prefix',
        'tsbgp.v1.PathAttribute.kind',
        'tsbgp.v1.Origin',
        'tsbgp.v1.ORIGIN_IGP',
        'tsbgp.v1.AsPathSegment.Type',
        'tsbgp.v1.AsPathSegment.TYPE_SET',
        'tsbgp.v1.FieldError',
        'google.protobuf.Timestamp',
      ];
      const answers = await ask(...symbols.map((value) => ({ case: 'fileContainingSymbol', value }) as const));
      assert.deepEqual(
        answers.map((answer, i) => [symbols[i], answer.case]),
        symbols.map((symbol) => [symbol, 'fileDescriptorResponse']),
      );
    });

    test('no extensions', async () => {
      const [answer] = await ask({ case: 'allExtensionNumbersOfType', value: 'tsbgp.v1.Route' });
      assert.equal(answer?.case, 'errorResponse');
    });

    test('a client built from the answers alone calls a method and reads its answer', async () => {
      const registry = await resolve('tsbgp.v1.NeighborService');
      const description = registry.getService('tsbgp.v1.NeighborService');
      assert.ok(description);
      const method = description.method['addNeighbor'];
      assert.ok(method?.methodKind === 'unary');
      const add = { neighbor: { address: '192.0.2.7', remoteAs: 65007, description: version } };
      const neighbor = await callUnary(description, method.localName, method.input, method.output, add);
      assert.partialDeepStrictEqual(neighbor, { neighbor: { config: { address: '192.0.2.7', families: ['ipv4-unicast'] } } });
      assert.equal(api.control.neighbors.get('192.0.2.7')?.config.description, version);
    });

    async function callUnary(
      description: NonNullable<ReturnType<FileRegistry['getService']>>,
      name: string,
      input: DescMessage,
      output: DescMessage,
      request: JsonValue,
    ): Promise<JsonValue> {
      const client = createClient(description, createGrpcTransport({ baseUrl: api.url })) as Record<string, unknown>;
      const method = client[name] as (message: unknown) => Promise<Parameters<typeof toJson>[1]>;
      return toJson(output, await method(fromJson(input, request)));
    }
  });
}
