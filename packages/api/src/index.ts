/** @tsbgp/api: the daemon's API, tsbgp.v1. Generated messages and services, and a typed client. */
export { createTsbgpClient, type TsbgpClient, type TsbgpClientOptions, TsbgpError } from './client.ts';
export { creatableSocketPath, existingSocketPath, socketPathCandidates } from './default-address.ts';
export * as bgpgg from './gen/bgp/bgp_pb.ts';
export * from './gen/grpc/health/v1/health_pb.ts';
export * as reflectionV1 from './gen/grpc/reflection/v1/reflection_pb.ts';
export * as reflectionV1alpha from './gen/grpc/reflection/v1alpha/reflection_pb.ts';
export * from './gen/tsbgp/v1/attributes_pb.ts';
export * from './gen/tsbgp/v1/config_pb.ts';
export * from './gen/tsbgp/v1/control_pb.ts';
export * from './gen/tsbgp/v1/errors_pb.ts';
export * from './gen/tsbgp/v1/event_pb.ts';
export * from './gen/tsbgp/v1/global_pb.ts';
export * from './gen/tsbgp/v1/injection_pb.ts';
export * from './gen/tsbgp/v1/neighbor_pb.ts';
export * from './gen/tsbgp/v1/policy_pb.ts';
export * from './gen/tsbgp/v1/process_pb.ts';
export * from './gen/tsbgp/v1/rib_pb.ts';
export * from './gen/tsbgp/v1/rpki_pb.ts';
