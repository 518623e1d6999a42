# %% [markdown]
# Pi, on a cluster that the user of a JupyterHub creates: docs/notebooks.md, "A JupyterHub whose users create clusters".

# %%
import dask.array as da
from dask.distributed import Client
from dask_kubernetes.operator import KubeCluster

cluster = KubeCluster()
cluster.scale(2)
client = Client(cluster)
client.wait_for_workers(2)

# %%
sample = 20_000_000
xy = da.random.uniform(-1, 1, size=(2, sample), chunks=(2, 1_000_000))
insiders = da.sum(da.linalg.norm(xy, axis=0) <= 1).compute()
print("pi ~=", 4 * insiders / sample)

# %%
client.close()
cluster.close()
