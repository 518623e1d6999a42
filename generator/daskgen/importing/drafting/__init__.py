"""Turn a draft into the fields of a spec: correct it, take out what daskgen decides, write the fields."""
