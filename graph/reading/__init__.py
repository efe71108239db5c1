"""The reading: one step a module, each a function from Reading to Reading."""
