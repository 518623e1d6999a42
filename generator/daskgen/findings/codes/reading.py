"""List the findings about files and fields that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping

from daskgen.findings.codes.code import Code

READING: Mapping[str, Code] = {
    "DG001": Code("not YAML", "The file cannot be read as YAML. The position is where reading stopped."),
    "DG002": Code("duplicate key", "A map has a key twice. YAML readers silently keep one of the two."),
    "DG003": Code(
        "read differently elsewhere",
        "YAML 1.1 and 1.2 readers disagree about this unquoted value: `on` is true to one and text to the other, `08` "
        "a number to one and text to the other. Quote it if it is text; write true, false or plain decimals if not.",
    ),
    "DG004": Code(
        "YAML that is not read here",
        "Anchors, aliases, merge keys, tags and directives hide what a line means. Values that clusters share belong "
        "in `defaults` or a profile of daskgen.yaml.",
    ),
    "DG005": Code("more than one document", "A file describes one cluster. Split it."),
    "DG006": Code("key that is not text", "Keys are names of fields. Quote a key that is a number."),
    "DG007": Code(
        "character that is not safe",
        "The characters U+0085, U+2028 and U+2029 end a line for some YAML readers. They and control characters are "
        "not safe as escapes either: kustomize fails on some of them.",
    ),
    "DG008": Code("nested too deep", "No field is that deep; the file is damaged or malicious."),
    "DG009": Code("too large", "No cluster needs that much; the file is something else."),
    "DG010": Code("file cannot be read", "The file is missing, or may not be read."),
    "DG011": Code("file is not read", "Clusters are files under clusters/ that end in .yaml."),
    "DG012": Code("no clusters", "There is nothing under clusters/ to render."),
    "DG013": Code(
        "not a plain file",
        "Only plain files are read. Links are not followed, even to a file that exists: a Git revision holds only the "
        "target's path.",
    ),
    "DG014": Code(
        "name that cannot be used",
        "Rendered files and messages contain the names of files and folders. Line breaks, control characters and bytes "
        "that are not UTF-8 are not allowed in them.",
    ),
    "DG016": Code("too many files", "No fleet has that many clusters; the folder holds something else."),
    "DG030": Code(
        "no fleet in this folder",
        "A fleet is a folder that holds daskgen.yaml, its settings, and clusters/, a file for each cluster. Commands "
        "use the current folder, or that of -C.",
    ),
    "DG101": Code(
        "unknown field", "There is no field of that name here. Most often it is misspelt or indented wrongly."
    ),
    "DG102": Code("wrong value", "The value is of the wrong type, out of range, or not of the right form."),
    "DG103": Code("missing field", "A field that has no default was not given, here or in the profile."),
    "DG105": Code("unknown profile", "daskgen.yaml has no profile of that name."),
    "DG107": Code(
        "unknown hardware profile",
        "Rendering asks no cluster: `hardwareProfiles` of daskgen.yaml holds the HardwareProfiles that groups of "
        "workers take by `fromHardwareProfile`, as `oc get hardwareprofile NAME --output yaml` shows them.",
    ),
    "DG106": Code(
        "other version of daskgen required",
        "`requires` in daskgen.yaml names the versions that may render this fleet, so that everyone and CI get the "
        "same files.",
    ),
}
