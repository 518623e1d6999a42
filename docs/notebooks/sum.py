# %% [markdown]
# A sum, on the cluster that a notebook is beside: docs/notebooks.md, "One JupyterLab beside the cluster".

# %%
import dask.array as da
from dask.distributed import Client

client = Client()
print(client.dashboard_link)

# %%
x = da.random.random((4000, 4000), chunks=(1000, 1000)).persist()
print("sum", x.sum().compute())
