"""Calls of Python's grpcio at the address in argv[1], without generated code: octets in, octets out. Prints JSON."""
import json
import sys

import grpc


def same(octets):
    return octets


with grpc.insecure_channel(sys.argv[1]) as channel:
    def unary(path, request=b""):
        return channel.unary_unary(path, request_serializer=same, response_deserializer=same)(request, timeout=10)

    found = {"version": grpc.__version__, "global": unary("/tsbgp.v1.GlobalService/GetGlobal").hex()}
    try:
        # GetNeighborRequest.address = "192.0.2.9"
        unary("/tsbgp.v1.NeighborService/GetNeighbor", b"\x0a\x09192.0.2.9")
    except grpc.RpcError as error:
        found["error"] = [error.code().name, error.details()]
    try:
        unary("/tsbgp.v1.NeighborService/GetNeighbor", b"\x0a\x05\xff")
    except grpc.RpcError as error:
        found["malformed"] = error.code().name
    watch = channel.unary_stream("/grpc.health.v1.Health/Watch", request_serializer=same, response_deserializer=same)(b"", timeout=10)
    found["health"] = next(watch).hex()
    watch.cancel()
    print(json.dumps(found))
