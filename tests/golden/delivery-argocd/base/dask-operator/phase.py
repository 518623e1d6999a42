# Made by daskgen, the same in every fleet.
#
# Lets clusters reach the phase Running, for which KubeCluster waits.
#
# dask-kubernetes 2026.3.0 sets Running when the scheduler's Service is there, and Pending when it has created all, in
# either order (dask/dask-kubernetes#968).
import kopf
from kr8s.asyncio.objects import Service


@kopf.on.field("daskcluster.kubernetes.dask.org", field="status.phase", new="Pending")
async def leave_pending(name, namespace, patch, **_):
    """Set Running, unless the Service still waits for a load balancer."""
    service = await Service.get(f"{name}-scheduler", namespace=namespace)
    waits = service.spec.type == "LoadBalancer" and not service.status.get("loadBalancer", {}).get("ingress")
    if not waits:
        patch.status["phase"] = "Running"
