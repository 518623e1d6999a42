"""Define the regular expressions that texts of a spec have to match, and a description of each."""

from __future__ import annotations

LONGEST_LABEL = r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"

DNS_LABEL = r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"
SERVICE_NAME = r"^[a-z]([-a-z0-9]*[a-z0-9])?$"
HOST = r"^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z]([-a-z0-9]{0,61}[a-z0-9])?$"
HOST_PATTERN = rf"^(\*\.)?{HOST.removeprefix('^')}"
STEP = r"(\.{0,2}[A-Za-z0-9_~-][A-Za-z0-9._~-]*|\.{3}[A-Za-z0-9._~-]*)"
URL_PATH = rf"^/({STEP}(/{STEP})*)?$"
ENVIRONMENT_NAME = r"^[A-Za-z_][A-Za-z0-9_]*$"
LABEL_KEY = rf"^({SUBDOMAIN}/)?{LONGEST_LABEL}$"
LABEL_VALUE = r"^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$"
CIDR = (
    r"^([0-9]{1,3}(\.[0-9]{1,3}){3}/([0-9]|[12][0-9]|3[0-2])"
    r"|[0-9a-fA-F:]*:[0-9a-fA-F:.]*/([0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]))$"
)
"""The pattern for editors; `Cidr` also checks that numbers are below 256."""
DURATION = r"^[1-9][0-9]*(ms|s|m|h|d)$"
DASK_SIZE = r"^[0-9]+(\.[0-9]+)? ?([kMGTP]i?)?B?$"
HOURS = r"^[1-9][0-9]{0,6}[hm]$"
GATEWAY_DURATION = r"^([0-9]{1,5}(h|m|s|ms)){1,4}$"
DASK_DURATION = r"^[0-9]+(\.[0-9]+)? ?(ms|s|m|h|d|w|(second|minute|hour|day|week)s?)$"
ABSOLUTE_PATH = r"^/[^:]*$"
SUB_PATH = r"^((\.?[^/.][^/]*|\.\.[^/]+|\.)(/(\.?[^/.][^/]*|\.\.[^/]+|\.)?)*)?$"
HTTP_URL = r"^https?://[^\s/]+(/\S*)?$"
ASKED_PATH = r"^/[A-Za-z0-9._~/-]*$"
EMAIL_DOMAIN = r"^\*$|^\.?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]([-a-z0-9]*[a-z0-9])?$"
APP_PROTOCOL = rf"^([a-z0-9]([-a-z0-9]*[a-z0-9])?|{SUBDOMAIN}/{LONGEST_LABEL})$"
OBJECT_NAME = rf"^{SUBDOMAIN}$"
ENTRY = r"^(\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*)?$"
POD_FIELD = (
    r"^(metadata\.(name|namespace|uid)|spec\.(nodeName|serviceAccountName)|status\.(hostIP|hostIPs|podIP|podIPs)"
    rf"|metadata\.(labels|annotations)\['({SUBDOMAIN}/)?{LONGEST_LABEL}'\])$"
)
IMAGE_NAME = r"^[a-z0-9]([a-z0-9._:/-]*[a-z0-9])?$"
IMAGE_TAG = r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$"
IMAGE_DIGEST = r"^(sha256:[0-9a-f]{64})?$"
DASK_VERSION = r"^(20\d\d\.\d{1,2}\.\d{1,2})?$"
EXTENDED = rf"{SUBDOMAIN}/{LONGEST_LABEL}"
RESOURCE_NAME = rf"^(cpu|memory|ephemeral-storage|hugepages-[1-9][0-9]*[KMG]i|{EXTENDED})$"
GPU_NAME = (
    r"^(nvidia\.com/(gpu(\.shared)?|mig-[0-9]+g\.[0-9]+gb([.+][a-z.]+)?(\.shared)?)"
    r"|amd\.com/(gpu|[a-z]+_nps[0-9])|gpu\.intel\.com/(i915|xe))$"
)
INDEX_URL = r"^https?://(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+)(:[1-9][0-9]{0,4})?(/[A-Za-z0-9._~/-]*)?$"
SCHEDULER_ADDRESS = r"^tcp://(\[[0-9a-fA-F:.]+\]|[a-z0-9]([-a-z0-9.]*[a-z0-9])?):[1-9][0-9]{0,4}$"
RULE = r"^DG[23][0-9][0-9]$"
KUBERNETES_VERSION = r"^1\.[0-9]+$"
CURRENCY = r"^[A-Z]{3}$"

PATTERNS = {
    DNS_LABEL: "lower-case letters, digits and '-', beginning and ending with a letter or digit",
    SERVICE_NAME: "lower-case letters, digits and '-', beginning with a letter and not ending with '-'",
    HOST: "a host name such as dask.apps.example.com, in lower case",
    ASKED_PATH: "a path that begins with a slash",
    HOST_PATTERN: "a host name such as pypi.org, or *.example.com, in lower case",
    URL_PATH: "a path such as /dask, without '.' and '..' between slashes and without a slash at its end",
    ENVIRONMENT_NAME: "a variable's name: letters, digits and '_', not beginning with a digit",
    LABEL_KEY: "a label's key: a name of at most 63 characters, or a lower-case domain, '/' and a name",
    SUB_PATH: "a relative path that does not lead upwards by '..'",
    LABEL_VALUE: "a label's value: letters, digits, '-', '_' and '.', beginning and ending with a letter or digit",
    CIDR: "a range of addresses such as 10.0.0.0/8",
    DURATION: "a duration such as 30s, 10m or 1h",
    DASK_SIZE: "a size as Dask reads it, such as 10GiB",
    HOURS: "a duration in hours or minutes, such as 720h or 90m",
    GATEWAY_DURATION: "a duration such as 0s, 30s or 1h30m",
    DASK_DURATION: "a duration as Dask reads it, such as 1h or 30 minutes",
    ABSOLUTE_PATH: "an absolute path such as /data",
    HTTP_URL: "a URL that begins with https:// or http://",
    EMAIL_DOMAIN: "a domain such as example.com, or * for every domain",
    APP_PROTOCOL: "a protocol such as http or tcp, or one with a domain such as kubernetes.io/ws",
    OBJECT_NAME: "an object's name: lower-case letters, digits, '-' and '.'",
    ENTRY: "the key of an entry: letters, digits, '-', '_' and '.', not beginning with '..'",
    POD_FIELD: "a field of the pod itself, such as status.hostIP or metadata.labels['app']",
    IMAGE_NAME: "an image such as ghcr.io/dask/dask, in lower case",
    IMAGE_TAG: "a tag such as 2026.8.0-py3.12",
    IMAGE_DIGEST: "sha256: and 64 hexadecimal digits",
    DASK_VERSION: "a version such as 2026.8.0",
    RESOURCE_NAME: "a resource of Kubernetes: cpu, memory, ephemeral-storage, hugepages-2Mi, or one with a domain, "
    "such as example.com/licence",
    GPU_NAME: "nvidia.com/gpu, nvidia.com/gpu.shared, a slice such as nvidia.com/mig-1g.5gb, amd.com/gpu, "
    "gpu.intel.com/i915 or gpu.intel.com/xe; other resources go into limits",
    INDEX_URL: "a URL such as https://pypi.example.com/simple, without user and password",
    SCHEDULER_ADDRESS: "an address such as tcp://dask-scheduler.analytics.svc:8786; IPv6 in brackets: tcp://[fd00::1]:8786",
    RULE: "the code of a rule, DG2xx or DG3xx; other findings cannot be waived",
    KUBERNETES_VERSION: "a version such as 1.34",
    CURRENCY: "the code of a currency, such as EUR or USD",
}
"""Pattern to a description of the values that it allows."""
