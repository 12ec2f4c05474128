"""A client of rustbgpd.v1 with code that grpc_tools made of our .proto file, at the address in argv[1]. Prints JSON."""
import json
import sys

import grpc
from rustbgpd.v1 import rustbgpd_pb2 as pb
from rustbgpd.v1 import rustbgpd_pb2_grpc as rpc

with grpc.insecure_channel(sys.argv[1]) as channel:
    neighbors = rpc.NeighborServiceStub(channel)
    injection = rpc.InjectionServiceStub(channel)
    rib = rpc.RibServiceStub(channel)
    found = {"asn": rpc.GlobalServiceStub(channel).GetGlobal(pb.GetGlobalRequest(), timeout=10).asn}
    neighbors.AddNeighbor(pb.AddNeighborRequest(config=pb.NeighborConfig(address="192.0.2.9", remote_asn=65009)), timeout=10)
    listed = neighbors.ListNeighbors(pb.ListNeighborsRequest(), timeout=10).neighbors
    found["neighbors"] = [[each.config.address, pb.SessionState.Name(each.state)] for each in listed][:1]
    try:
        neighbors.AddNeighbor(pb.AddNeighborRequest(config=pb.NeighborConfig(address="192.0.2.9", remote_asn=65009)), timeout=10)
    except grpc.RpcError as error:
        found["again"] = error.code().name
    events = rib.WatchRoutes(pb.WatchRoutesRequest(), timeout=30)
    # The headers come before the first event.
    events.initial_metadata()
    count = 0
    event = None
    for third in range(250):
        injection.AddPath(pb.AddPathRequest(prefix=f"10.0.{third}.0", prefix_length=24, next_hop="192.0.2.1"), timeout=10)
        count += 1
        if third == 0:
            event = next(events)
    found["event"] = [pb.RouteEventType.Name(event.event_type), event.peer_address]
    events.cancel()
    page = rib.ListBestRoutes(pb.ListRoutesRequest(page_size=200), timeout=10)
    rest = rib.ListBestRoutes(pb.ListRoutesRequest(page_size=200, page_token=page.next_page_token), timeout=10)
    found["routes"] = [len(page.routes), page.next_page_token, page.total_count, len(rest.routes), rest.next_page_token]
    found["health"] = rpc.ControlServiceStub(channel).GetHealth(pb.HealthRequest(), timeout=10).total_routes
    print(json.dumps(found))
