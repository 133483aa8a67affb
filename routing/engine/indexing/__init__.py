"""Finding the first matching rule among very many without trying each.

`clauses` turns a condition into alternatives, `reaches` says of each which values of an attribute
it can accept, `coders` and `lenses` bring values to small numbers, `blocks` file clauses as bits by
those numbers, `index` puts it together and finds. What is filed may promise too much, never too
little: whatever is found is confirmed by the rule's own compiled form.
"""

from routing.engine.indexing.index import LINEAR_BELOW, RuleIndex, make_index

__all__ = ["LINEAR_BELOW", "RuleIndex", "make_index"]
