"""Makes the JSON schemas of the spec that are shipped with the package. Usage: `python scripts/make_spec_schema.py`."""

from pathlib import Path

from daskgen.spec.schema import make_schemas

TARGET = Path(__file__).parent.parent / "generator/daskgen/data/spec"


def main() -> None:
    """Write every schema."""
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, text in make_schemas().items():
        (TARGET / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
