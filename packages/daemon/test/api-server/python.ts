/** Clients in Python: which Python has grpcio, and code that is made of our .proto files as its users make it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';

/** A Python with the package grpcio: the one that TSBGP_PYTHON names, or one of the machine. */
const python = [process.env['TSBGP_PYTHON'], 'python3', '/usr/bin/python3'].find(
  (each) => each !== undefined && spawnSync(each, ['-c', 'import grpc'], { timeout: 20_000 }).status === 0,
);

/** For `test(title, { skip }, …)`: a client needs no generated code. */
export const noPython: string | false =
  python === undefined ? 'no python3 with the package grpcio here: apt-get install python3-grpcio, or TSBGP_PYTHON=…' : false;

/** grpc_tools of 2021 and later knows the `optional` of proto3. Debian's is older, and its protoc is not. */
const HAS_TOOLS = `
import importlib.metadata, grpc_tools
assert tuple(int(part) for part in importlib.metadata.version("grpcio-tools").split(".")[:2]) >= (1, 38)
`;

/** What makes code, up to its options. */
const generator = findGenerator();

function findGenerator(): readonly string[] | undefined {
  if (python === undefined) return undefined;
  if (spawnSync(python, ['-c', HAS_TOOLS], { timeout: 20_000 }).status === 0) return [python, '-m', 'grpc_tools.protoc'];
  const plugin = spawnSync('sh', ['-c', 'command -v protoc >/dev/null && command -v grpc_python_plugin'], {
    encoding: 'utf8',
  }).stdout.trim();
  return plugin === '' ? undefined : ['protoc', `--plugin=protoc-gen-grpc_python=${plugin}`];
}

/** For `test(title, { skip }, …)`: a client needs generated code. */
export const noGenerator: string | false =
  noPython !== false || generator !== undefined
    ? noPython
    : 'nothing here makes Python of .proto files: apt-get install protobuf-compiler protobuf-compiler-grpc, or TSBGP_PYTHON=… with grpcio-tools';

/** Writes the code for `proto`, a path below `protos`, into the folder `out`. */
export function generate(protos: string, proto: string, out: string): void {
  const [command, ...options] = generator!;
  const made = spawnSync(command!, [...options, `-I${protos}`, `--python_out=${out}`, `--grpc_python_out=${out}`, proto], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(made.status, 0, made.stderr);
}

/** What a program prints. It must end well, within a minute. `folder` has the generated code. */
export async function runPython(args: readonly string[], folder?: string): Promise<string> {
  const env = folder === undefined ? process.env : { ...process.env, PYTHONPATH: folder };
  const child = spawn(python!, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => void (out += chunk));
  child.stderr.on('data', (chunk) => void (err += chunk));
  await once(child, 'close');
  assert.equal(child.exitCode, 0, err);
  return out;
}
