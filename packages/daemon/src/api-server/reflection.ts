/**
 * gRPC server reflection, v1 and v1alpha: how grpcurl and its kin learn the API from the daemon itself. The two versions have the same
 * messages under different names, so one answer serves both.
 */

import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { ConnectRouter } from '@connectrpc/connect';
import { reflectionV1, reflectionV1alpha } from '@tsbgp/api';
import { quote } from '../quote.ts';
import { FURTHER_FILES, SERVICES } from './services.ts';

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

export function addReflection(router: ConnectRouter): void {
  router.service(reflectionV1.ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
      }
    },
  });
  router.service(reflectionV1alpha.ServerReflection, {
    async *serverReflectionInfo(requests) {
      for await (const request of requests) {
        yield { validHost: request.host, originalRequest: request, messageResponse: answer(request.messageRequest) };
      }
    },
  });
}

function answer(
  request: reflectionV1.ServerReflectionRequest['messageRequest'] | reflectionV1alpha.ServerReflectionRequest['messageRequest'],
) {
  switch (request.case) {
    case 'listServices': {
      const service = SERVICES.map(({ typeName }) => ({ name: typeName }));
      return { case: 'listServicesResponse', value: { service } } as const;
    }
    case 'fileByFilename':
      return fileAnswer(FILES.get(request.value), request.value);
    case 'fileContainingSymbol':
      return fileAnswer(SYMBOLS.get(request.value), request.value);
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return error(NOT_FOUND, 'this API has no extensions');
    default:
      return error(UNIMPLEMENTED, 'no question was asked');
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

/** The file first, then what it imports: the client need not ask for each. */
function withDependencies(file: DescFile, found: Set<DescFile> = new Set()): Set<DescFile> {
  found.add(file);
  for (const dependency of file.dependencies) if (!found.has(dependency)) withDependencies(dependency, found);
  return found;
}

const FILES: ReadonlyMap<string, DescFile> = new Map(
  [...SERVICES.map(({ file }) => file), ...FURTHER_FILES]
    .flatMap((file) => [...withDependencies(file)])
    .map((file) => [`${file.name}.proto`, file]),
);

const SYMBOLS: ReadonlyMap<string, DescFile> = new Map(
  [...FILES.values()].flatMap((file) => symbolsOf(file).map((name) => [name, file] as const)),
);

function symbolsOf(file: DescFile): string[] {
  // The values of an enum stand beside it, not in it.
  const enums = (of: DescFile['enums'], scope: string): string[] =>
    of.flatMap(({ typeName, values }) => [typeName, ...values.map(({ name }) => `${scope}.${name}`)]);
  const messages = (of: DescFile['messages']): string[] =>
    of.flatMap(({ typeName, fields, oneofs, nestedMessages, nestedEnums }) => [
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
