"""The recipe of the English models: from annotated text to the pipelines that ship in `graph/reading/models`."""
