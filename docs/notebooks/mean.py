# %% [markdown]
# A mean of rows, from a workbench of OpenShift AI: docs/notebooks.md, "Workbenches of OpenShift AI".

# %%
import dask.array as da
from dask.distributed import Client

client = Client()

# %%
x = da.random.random((4000, 4000), chunks=(1000, 1000))
y = x + x.T
z = y.mean(axis=0)
print("mean", z.compute().mean())
