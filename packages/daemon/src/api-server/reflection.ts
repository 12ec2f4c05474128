/**
 * gRPC server reflection, v1 and v1alpha: how tools such as grpcurl learn the API from the daemon. The two versions have the same messages
 * under different names, so one answer serves both.
 */

import { type DescFile, type DescService, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { reflectionV1, reflectionV1alpha } from '@tsbgp/api';
import type { ControlPlane } from '../control-plane.ts';
import { quote } from '../quote.ts';
import type { ServiceContext } from './service-context.ts';

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

export function addReflection(router: ConnectRouter, _control: ControlPlane, context: ServiceContext): void {
  const index = new Index(context);
  router.service(reflectionV1.ServerReflection, { serverReflectionInfo: (requests) => index.answers(requests) });
}

export function addReflectionAlpha(router: ConnectRouter, _control: ControlPlane, context: ServiceContext): void {
  const index = new Index(context);
  router.service(reflectionV1alpha.ServerReflection, { serverReflectionInfo: (requests) => index.answers(requests) });
}

type Request = reflectionV1.ServerReflectionRequest | reflectionV1alpha.ServerReflectionRequest;

/** Clients may ask for the services, for files by name, and for files by the symbols in them. */
class Index {
  readonly #services: readonly DescService[];
  readonly #files: ReadonlyMap<string, DescFile>;
  readonly #symbols: ReadonlyMap<string, DescFile>;

  constructor({ services, furtherFiles }: ServiceContext) {
    this.#services = services;
    const files = [...services.map(({ file }) => file), ...furtherFiles].flatMap((file) => [...withDependencies(file)]);
    this.#files = new Map(files.map((file) => [`${file.name}.proto`, file]));
    this.#symbols = new Map(files.flatMap((file) => symbolsOf(file).map((name) => [name, file] as const)));
  }

  async *answers<R extends Request>(requests: AsyncIterable<R>) {
    for await (const request of requests) {
      yield { validHost: request.host, originalRequest: request, messageResponse: this.#answer(request.messageRequest) };
    }
  }

  #answer(request: Request['messageRequest']) {
    switch (request.case) {
      case 'listServices': {
        const service = this.#services.map(({ typeName }) => ({ name: typeName }));
        return { case: 'listServicesResponse', value: { service } } as const;
      }
      case 'fileByFilename':
        return fileAnswer(this.#files.get(request.value), request.value);
      case 'fileContainingSymbol':
        return fileAnswer(this.#symbols.get(request.value), request.value);
      case 'fileContainingExtension':
      case 'allExtensionNumbersOfType':
        return error(NOT_FOUND, 'this API has no extensions');
      default:
        return error(UNIMPLEMENTED, 'no question was asked');
    }
  }
}

function fileAnswer(file: DescFile | undefined, name: string) {
  if (file === undefined) return error(NOT_FOUND, `${quote(name)} is not known here`);
  const fileDescriptorProto = [...withDependencies(file)].map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } } as const;
}

function error(errorCode: number, errorMessage: string) {
  return { case: 'errorResponse', value: { errorCode, errorMessage } } as const;
}

/** The file and then what it imports, so that the client need not ask for each. */
function withDependencies(file: DescFile, found: Set<DescFile> = new Set()): Set<DescFile> {
  found.add(file);
  for (const dependency of file.dependencies) if (!found.has(dependency)) withDependencies(dependency, found);
  return found;
}

function symbolsOf(file: DescFile): string[] {
  // Values of an enum belong to the scope around it, not to the enum.
  const enums = (descriptors: DescFile['enums'], scope: string): string[] =>
    descriptors.flatMap(({ typeName, values }) => [typeName, ...values.map(({ name }) => `${scope}.${name}`)]);
  const messages = (descriptors: DescFile['messages']): string[] =>
    descriptors.flatMap(({ typeName, fields, oneofs, nestedMessages, nestedEnums }) => [
      typeName,
      ...[...fields, ...oneofs].map(({ name }) => `${typeName}.${name}`),
      ...enums(nestedEnums, typeName),
      ...messages(nestedMessages),
    ]);
  return [
    ...messages(file.messages),
    ...enums(file.enums, file.proto.package),
    ...file.services.flatMap(({ typeName, methods }) => [typeName, ...methods.map(({ name }) => `${typeName}.${name}`)]),
  ];
}
