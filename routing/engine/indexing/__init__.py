"""Finding the first matching rule among very many without trying each.

`clauses` turns a condition into alternatives, `reaches` says of each which values of an attribute
it can accept, `coders` and `lenses` bring values to small numbers, `blocks` file clauses as bits by
those numbers, `index` puts it together and finds. `differences` and `splicing` carry an edit of the
rules over into a new index (`updating`) that shares what stayed; `batches` does many leads at once.

What is filed may promise too much, never too little: whatever is found is confirmed by the rule's
own compiled form.
"""

from routing.engine.indexing.batches import encode_columns, find_first_of_each
from routing.engine.indexing.index import RuleIndex, make_index
from routing.engine.indexing.updating import update_index

__all__ = [
    "RuleIndex",
    "encode_columns",
    "find_first_of_each",
    "make_index",
    "update_index",
]
