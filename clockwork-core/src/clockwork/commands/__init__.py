"""The commands of core, one module each, light to import: the work is imported when it is done."""
